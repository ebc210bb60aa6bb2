"""Sums up a boot's records in their order: what was made at which visit, hour by hour."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

HOUR_S: Final = 3600.0
COUNTS: Final = (
    "queued",
    "started",
    "done",
    "failed",
    "cancelled",
    "held",
    "faults",
    "dropped",
    "waited_min",
    "minutes",
    "object_wh",
    "seconds",
    "used_wh",
    "charged_wh",
)
"""What is summed, in the order of the table's columns."""

RecordTuple = tuple[int, float, float, str, str | dict[str, Any]]
"""Number, monotonic second, arrival, type, content."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A halt that began."""

    seq: int
    mono_s: float
    received_s: float
    place: str
    host_city: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Closed:
    """The current halt ended after so many minutes."""

    minutes: int


@dataclass(slots=True)
class Sums:
    """One row of the table: the sums, and when its first record was."""

    mono_s: float
    received_s: float
    values: dict[str, float] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))

    def add(self, **amounts: float) -> None:
        """Add to some of the sums."""
        for name, amount in amounts.items():
            self.values[name] += amount


@dataclass(slots=True)
class Stay:
    """What happened from one opening of a halt to the next; without `opened` it goes on from before."""

    opened: Opened | None = None
    closed: Closed | None = None
    sums: dict[tuple[int, str], Sums] = field(default_factory=dict)
    """By hour of the boot, and by kind of machine ('' where none is meant)."""

    def at(self, mono_s: float, received_s: float, kind: str) -> Sums:
        """The sums of an hour."""
        return self.sums.setdefault((int(mono_s // HOUR_S), kind), Sums(mono_s, received_s))


def taken_apart(payload: str | dict[str, Any]) -> dict[str, Any]:
    """A record's content; PostgreSQL hands it over taken apart, SQLite as text."""
    content: dict[str, Any] = json.loads(payload) if isinstance(payload, str) else payload
    return content


def fold(records: Iterable[RecordTuple]) -> list[Stay]:
    """Sum up records that ascend without a hole."""
    stays = [Stay()]
    for seq, mono_s, received_s, kind, payload in records:
        content = taken_apart(payload)
        if kind == "halt.opened":
            place, host_city, minutes = content["place"], content["host_city"], content["minutes"]
            stays.append(Stay(Opened(seq, mono_s, received_s, place, host_city, minutes)))
        elif kind == "halt.closed":
            stays[-1].closed = Closed(content["minutes"])
            stays.append(Stay())
        else:
            _count(stays[-1].at(mono_s, received_s, content.get("kind", "")), kind, content)
    return stays


def _count(sums: Sums, kind: str, content: dict[str, Any]) -> None:
    """Add one record to the sums of its hour; a clock dates the boot and counts nothing."""
    if kind.startswith("job."):
        sums.add(**_job(kind, content))
    elif kind == "energy":
        sums.add(seconds=content["seconds"], used_wh=content["used_wh"], charged_wh=content["charged_wh"])
    elif kind == "fault":
        sums.add(faults=1)
    elif kind == "gap":
        sums.add(dropped=content["dropped"])


def _job(kind: str, content: dict[str, Any]) -> dict[str, float]:
    """What a job's record adds."""
    match kind:
        case "job.started":
            return {"started": 1, "waited_min": content["waited_min"]}
        case "job.done":
            return {"done": 1, "minutes": content["minutes"], "object_wh": content["energy_wh"]}
        case "job.failed" if content["reason"] == "cancelled":
            return {"cancelled": 1}
        case _:
            return {kind.removeprefix("job."): 1}
