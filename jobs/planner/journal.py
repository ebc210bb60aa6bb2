"""What people were told about a job, read back from the plans that were kept."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from jobs.errors import Sentence


@dataclass(frozen=True, slots=True)
class Told:
    """From when on (UTC epoch seconds) a job had this place or this reason to wait.

    A job with a place has its machine and the minutes from then; one that waits has a reason and a sentence.
    """

    since_s: float
    device: str | None = None
    start_min: int | None = None
    reason: str | None = None
    sentence: Sentence | None = None


def told_about(job_id: str, kept: Iterable[tuple[float, str]]) -> list[Told]:
    """What kept plans, oldest first as (when, plan), say about a job; only what differs from the time before.

    Raises:
        ValueError: a text is no plan.
    """
    out: list[Told] = []
    for at_s, text in kept:
        told = _in_plan(job_id, at_s, text)
        if told is not None and (not out or _gist(out[-1]) != _gist(told)):
            out.append(told)
    return out


def _in_plan(job_id: str, at_s: float, text: str) -> Told | None:
    plan = json.loads(text)
    if not isinstance(plan, dict) or not {"starts", "held"} <= plan.keys():
        raise ValueError("a kept text is no plan")
    for start in plan["starts"]:
        if start["job"] == job_id:
            return Told(at_s, str(start["device"]), int(start["start_min"]))
    for held in plan["held"]:
        if held["job"] == job_id:
            sentence = Sentence(str(held["text_fr"]), str(held["text_en"]))
            return Told(at_s, reason=str(held["reason"]), sentence=sentence)
    return None


def _gist(told: Told) -> tuple[str | None, str | None]:
    """A minute or a watt-hour more is not worth a line: machine or reason is."""
    return told.device, told.reason
