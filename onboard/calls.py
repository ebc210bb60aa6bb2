"""Children who ask a mediator to come: one call an object, kept until somebody goes there or it is old."""

from dataclasses import dataclass, replace
from typing import Final

CALM_S: Final = 60.0
"""After a mediator has answered, the same object calls again no sooner than this."""
OLD_S: Final = 30 * 60.0
MOST: Final = 20
"""Calls that stand at once; who calls beyond that is heard by those who stand there."""


@dataclass(frozen=True, slots=True)
class Call:
    """Who calls, and since when on the monotonic clock; `answered_s` is when a mediator set out."""

    job: str
    ticket: str
    since_s: float
    answered_s: float | None = None


class Calls:
    """The calls of one bike, oldest first; nothing is typed, so nothing but a ticket is told."""

    def __init__(self) -> None:
        self._calls: dict[str, Call] = {}

    def call(self, job: str, ticket: str, now_s: float) -> bool:
        """Take a call down; False when it stands already, was just answered, or too many stand."""
        self._forget(now_s)
        before = self._calls.get(job)
        if before is not None and (before.answered_s is None or now_s - before.answered_s < CALM_S):
            return False
        if before is None and len(self._calls) >= MOST:
            return False
        self._calls.pop(job, None)
        self._calls[job] = Call(job, ticket, now_s)
        return True

    def answer(self, job: str, now_s: float) -> None:
        """A mediator goes there; a call that is gone or answered stays as it is."""
        call = self._calls.get(job)
        if call is not None and call.answered_s is None:
            self._calls[job] = replace(call, answered_s=now_s)

    def standing(self, now_s: float) -> tuple[Call, ...]:
        """Every call that is not old, answered ones for as long as the child should see it."""
        return tuple(call for call in self._calls.values() if _counts(call, now_s))

    def drop(self, job: str) -> None:
        """Forget an object that was erased."""
        self._calls.pop(job, None)

    def _forget(self, now_s: float) -> None:
        self._calls = {call.job: call for call in self._calls.values() if _counts(call, now_s)}


def _counts(call: Call, now_s: float) -> bool:
    if call.answered_s is not None:
        return now_s - call.answered_s < CALM_S
    return now_s - call.since_s < OLD_S
