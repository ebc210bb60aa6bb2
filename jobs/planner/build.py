"""A plan in the making on the clock: who starts when, and how good that is."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from jobs.planner.instance import PlanJob
from jobs.planner.needs import Sized
from jobs.planner.packing import participant_of
from jobs.planner.placement import Board, Placement

_DEEPEST: Final = 64
"""Objects of one participant beyond which nobody counts any more."""

Taste = Callable[[Placement], tuple[int, ...]]


def thrifty(placement: Placement) -> tuple[int, ...]:
    """Least energy first."""
    return placement.tenths, placement.end_min, placement.lane


def soonest(placement: Placement) -> tuple[int, ...]:
    """Earliest end first."""
    return placement.end_min, placement.tenths, placement.lane


@dataclass(slots=True)
class Build:
    """One try: a board being filled, and how often each participant has been served."""

    board: Board
    taste: Taste
    counts: Counter[str]
    round_of: dict[str, int]

    @classmethod
    def empty(cls, sized: Sized, taste: Taste = soonest) -> "Build":
        """A try on which nothing is placed."""
        return cls(Board(sized), taste, Counter(sized.instance.served), {})

    def place(self, job: PlanJob, lane: int | None = None, tenths_at_most: int | None = None) -> bool:
        """Put a job at its best place, if there is one; on one lane only, when that is named."""
        options = [
            option
            for option in self.board.options(job, lane)
            if tenths_at_most is None or option.tenths <= tenths_at_most
        ]
        if not options:
            return False
        self.board.put(min(options, key=self.taste))
        self.counts[participant_of(job)] += 1
        self.round_of[job.id] = self.counts[participant_of(job)]
        return True

    def fill(self, queue: Sequence[PlanJob]) -> None:
        """Until nothing more fits: whoever has had least comes first, and within a round the order given."""
        progress = True
        while progress:
            progress = False
            waiting = [job for job in queue if job.id not in self.round_of]
            while waiting:
                level = min(self.counts[participant_of(job)] for job in waiting)
                now = [job for job in waiting if self.counts[participant_of(job)] == level]
                waiting = [job for job in waiting if self.counts[participant_of(job)] > level]
                for job in now:
                    if self.counts[participant_of(job)] > level:
                        waiting.append(job)
                    elif self.place(job):
                        progress = True

    def promises(self) -> int:
        """Promised jobs that start, as many as promises may take energy."""
        left, kept = self.board.sized.promise_tenths, 0
        for tenths in sorted(placed.tenths for placed in self.board.placed if placed.job.promised):
            if tenths > left:
                break
            left, kept = left - tenths, kept + 1
        return kept

    def value(self) -> tuple[int, int]:
        """Promises kept and participants with their first job: what is never traded for anything else."""
        served = self.board.sized.instance.served
        people = {participant_of(placed.job) for placed in self.board.placed}
        return self.promises(), sum(1 for person in people if not served.get(person, 0))

    def merit(self, participants: Sequence[str], *, is_plenty: bool) -> tuple[int, ...]:
        """What is compared, in this order: promises, leximin of jobs per participant, priority, what is left.

        What is left for late comers is energy, or earlier ends where energy is plenty.
        """
        having = Counter(min(self.counts[participant], _DEEPEST) for participant in participants)
        at_least, reached = [], 0
        for level in range(_DEEPEST, 0, -1):
            reached += having[level]
            at_least.append(reached)
        placed = self.board.placed
        promised = sum(placement.job.promised for placement in placed)
        priority = sum(placement.job.priority for placement in placed)
        early = -sum(placement.end_min for placement in placed)
        rest = (early, self.board.tenths_left) if is_plenty else (self.board.tenths_left, early)
        return (self.promises(), *reversed(at_least), promised, priority, *rest)
