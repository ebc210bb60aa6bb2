"""Judges who held what when, from the clients' own notes: it knows nothing of the queue."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Holding:
    """A client was told that it has a machine, and did not give it back before; monotonic seconds."""

    job: str
    machine: str
    participant: str
    since_s: float
    until_s: float


def overlaps(holdings: Iterable[Holding]) -> list[tuple[Holding, Holding]]:
    """Every two that held one machine, or were of one participant or one job, at the same instant."""
    by_owned = defaultdict(list)
    for holding in holdings:
        for owned in (
            ("machine", holding.machine),
            ("participant", holding.participant),
            ("job", holding.job),
        ):
            by_owned[owned].append(holding)
    return [pair for of_one in by_owned.values() for pair in _overlapping(of_one)]


def _overlapping(of_one: list[Holding]) -> list[tuple[Holding, Holding]]:
    """Neighbours by their begin suffice: whoever overlaps anybody overlaps one who reaches furthest."""
    ordered = sorted(of_one, key=lambda holding: holding.since_s)
    found, furthest = [], ordered[0]
    for holding in ordered[1:]:
        if holding.since_s < furthest.until_s:
            found.append((furthest, holding))
        furthest = max(furthest, holding, key=lambda each: each.until_s)
    return found
