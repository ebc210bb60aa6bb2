"""Jobs, machines, battery and hours → who starts where and when, and why the others wait."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from jobs.planner.instance import Held, Instance, Plan, PlanJob, PlannedStart
from jobs.planner.needs import TENTHS, Sized, exact
from jobs.planner.placement import Board, Placement
from jobs.planner.reasons import gate_before_plan, gate_in_plan, unfair

_MIXES: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Weight of minutes against watt-hours in a job's scarce share."""

_DEEPEST: Final = 64

Taste = Callable[[Placement], tuple[int, ...]]


def _thrifty(placement: Placement) -> tuple[int, ...]:
    return placement.tenths, placement.end_min, placement.lane


def _soonest(placement: Placement) -> tuple[int, ...]:
    return placement.end_min, placement.tenths, placement.lane


_TASTES: Final[tuple[Taste, ...]] = (_soonest, _thrifty)


def participant_of(job: PlanJob) -> str:
    """Whom a job counts for; nobody's jobs count each for itself."""
    return job.participant or f"job {job.id}"


@dataclass(slots=True)
class Build:
    """One try: a board being filled, and how often each participant has been served."""

    board: Board
    taste: Taste
    counts: Counter[str]
    round_of: dict[str, int]
    promises_kept: int = 0

    @classmethod
    def empty(cls, sized: Sized, taste: Taste) -> "Build":
        """A try on which nothing is placed."""
        return cls(Board(sized), taste, Counter(sized.instance.served), {})

    def place(self, job: PlanJob, tenths_at_most: int | None = None) -> bool:
        """Put a job at its best place, if there is one."""
        options = [o for o in self.board.options(job) if tenths_at_most is None or o.tenths <= tenths_at_most]
        if not options:
            return False
        self.board.put(min(options, key=self.taste))
        self.counts[participant_of(job)] += 1
        self.round_of[job.id] = self.counts[participant_of(job)]
        return True

    def merit(self, participants: Sequence[str], *, is_plenty: bool) -> tuple[int, ...]:
        """What is compared, in this order: promises, leximin of jobs per participant, priority, what is left.

        What is left for late comers is energy, or earlier ends where energy is plenty.
        """
        served = [self.counts[participant] for participant in participants]
        levels = [sum(count >= level for count in served) for level in range(1, _DEEPEST + 1)]
        priority = sum(placement.job.priority for placement in self.board.placed)
        early = -sum(placement.end_min for placement in self.board.placed)
        rest = (early, self.board.tenths_left) if is_plenty else (self.board.tenths_left, early)
        return (self.promises_kept, *levels, priority, *rest)


def plan(instance: Instance) -> Plan:
    """Plan a halt: feasible by the rules of the exchange format, and the same for the same question."""
    sized = Sized.of(instance)
    refused = {job.id: held for job in instance.jobs if (held := gate_before_plan(job, instance))}
    open_jobs = [job for job in instance.jobs if job.id not in refused]
    participants = sorted({participant_of(job) for job in open_jobs})
    tries = (_fill(sized, open_jobs, mix, taste) for taste in _TASTES for mix in _MIXES)
    is_plenty = _energy_is_plenty(sized, open_jobs)
    best = max(tries, key=lambda build: build.merit(participants, is_plenty=is_plenty))
    return _answer(sized, _in_day_order(sized, open_jobs, best), refused)


def _energy_is_plenty(sized: Sized, jobs: Sequence[PlanJob]) -> bool:
    """Would half of the battery do, even if every job were started cold?"""
    coldest = sum(max(need.tenths for need in sized.needs[job.id]) for job in jobs)
    return 2 * coldest <= exact(sized.instance.budget_wh) * TENTHS


