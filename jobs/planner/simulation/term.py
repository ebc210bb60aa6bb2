"""Terms of several halts with the same class: who was not served comes again, and keeps the place."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from jobs.planner.simulation.play import Outcome, play
from jobs.planner.simulation.story import Setting, Story, Work, invent
from jobs.planner.simulation.table import BLIND, PLANNER, RULES

EACH_BY_ITSELF: Final = "planner, each halt by itself"
TERM_RULES: Final = ("first come, gated", EACH_BY_ITSELF, PLANNER)

_HALTS_A_SEED: Final = 1000
_BETWEEN_MIN: Final = 7 * 24 * 60
"""A class comes once a week; assumed."""


@dataclass(frozen=True, slots=True)
class Term:
    """One class under one rule: what each participant took home, and how each halt went."""

    objects: dict[str, int]
    halts: tuple[tuple[Story, Outcome], ...]

    @property
    def jain(self) -> float:
        """Jain's index of the objects: 1 when all have the same, 1/n when one of n has them all."""
        counts = list(self.objects.values())
        squares = sum(count * count for count in counts)
        return sum(counts) ** 2 / (len(counts) * squares) if squares else 1.0


@dataclass(frozen=True, slots=True)
class TermRow:
    """A rule over many terms: participants with something, objects, Jain's index and what went wrong."""

    rule: str
    served_pct: float
    objects: float
    jain: float
    over_budget_pct: float
    aborted_pct: float


def play_term(rule: str, setting: Setting, seed: int, count: int) -> Term:
    """Play the halts of one class one after the other."""
    first = invent(_HALTS_A_SEED * seed, setting)
    people = sorted({work.job.participant for work in first.works})
    printers = sum(device.heat_cold_min > 0 for device in first.devices)
    setting = replace(setting, participants=len(people), printers=printers)
    had, carried, halts = dict.fromkeys(people, 0), list[Work](), []
    for number in range(count):
        halt_seed = _HALTS_A_SEED * seed + number
        story = _with_carried(invent(halt_seed, setting), carried, number)
        counted = {} if rule == EACH_BY_ITSELF else dict(had)
        name = PLANNER if rule == EACH_BY_ITSELF else rule
        outcome = play(story, RULES[name](), halt_seed, is_protected=name not in BLIND, had=counted)
        for person, objects in Counter(bar.work.job.participant for bar in outcome.made).items():
            had[person] += objects
        carried = list(_left_over(outcome))
        halts.append((story, outcome))
    return Term(had, tuple(halts))


def _with_carried(story: Story, carried: Sequence[Work], number: int) -> Story:
    """Who still waits for an object brings no other; everybody else does."""
    waiting = {work.job.participant for work in carried}
    fresh = (
        replace(work, job=replace(work.job, id=f"h{number}-{work.job.id}"))
        for work in story.works
        if work.job.participant not in waiting
    )
    return replace(story, works=(*carried, *fresh))


def _left_over(outcome: Outcome) -> Iterator[Work]:
    """What was not made waits from the opening of the next halt on, in the place it had."""
    lost = (bar.work for bar in outcome.bars if bar.is_aborted)
    for work in (*lost, *outcome.waiting):
        waited_min = work.waited_min + _BETWEEN_MIN - work.arrives_min
        yield replace(work, arrives_min=0, cancels_min=None, waited_min=waited_min)


def term_row(rule: str, setting: Setting, seeds: Iterable[int], count: int) -> TermRow:
    """Play one term for each seed, and sum up."""
    terms = [play_term(rule, setting, seed, count) for seed in seeds]
    halts = [halt for term in terms for halt in term.halts]
    bars = [bar for _, outcome in halts for bar in outcome.bars]
    counts = [count for term in terms for count in term.objects.values()]
    return TermRow(
        rule=rule,
        served_pct=100.0 * sum(count > 0 for count in counts) / len(counts),
        objects=sum(counts) / len(terms),
        jain=sum(term.jain for term in terms) / len(terms),
        over_budget_pct=100.0 * sum(out.used_wh > story.budget_wh for story, out in halts) / len(halts),
        aborted_pct=100.0 * sum(bar.is_aborted for bar in bars) / max(len(bars), 1),
    )
