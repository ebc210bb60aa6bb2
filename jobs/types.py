"""Jobs, their states and what is known about them."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from drivers.types import DeviceKind
from jobs.errors import Sentence


class JobState(StrEnum):
    """Where a job is; "held" and "cancel asked" are not states but stand beside them."""

    PREPARING = "preparing"
    UNUSABLE = "unusable"
    READY = "ready"
    WAITING = "waiting"
    REFUSED = "refused"
    APPROVED = "approved"
    STARTING = "starting"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    CANCELLED = "cancelled"


_ENDS_OF_A_RUN = frozenset({JobState.DONE, JobState.FAILED, JobState.INTERRUPTED, JobState.CANCELLED})

TRANSITIONS: Final[dict[JobState, frozenset[JobState]]] = {
    JobState.PREPARING: frozenset({JobState.READY, JobState.UNUSABLE, JobState.CANCELLED}),
    JobState.READY: frozenset({JobState.WAITING, JobState.CANCELLED}),
    JobState.WAITING: frozenset({JobState.APPROVED, JobState.REFUSED, JobState.CANCELLED}),
    JobState.APPROVED: frozenset({JobState.STARTING, JobState.REFUSED, JobState.CANCELLED}),
    JobState.STARTING: frozenset({JobState.RUNNING}) | _ENDS_OF_A_RUN - {JobState.DONE},
    JobState.RUNNING: frozenset({JobState.PAUSED}) | _ENDS_OF_A_RUN,
    JobState.PAUSED: frozenset({JobState.RUNNING}) | _ENDS_OF_A_RUN,
    JobState.INTERRUPTED: frozenset({JobState.APPROVED, JobState.CANCELLED}),
    JobState.FAILED: frozenset({JobState.APPROVED, JobState.CANCELLED}),
    JobState.UNUSABLE: frozenset(),
    JobState.REFUSED: frozenset(),
    JobState.DONE: frozenset(),
    JobState.CANCELLED: frozenset(),
}
"""INTERRUPTED and FAILED lead back to APPROVED only by a person's new order."""

ON_A_MACHINE: Final = frozenset({JobState.STARTING, JobState.RUNNING, JobState.PAUSED})
"""States in which a job occupies its machine; at start-up each of them becomes INTERRUPTED."""


class DesignKind(StrEnum):
    """What a participant brought or made."""

    MESH = "mesh"
    DRAWING = "drawing"
    NAME_TAG = "name-tag"
    KEY_RING = "key-ring"
    STAMP = "stamp"
    COOKIE_CUTTER = "cookie-cutter"
    MEDAL = "medal"
    PLANT_LABEL = "plant-label"
    MIND_MAP = "mind-map"
    GCODE = "gcode"


Parameter = str | float | int | bool


@dataclass(frozen=True, slots=True)
class Design:
    """What is to be made.

    `source` is the name of a file in the spool, made by us (a UUID), or None when the shape is made on the
    bike from `parameters`, which are bounded by the design's own module.
    """

    kind: DesignKind
    device: DeviceKind
    source: str | None = None
    parameters: dict[str, Parameter] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a program costs: a value with its low and high bound, which a person is shown as a range.

    `duration_*_s` includes heat-up from cold; `bounds_mm` is (x_min, y_min, z_min, x_max, y_max, z_max) of
    the moves that extrude or cut, None for a program that does neither. `model_s` is the duration before
    anything learnt of the machine went into it (0: the same); `loads` and, until it is warm, `heat_loads` are
    what the energy is made of (`jobs.energy.loads`), empty when nobody counted them.
    """

    duration_s: float
    duration_low_s: float
    duration_high_s: float
    energy_wh: float
    energy_low_wh: float
    energy_high_wh: float
    peak_w: float
    heat_s: float = 0.0
    heat_wh: float = 0.0
    mass_g: float = 0.0
    length_mm: float = 0.0
    layers: int = 0
    bounds_mm: tuple[float, float, float, float, float, float] | None = None
    model_s: float = 0.0
    loads: tuple[float, ...] = ()
    heat_loads: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the child process made of a design: names of files in the job's own folder, cost and warnings.

    `preview` is our own binary STL (printer) or our own JSON polylines (mill), never what was uploaded.
    """

    program: str
    preview: str
    picture: str
    estimate: Estimate
    warnings: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """One program for one device, on its way from a participant to a part.

    `key` is the submitter's idempotency key. `participant` counts for fairness; it is the ticket's holder and
    never a name. `problem` says why the job is UNUSABLE, REFUSED, FAILED or INTERRUPTED. `turn_s` is set by a
    mediator who moves the job in the line: it stands there as if sent at that time. Times are UTC epoch
    seconds for people to read; every time-out elsewhere is monotonic.
    """

    id: str
    key: str
    state: JobState
    design: Design
    created_s: float
    changed_s: float
    ticket: str | None = None
    prepared: Prepared | None = None
    problem: Sentence | None = None
    machine: str | None = None
    participant: str = ""
    group: str = ""
    priority: int = 0
    promised: bool = False
    submitted_s: float | None = None
    started_s: float | None = None
    ended_s: float | None = None
    used_wh: float | None = None
    cancel_asked: bool = False
    turn_s: float | None = None

    @property
    def stands_s(self) -> float:
        """Where the job stands in the line: when it was sent, unless a mediator put it elsewhere."""
        return self.turn_s or self.submitted_s or self.created_s


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One transition of one job, as it was written down."""

    job: str
    from_state: JobState | None
    to_state: JobState
    at_s: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class Halt:
    """A stop of the bike: place, host city, hours (UTC epoch seconds), energy kept for the ride home.

    `group` is the class that is here, a word from a closed list, or empty.
    """

    id: str
    place: str
    host_city: str
    opened_s: float
    ends_s: float
    reserve_wh: float
    closed_s: float | None = None
    group: str = ""