def _fill(sized: Sized, jobs: Sequence[PlanJob], mix: float, taste: Taste) -> Build:
    """Greedy in rounds: promises, everybody's first job, everybody's second, and so on."""
    build = Build.empty(sized, taste)
    queue = _by_share(build.board, jobs, mix)
    promise_tenths = build.board.tenths_left // 2
    for job in (job for job in queue if job.promised):
        before = build.board.tenths_left
        if build.place(job, promise_tenths):
            promise_tenths -= before - build.board.tenths_left
            build.promises_kept += 1
    _fill_rounds(build, queue)
    return build


def _fill_rounds(build: Build, queue: Sequence[PlanJob]) -> None:
    """Until nothing more fits: whoever has had least comes first, and within a round the smallest share."""
    progress = True
    while progress:
        progress = False
        waiting = [job for job in queue if job.id not in build.round_of]
        for level in sorted({build.counts[participant_of(job)] for job in waiting}):
            for job in waiting:
                if build.counts[participant_of(job)] == level and job.id not in build.round_of:
                    progress |= build.place(job)
            if progress:
                break


def _by_share(board: Board, jobs: Iterable[PlanJob], mix: float) -> list[PlanJob]:
    """Smallest share of what is scarce first; priority, waiting time and the order given settle the rest."""
    minutes = {
        lane.device.kind: 1
        + sum(o.free.bit_count() for o in board.lanes if o.device.kind is lane.device.kind)
        for lane in board.lanes
    }
    tenths = max(board.tenths_left, 1)

    def share(job: PlanJob) -> tuple[float, int, int]:
        needs = board.sized.needs[job.id]
        time = min(need.length_min for need in needs) / minutes[job.kind]
        energy = min(need.tenths for need in needs) / tenths
        return mix * time + (1 - mix) * energy, -job.priority, job.submitted_min

    return sorted(jobs, key=share)


def _in_day_order(sized: Sized, jobs: Sequence[PlanJob], chosen: Build) -> Build:
    """Serve the chosen jobs in the order people expect, where that costs nobody a place."""

    def turn(job: PlanJob) -> tuple[bool, bool, int, int, int]:
        late = chosen.round_of[job.id] > 1
        return late, not job.promised, -job.priority, job.submitted_min, job.run_min

    build = Build.empty(sized, chosen.taste)
    for job in sorted((job for job in jobs if job.id in chosen.round_of), key=turn):
        if not build.place(job):
            return chosen
    build.promises_kept = chosen.promises_kept
    _fill_rounds(build, _by_share(build.board, jobs, 0.5))
    return build


def _answer(sized: Sized, build: Build, refused: dict[str, Held]) -> Plan:
    placed = build.board.placed
    starts = tuple(PlannedStart(p.job.id, sized.instance.devices[p.lane].id, p.start_min) for p in placed)
    spent_tenths = sum(placement.tenths for placement in placed)
    fits_first = _fits_before_others(sized, build)
    held = []
    for job in sized.instance.jobs:
        if job.id in refused:
            held.append(refused[job.id])
        elif job.id not in build.round_of:
            had = build.counts[participant_of(job)]
            held.append(unfair(job) if had and fits_first(job) else gate_in_plan(job, build.board))
    return Plan(starts, tuple(held), spent_tenths / TENTHS, build.board.peak_w)


def _fits_before_others(sized: Sized, build: Build) -> Callable[[PlanJob], bool]:
    """Would a held job fit if the others' jobs of earlier rounds did not go before it?"""

    @cache
    def without_earlier_rounds(participant: str) -> tuple[PlanJob, ...]:
        own_round = build.counts[participant] + 1
        return tuple(
            placed.job
            for placed in build.board.placed
            if participant_of(placed.job) == participant or build.round_of[placed.job.id] >= own_round
        )

    def fits(job: PlanJob) -> bool:
        other = Build.empty(sized, build.taste)
        kept = without_earlier_rounds(participant_of(job))
        return (
            len(kept) < len(build.round_of) and all(other.place(each) for each in kept) and other.place(job)
        )

    return fits
