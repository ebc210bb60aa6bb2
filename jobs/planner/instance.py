"""The planner's question and answer, in the exchange format of `dipbike plan`."""

from dataclasses import dataclass, field

from drivers.types import DeviceKind
from jobs.errors import Sentence


@dataclass(frozen=True, slots=True)
class PlanDevice:
    """A machine as the planner sees it; minutes count from now, `warm_until_min` is -1 when cold."""

    id: str
    kind: DeviceKind
    heat_w: float
    run_w: float
    heat_cold_min: int
    heat_warm_min: int
    heat_cold_wh: float
    heat_warm_wh: float
    warm_hold_min: int
    changeover_min: int
    free_at_min: int = 0
    warm_until_min: int = -1
    heating_until_min: int = 0


@dataclass(frozen=True, slots=True)
class PlanJob:
    """A job as the planner sees it: run time and run energy without heat-up and without margin."""

    id: str
    kind: DeviceKind
    run_min: int
    run_wh: float
    participant: str
    group: str = ""
    submitted_min: int = 0
    priority: int = 0
    promised: bool = False
    approved: bool = True


@dataclass(frozen=True, slots=True)
class Instance:
    """All a plan depends on; `served` counts the jobs each participant has had this term.

    `promise_wh` is what promised jobs may take before everybody else's, margins included; where nobody tells,
    half of the budget.
    """

    end_min: int
    budget_wh: float
    power_cap_w: float
    margin_time_pct: float
    margin_energy_pct: float
    devices: tuple[PlanDevice, ...]
    jobs: tuple[PlanJob, ...]
    served: dict[str, int] = field(default_factory=dict)
    promise_wh: float | None = None


@dataclass(frozen=True, slots=True)
class PlannedStart:
    """One job on one device from one minute on."""

    job: str
    device: str
    start_min: int


@dataclass(frozen=True, slots=True)
class Held:
    """Why a job does not start in this plan: the first gate that fails, and by how much.

    `reason` is one of `approval`, `machine`, `time`, `energy`, `power`, `fairness`; `needs`/`left` are in Wh
    for energy, minutes for time, watts for power, and None where no number applies. `before` names the jobs
    of others that go first, for fairness.
    """

    job: str
    reason: str
    sentence: Sentence
    needs: float | None = None
    left: float | None = None
    before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Who starts where and when, who is held and why, and what it takes."""

    starts: tuple[PlannedStart, ...]
    held: tuple[Held, ...]
    energy_wh: float
    peak_w: float
