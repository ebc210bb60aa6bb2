"""Packings put on the clock, in several orders where the power cap makes that hard."""

import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations
from typing import Final

from jobs.planner.build import Build, Taste, soonest, thrifty
from jobs.planner.choice import MIXES, by_share, packings
from jobs.planner.packing import Packing, Question

_WORK: Final = 1500
"""Jobs put on the clock while looking for a better order: bounded by builds, not by the clock."""

_WORTHY: Final = 40
"""Jobs that may take the place of those that a try leaves out: the cheapest."""

_FEWEST: Final = 5
"""Orders that are looked at however many jobs there are."""

_LED: Final = 3
"""Lanes of which every order is tried."""

_FINALISTS: Final = 3
"""Builds of equal worth that are filled with further objects and compared by all that counts."""

_SEED: Final = 1
"""The same question has the same answer, tilts included."""

Order = Sequence[int]


def best_build(question: Question, pinned: Mapping[int, int]) -> Build:
    """The best plan found; a pinned job is the first on its lane, if that can be."""
    chosen = packings(question, pinned)
    worthy = [job for job in by_share(question, chosen[0].lanes, 0.5) if question.is_worthy(job)]
    builds = [_clocked(packing, order, worthy) for packing in chosen for order in _calm_orders(packing)]
    reached = max(build.value() for build in builds)
    if builds[0].board.is_capped:
        builds += _under_cap(chosen, worthy, reached)
    reached = max(build.value() for build in builds)
    finalists = [build for build in builds if build.value() == reached][:_FINALISTS]
    for build in finalists:
        build.fill([question.jobs[job] for job in by_share(question, chosen[0].lanes, 0.5)])
    participants = sorted(question.had)
    is_plenty = _energy_is_plenty(question)
    return max(finalists, key=lambda build: build.merit(participants, is_plenty=is_plenty))


def _energy_is_plenty(question: Question) -> bool:
    """Would half of the battery do, even if every job were started cold?"""
    coldest = sum(max(need.tenths for need in needs) for needs in question.sized.needs.values())
    return 2 * coldest <= question.sized.budget_tenths


def _time_is_plenty(question: Question) -> bool:
    """Would half of the minutes do?"""
    minutes = sum(max(room.minutes, 0) for room in question.rooms())
    return 2 * sum(question.least_minutes) <= minutes


def _calm_orders(packing: Packing) -> Iterator[Order]:
    """The order of the day; and another where a promise would pay for heating a machine."""
    day = _day_order(packing)
    yield day
    if packing.is_lenient:
        jobs = packing.question.jobs
        short = sorted(day, key=lambda job: packing.on[job].minutes)
        yield _led(packing, day, [job for job in short if not jobs[job].promised])


def _day_order(packing: Packing) -> list[int]:
    """What was announced, first objects, promises, priority; then who leaves most for late comers.

    Where there is plenty of everything nobody has to be left room, and who waits longest goes first.
    """
    question, round_of = packing.question, packing.rounds()
    jobs, is_plenty = question.jobs, _energy_is_plenty(question) and _time_is_plenty(question)

    def turn(job: int) -> tuple[bool, bool, bool, int, int, int, int, str]:
        one = jobs[job]
        unpinned, late = job not in packing.pinned, round_of[job] > 1
        tenths = 0 if is_plenty else packing.on[job].tenths
        order = unpinned, late, not one.promised, -one.priority, tenths
        return *order, one.submitted_min, one.run_min, one.id

    return sorted(packing.on, key=turn)


def _led(packing: Packing, order: Order, leaders: Order, lanes: Sequence[int] = ()) -> list[int]:
    """An order in which each lane's first leader goes before the rest; lanes as they come, if not named."""
    first: dict[int, int] = {}
    for job in leaders:
        first.setdefault(packing.on[job].lane, job)
    ahead = [job for job in order if job in packing.pinned]
    ahead += [first[lane] for lane in lanes or first if first.get(lane, ahead and ahead[0]) not in ahead]
    return [*ahead, *(job for job in order if job not in ahead)]


def _clocked(packing: Packing, order: Order, worthy: Order) -> Build:
    """Each job as early as its lane and the cap allow; in the place of what finds none, others."""
    build = Build.empty(packing.question.sized)
    for job in order:
        build.place(packing.question.jobs[job], packing.on[job].lane)
    build.fill([packing.question.jobs[job] for job in worthy])
    return build


def _under_cap(chosen: Sequence[Packing], worthy: Order, reached: tuple[int, int]) -> list[Build]:
    """Other orders, until one keeps all that the packing hoped for; none when none is better."""
    first, found = chosen[0], []
    tries = _tries(chosen, worthy[:_WORTHY])
    for _ in range(max(_FEWEST, _WORK // (20 + 3 * len(first.on)))):
        if reached >= first.value:
            break
        build = next(tries)
        if build.value() > reached:
            reached, found = build.value(), [build]
    return found


def _tries(chosen: Sequence[Packing], worthy: Order) -> Iterator[Build]:
    """Lanes begun one after the other in any order, then seeded tilts beside plain greedy plans."""
    first = chosen[0]
    day = _day_order(first)
    waited = sorted(day, key=lambda job: first.question.ranks[job])
    short = sorted(day, key=lambda job: first.on[job].minutes)
    for order in (waited, short):
        for lanes in permutations(sorted({first.on[job].lane for job in day})[:_LED]):
            yield _clocked(first, _led(first, order, order, lanes), worthy)
    chance = random.Random(_SEED)  # noqa: S311 - repeatable tilts, no secret
    plain = [(mix, taste) for taste in (soonest, thrifty) for mix in reversed(MIXES)]
    while True:
        for packing in (first, first, *chosen[1:]):
            order = _day_order(packing)
            chance.shuffle(order)
            yield _clocked(packing, _led(packing, order, ()), worthy)
        if plain:
            yield _greedy(first, *plain.pop(0), worthy)


def _greedy(packing: Packing, mix: float, taste: Taste, worthy: Order) -> Build:
    """Straight on the clock by scarce share, promises first: what the packing cannot see, it sees."""
    question = packing.question
    build = Build.empty(question.sized, taste)
    for job, lane in packing.pinned.items():
        build.place(question.jobs[job], lane)
    promised_tenths = question.sized.promise_tenths
    for job in by_share(question, packing.lanes, mix):
        if question.jobs[job].promised and question.jobs[job].id not in build.round_of:
            before = build.board.tenths_left
            build.place(question.jobs[job], tenths_at_most=promised_tenths)
            promised_tenths -= before - build.board.tenths_left
    build.fill([question.jobs[job] for job in worthy])
    return build
