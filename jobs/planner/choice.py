"""Which jobs a halt should hold: packings filled by several mixes of what is scarce, then improved."""

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Final

from jobs.planner.packing import Packing, Question, fill, fill_rounds
from jobs.planner.trades import improve

MIXES: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Weight of minutes against watt-hours in a job's scarce share."""

_FEW: Final = 3
"""Lanes that need heating of which every choice is tried; of more, only leaving out one."""

_KEPT: Final = 3
"""Packings that are worth being put on the clock."""


def packings(question: Question, pinned: Mapping[int, int]) -> list[Packing]:
    """The best packing of each set of lanes, best first; `pinned` jobs stay on the lane they are given."""
    rooms = question.rooms()
    best = _best_first(question, pinned, is_lenient=False)
    if any(job.promised for job in question.jobs) and any(room.first_tenths > 0 for room in rooms):
        best = best[: _KEPT - 1] + _best_first(question, pinned, is_lenient=True)[: _KEPT - 1]
    return best


def _best_first(question: Question, pinned: Mapping[int, int], *, is_lenient: bool) -> list[Packing]:
    """The few packings that began best, made better."""
    begun = [
        _begun_on(question, lanes, pinned, is_lenient=is_lenient)
        for lanes in _lane_sets(question)
        if lanes.issuperset(pinned.values())
    ]
    best = sorted(begun, key=lambda pair: _promise(pair[0]), reverse=True)[:_KEPT]
    for packing, order in best:
        improve(packing, order)
        fill_rounds(packing, order)
    return sorted((packing for packing, _ in best), key=_promise, reverse=True)


def _lane_sets(question: Question) -> Iterator[frozenset[int]]:
    """All lanes, and what is left when some that must first be heated stay cold."""
    rooms = question.rooms()
    every = frozenset(range(len(rooms)))
    dear = [lane for lane in every if rooms[lane].first_tenths > 0]
    yield every
    for count in range(1, len(dear) + 1 if len(dear) <= _FEW else 2):
        for cold in combinations(dear, count):
            if every.difference(cold):
                yield every.difference(cold)


def _begun_on(
    question: Question, lanes: frozenset[int], pinned: Mapping[int, int], *, is_lenient: bool
) -> tuple[Packing, list[int]]:
    """The best of the mixes, and its order."""
    tried = []
    for mix in MIXES:
        order = by_share(question, lanes, mix)
        packing = Packing(question, lanes, is_lenient=is_lenient)
        packing.pin(pinned)
        fill(packing, order)
        tried.append((packing, order))
    return max(tried, key=lambda pair: _promise(pair[0]))


def _promise(packing: Packing) -> tuple[tuple[int, int], int]:
    return packing.value, packing.tenths_left


def by_share(question: Question, lanes: frozenset[int], mix: float) -> list[int]:
    """Smallest share of what is scarce first; priority, waiting time and the order given settle the rest."""
    rooms = question.rooms()
    minutes: dict[str, int] = {}
    for lane, device in enumerate(question.sized.instance.devices):
        if lane in lanes:
            minutes[device.kind] = minutes.get(device.kind, 1) + rooms[lane].minutes
    tenths = max(question.sized.budget_tenths, 1)

    def share(job: int) -> tuple[float, int]:
        time = question.least_minutes[job] / minutes.get(question.jobs[job].kind, 1)
        energy = question.least_tenths[job] / tenths
        return mix * time + (1 - mix) * energy, question.ranks[job]

    return sorted(range(len(question.jobs)), key=share)
