"""What children wait for a mediator's word on: objects to decide on, and robots that tickets ask for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from jobs.errors import StoreError
from jobs.loans import LoanState
from jobs.types import JobState
from kiosk.queue import Queue


@dataclass(frozen=True, slots=True)
class RobotWish:
    """A ticket that asks for a robot; asked again, it has another key."""

    ticket: str
    key: str


@dataclass(frozen=True, slots=True)
class Wishes:
    """How many objects wait for a decision, and who asks for a robot, the first one first."""

    objects: int = 0
    robots: tuple[RobotWish, ...] = ()


NONE: Final = Wishes()


def wishes_in(queue: Queue) -> Callable[[], Wishes]:
    """A look at the queue that costs nothing while nobody writes into it."""
    known: tuple[tuple[int, int], Wishes] | None = None

    def look() -> Wishes:
        nonlocal known
        try:
            version = queue.version
            if known is None or known[0] != version:
                known = version, _read(queue)
        except StoreError:
            return NONE  # the notice on each page says why
        return known[1]

    return look


def _read(queue: Queue) -> Wishes:
    asked = queue.loans(LoanState.ASKED)
    robots = tuple(RobotWish(loan.ticket, f"{loan.id}-{int(loan.asked_s)}") for loan in asked)
    return Wishes(queue.count(JobState.WAITING), robots)
