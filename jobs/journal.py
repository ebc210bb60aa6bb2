"""What is written down of objects and their steps, as reports read it."""

from dataclasses import dataclass

from drivers.types import DeviceKind
from jobs.types import DesignKind, JobState


@dataclass(frozen=True, slots=True)
class Step:
    """A row of the journal; `judged_good` is what a mediator said of the run that it ended."""

    job: str
    from_state: JobState | None
    to_state: JobState
    at_s: float
    note: str
    halt: str | None
    took_wh: float | None = None
    is_measured: bool = False
    took_g: float | None = None
    judged_good: bool | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """What is known of a job beside its steps."""

    kind: DesignKind
    device: DeviceKind
    participant: str
    group: str
