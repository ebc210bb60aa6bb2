"""The retained messages: who the bike is and how it is doing now."""

from typing import Annotated, Final, Literal

from pydantic import Field

from onboard.messages.records import RecordType
from onboard.messages.values import (
    Boot,
    Closed,
    Count,
    EpochSeconds,
    MachineKind,
    MachineState,
    Percent,
    PlaceName,
    Version,
)

UNITS: Final = {"_s": "second", "_min": "minute", "_ms": "millisecond", "_wh": "watt-hour", "_pct": "percent"}
"""The endings of field names and their units."""

STATE_LIFE_S: Final = 900
"""A state older than this is no state: the broker drops it."""


class Status(Closed):
    """Topic `status`: the bike is on the line; its will says the opposite."""

    v: Literal[1] = 1
    online: bool
    boot: Boot | None = None


class About(Closed):
    """Topic `about`: the software and what it speaks of."""

    v: Literal[1] = 1
    software: Version
    machines: Annotated[tuple[MachineKind, ...], Field(max_length=8)] = ()
    types: Annotated[tuple[RecordType, ...], Field(max_length=32)] = ()
    units: Annotated[dict[Literal["_s", "_min", "_ms", "_wh", "_pct"], str], Field(max_length=8)] = UNITS  # type: ignore[assignment] # same keys, wider declared type


class Place(Closed):
    """The named halt at which the bike stands, by `public_place`."""

    place: PlaceName
    host_city: PlaceName
    left_min: Annotated[int, Field(ge=0, le=1440, multiple_of=5)]


class Machine(Closed):
    """One machine in steps of five percent."""

    kind: MachineKind
    state: MachineState
    done_pct: Annotated[int, Field(ge=0, le=100, multiple_of=5)] = 0


class State(Closed):
    """Topic `state`: all that a desk may see of the bike now; while it rides, `halt` is missing.

    `utc_s` is missing when the bike does not trust its clock; `telemetry` sets it, and `waiting_rows`.
    """

    v: Literal[1] = 1
    utc_s: EpochSeconds | None = None
    halt: Place | None = None
    soc_pct: Percent | None = None
    machines: Annotated[tuple[Machine, ...], Field(max_length=8)] = ()
    queue: Count = 0
    stopped: bool = False
    waiting_rows: Count = 0
