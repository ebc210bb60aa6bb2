"""What the parts of the daemon share: machines, plan, halt, and a bell that rings on every change."""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field

from drivers.types import DeviceKind
from jobs.errors import JobError, Sentence
from jobs.planner.instance import Held, PlannedStart
from jobs.types import Estimate, Halt
from onboard.calls import Calls
from onboard.config import Config
from onboard.energy.power import PowerWatch
from onboard.ledger import Ledger
from onboard.panel import PanelGuard
from onboard.plan.outlook import Outlook
from onboard.robots.station import RobotStation
from onboard.station import Station


@dataclass(frozen=True, slots=True)
class Hold:
    """What keeps every job from starting: a stable code, why, and whether a person's word ends it."""

    code: str
    sentence: Sentence
    ends_by_word: bool = False


Refine = Callable[[Estimate, DeviceKind], Estimate]


def as_it_is(cost: Estimate, _kind: DeviceKind) -> Estimate:
    """Nothing is known of this bike's machines."""
    return cost


@dataclass(slots=True)
class Bike:
    """The live state of the bike, owned by the loop."""

    config: Config
    ledger: Ledger
    stations: dict[str, Station]
    power: PowerWatch
    clock: Callable[[], float]
    wall: Callable[[], float]
    panel: PanelGuard = field(default_factory=PanelGuard)
    robots: dict[str, RobotStation] = field(default_factory=dict)
    robots_used_wh: float = 0.0
    halt: Halt | None = None
    halt_ends_at_s: float = 0.0
    budget_wh: float | None = None
    starts: tuple[PlannedStart, ...] = ()
    held: tuple[Held, ...] = ()
    outlook: Outlook | None = None
    hold: Hold | None = None
    refine: Refine = as_it_is
    idle_w: float | None = None
    standing_w: dict[str, float] = field(default_factory=dict)
    stops: int = 0
    version: int = 0
    calls: Calls = field(default_factory=Calls)
    bell: asyncio.Event = field(default_factory=asyncio.Event)

    def changed(self) -> None:
        """Ring the bell: the plan is made again and pages look again."""
        self.version += 1
        self.bell.set()

    @property
    def base_w(self) -> float:
        """What the battery gives while nothing is made: learnt at rest, the settings' figure until then."""
        return self.config.energy.base_load_w if self.idle_w is None else self.idle_w

    @property
    def stopped(self) -> bool:
        """Whether any machine waits to be re-armed after an emergency stop."""
        return any(station.stopped for station in self.stations.values())

    def stop(self) -> None:
        """Stop every machine and robot, the others too when one of them fails to; no disk, no waiting."""
        self.stops += 1
        self.panel.cut()
        with ExitStack() as every:  # the last comes first: machines are more dangerous than robots
            for robot in self.robots.values():
                every.callback(robot.stop)
            for station in self.stations.values():
                every.callback(station.stop)

    @property
    def halt_left_s(self) -> float:
        """What is left of the halt on the monotonic clock; 0 without one."""
        return max(0.0, self.until_end_s) if self.halt else 0.0

    @property
    def until_end_s(self) -> float:
        """From now to the end of the halt on the monotonic clock; negative when it is overdue."""
        return self.halt_ends_at_s - self.clock()

    def adopt(self, halt: Halt | None) -> None:
        """Make a halt the current one; its end is held on the monotonic clock from now on.

        A date that jumped back makes no halt longer than it was opened for.
        """
        self.halt = halt
        left_s = min(halt.ends_s - self.wall(), halt.ends_s - halt.opened_s) if halt else 0.0
        self.halt_ends_at_s = self.clock() + left_s
        self.changed()

    def go_on(self) -> None:
        """A person lets jobs start again; without anything that holds them nothing happens.

        Raises:
            JobError: the bike is in safe mode, and why.
        """
        self.check_open()
        self.hold = None
        self.changed()

    def check_open(self) -> None:
        """Refuse what a bike without its queue may not do.

        Raises:
            JobError: the bike is in safe mode, and why.
        """
        if self.hold is not None and not self.hold.ends_by_word:
            raise JobError(self.hold.code, self.hold.sentence)

    def station(self, name: str) -> Station:
        """Return a machine by its name.

        Raises:
            JobError: there is none.
        """
        if name not in self.stations:
            raise JobError(
                "no-machine",
                Sentence(f"Il n'y a pas de machine « {name} ».", f"There is no machine {name!r}."),
            )
        return self.stations[name]

    def station_of(self, job_id: str) -> Station | None:
        """Return the machine a job is on, if any."""
        return next((s for s in self.stations.values() if s.order and s.order.job.id == job_id), None)
