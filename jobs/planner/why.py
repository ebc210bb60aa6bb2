"""Answers a mediator's why, tomorrow too: what a kept plan knew, who went before, what would have helped."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from jobs.errors import Sentence
from jobs.planner.journal import Told, told_about
from jobs.planner.latecomers import LATE


@dataclass(frozen=True, slots=True)
class Kept:
    """A plan as it lies in the store: when it was made (UTC epoch seconds), its question and its answer."""

    at_s: float
    instance: str
    plan: str


@dataclass(frozen=True, slots=True)
class Known:
    """What a plan was made from: minutes to the end, watt-hours for new jobs, how many jobs and machines."""

    left_min: int
    budget_wh: float
    jobs: int
    machines: int


@dataclass(frozen=True, slots=True)
class Why:
    """What people were told of a job from one plan on, what that plan knew, and what would unlock the job.

    `before` names the jobs of others that went first.
    """

    told: Told
    known: Known
    unlock: Sentence | None = None
    before: tuple[str, ...] = ()


_WORDS: Final[dict[str, Sentence]] = {
    "approval": Sentence("Il faut l'accepter dans la file.", "It has to be accepted in the queue."),
    "machine": Sentence(
        "Il faut brancher ou réarmer une machine de cette sorte.",
        "A machine of this kind has to be plugged in or re-armed.",
    ),
    "power": Sentence(
        "Il passe dès que les autres machines chauffent ou travaillent moins.",
        "It goes as soon as the other machines heat or work less.",
    ),
    LATE: Sentence(
        "Il passe quand moins de monde arrive ; un coup de pouce ou une promesse le laisse passer.",
        "It goes when fewer people come; a helping hand or a promise lets it go all the same.",
    ),
    "fairness": Sentence(
        "Il passe quand les objets des autres sont faits ; une promesse le met devant.",
        "It goes when the objects of the others are made; a promise puts it first.",
    ),
}


def whys(job_id: str, kept: Sequence[Kept]) -> list[Why]:
    """The story of a job through kept plans, oldest first; only what differs from the time before.

    Raises:
        ValueError: a text is no plan.
    """
    naming = {each.at_s: each for each in kept if job_id in each.plan}
    told = told_about(job_id, [(each.at_s, each.plan) for each in naming.values()])
    return [_why(job_id, each, naming[each.since_s]) for each in told]


def known_by(instance: str) -> Known:
    """What a kept question holds.

    Raises:
        ValueError: the text is no question.
    """
    asked = json.loads(instance)
    if not isinstance(asked, dict) or not {"end_min", "budget_wh", "jobs", "devices"} <= asked.keys():
        raise ValueError("a kept text is no question")
    return Known(int(asked["end_min"]), float(asked["budget_wh"]), len(asked["jobs"]), len(asked["devices"]))


def _why(job_id: str, told: Told, kept: Kept) -> Why:
    plan: dict[str, list[dict[str, object]]] = json.loads(kept.plan)
    held = next((each for each in plan["held"] if each["job"] == job_id), {})
    before = held.get("before")
    names = tuple(str(job) for job in before) if isinstance(before, list) else ()
    return Why(told, known_by(kept.instance), _unlock(held), names)


def _unlock(held: dict[str, object]) -> Sentence | None:
    """What would let a held job go, with the number that is missing where there is one."""
    match held:
        case {"reason": "energy", "needs_wh": int() | float() as needs, "left_wh": int() | float() as left}:
            lacking = max(ceil(needs - left), 1)
            return Sentence(
                f"Il manquait {lacking} Wh : recharger, baisser la réserve ou le mettre avant un autre.",
                f"{lacking} Wh were lacking: recharge, lower the reserve, or let it go before another one.",
            )
        case {"reason": "time", "needs_min": int() | float() as needs, "left_min": int() | float() as left}:
            lacking = max(ceil(needs - left), 1)
            return Sentence(
                f"Il manquait {lacking} min : prolonger la halte ou le mettre avant un autre.",
                f"{lacking} min were lacking: extend the halt, or let it go before another one.",
            )
        case {"reason": str() as reason}:
            return _WORDS.get(reason)
        case _:
            return None
