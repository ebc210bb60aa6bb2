"""Turns what happens on the bike into the few records and the state that the city may see."""

import asyncio
from importlib.metadata import version
from typing import Final, get_args

from drivers.types import DeviceState
from jobs.machines import PROFILES
from jobs.planner.instance import Held
from jobs.types import Halt, Job, JobState
from onboard import messages
from onboard.bike import Bike
from onboard.config import Config
from onboard.control.messages import TelemetryView
from onboard.messages import (
    FailureReason,
    FaultCode,
    HeldReason,
    MachineKind,
    MachineState,
    code_of,
    public_place,
)
from onboard.station import Order, Station
from onboard.status import machine_view
from onboard.uplink.telemetry import Telemetry

SHOW_S: Final = 1.0
ENERGY_EVERY_S: Final = 60.0
WEEK_MIN: Final = 7 * 24 * 60
MOST_WH: Final = 20_000.0

_HELD: Final = {
    **dict.fromkeys(("plate", "arm", "panel"), HeldReason.MACHINE),
    **dict.fromkeys(("participant", "late"), HeldReason.FAIRNESS),
}
"""What the city hears of the reasons that only this bike's people know."""

_FAILED: Final = {
    JobState.CANCELLED: FailureReason.CANCELLED,
    JobState.INTERRUPTED: FailureReason.INTERRUPTED,
    JobState.FAILED: FailureReason.MACHINE,
}
_FAULTS: Final = {DeviceState.FAULT: FaultCode.MACHINE, DeviceState.STOPPED: FaultCode.STOPPED}


class Reporter:
    """One method an event; without telemetry it stays silent."""

    def __init__(self, bike: Bike, telemetry: Telemetry | None) -> None:
        self._bike = bike
        self._telemetry = telemetry
        self._known_states: dict[str, DeviceState] = {}

    def view(self) -> TelemetryView | None:
        """How far the city is behind."""
        telemetry = self._telemetry
        if telemetry is None:
            return None
        return TelemetryView(connected=telemetry.connected, waiting_rows=telemetry.waiting_rows)

    def queued(self, job: Job) -> None:
        """A mediator accepted a job."""
        if job.prepared is not None:
            cost = job.prepared.estimate
            self._tell(
                messages.JobQueued(
                    kind=_kind(job), minutes=_minutes(cost.duration_s), energy_wh=_energy_wh(cost.energy_wh)
                )
            )

    def started(self, order: Order) -> None:
        """A job got its machine."""
        waited_min = _minutes(self._bike.wall() - order.accepted_s)
        self._tell(messages.JobStarted(kind=_kind(order.job), waited_min=waited_min))

    def ended(self, job: Job, took_s: float) -> None:
        """A job left its machine after `took_s` monotonic seconds, with an object or without."""
        minutes = _minutes(took_s)
        if job.state is JobState.DONE:
            estimated_wh = job.prepared.estimate.energy_wh if job.prepared else 0.0
            used_wh = estimated_wh if job.used_wh is None else job.used_wh
            self._tell(messages.JobDone(kind=_kind(job), minutes=minutes, energy_wh=_energy_wh(used_wh)))
        else:
            reason = _FAILED.get(job.state, FailureReason.OTHER)
            self._tell(messages.JobFailed(kind=_kind(job), minutes=minutes, reason=reason))

    def held(self, job: Job, held: Held) -> None:
        """An accepted job has a new reason to wait."""
        reason = _HELD.get(held.reason) or code_of(HeldReason, held.reason)
        self._tell(messages.JobHeld(kind=_kind(job), reason=reason))

    def robot_returned(self, took_s: float, took_wh: float) -> None:
        """A robot is back after so many monotonic seconds; charging takes `took_wh` for them."""
        self._tell(messages.RobotReturned(minutes=_minutes(took_s), energy_wh=_energy_wh(took_wh)))

    def halt_opened(self, halt: Halt) -> None:
        """The bike is open to the public."""
        self._tell(
            messages.HaltOpened(
                place=public_place(halt.place, halt.host_city),
                host_city=public_place(halt.host_city, ""),
                minutes=_minutes(halt.ends_s - halt.opened_s),
            )
        )

    def halt_closed(self, halt: Halt, left_s: float) -> None:
        """The halt is over, `left_s` before its time (after it: negative)."""
        self._tell(
            messages.HaltClosed(
                place=public_place(halt.place, halt.host_city),
                host_city=public_place(halt.host_city, ""),
                minutes=_minutes(halt.ends_s - halt.opened_s - left_s),
            )
        )

    async def run(self) -> None:
        """Show the state every second and record energy every minute, for ever."""
        energy_at_s = self._bike.clock() + ENERGY_EVERY_S
        while True:
            if self._telemetry is not None:
                self._telemetry.show(self._state())
            self._look_for_faults()
            if self._bike.clock() >= energy_at_s:
                energy_at_s += ENERGY_EVERY_S
                if (energy := self._bike.power.meter.take()) is not None:
                    self._tell(energy)
            await asyncio.sleep(SHOW_S)

    def _look_for_faults(self) -> None:
        for station in self._bike.stations.values():
            state = station.device.snapshot.state
            if self._known_states.get(station.name) is not state:
                self._known_states[station.name] = state
                self._bike.changed()
                if state in _FAULTS:
                    self._tell(messages.Fault(part=station.kind.value, code=_FAULTS[state]))

    def _state(self) -> messages.State:
        bike, reading = self._bike, self._bike.power.reading()
        return messages.State(
            halt=self._place(),
            soc_pct=round(min(100.0, max(0.0, reading.soc_pct))) if reading else None,
            machines=tuple(_machine(s, bike.clock()) for s in bike.stations.values()),
            queue=len(bike.held) + len(bike.starts),
            stopped=bike.stopped,
        )

    def _place(self) -> messages.Place | None:
        halt = self._bike.halt
        if halt is None:
            return None
        return messages.Place(
            place=public_place(halt.place, halt.host_city),
            host_city=public_place(halt.host_city, ""),
            left_min=min(1440, 5 * round(self._bike.halt_left_s / 300)),
        )

    def _tell(self, record: messages.Record) -> None:
        if self._telemetry is not None:
            self._telemetry.record(record)


def about(config: Config) -> messages.About:
    """What the city may know of the software and the machines."""
    types = tuple(model.type for model in get_args(messages.Record))
    machines = tuple(MachineKind(PROFILES[machine.profile].kind) for machine in config.machines.values())
    return messages.About(software=version("dipbike"), machines=machines, types=types)


def _minutes(duration_s: float) -> int:
    """Whole minutes as a record takes them: a week at most, whatever a clock that jumped says."""
    return min(WEEK_MIN, round(max(0.0, duration_s) / 60))


def _energy_wh(energy_wh: float) -> float:
    """Watt-hours as a record takes them."""
    return min(MOST_WH, max(0.0, energy_wh))


def _kind(job: Job) -> MachineKind:
    return MachineKind(job.design.device.value)


def _machine(station: Station, now_s: float) -> messages.Machine:
    view = machine_view(station, now_s)
    return messages.Machine(
        kind=MachineKind(station.kind.value),
        state=MachineState(view.state.value),
        done_pct=5 * int(view.fraction * 20),
    )
