"""What the mediator's templates show, as plain numbers and ready decisions."""

import datetime as dt
import math
from dataclasses import dataclass
from typing import Final

from drivers.types import DeviceState
from jobs.errors import Sentence
from jobs.store.line import in_line
from jobs.types import Job, JobState
from kiosk.events import Moment
from kiosk.mediator.group_words import GROUP_WORDS
from kiosk.participant.views import BATTERY_WH, Cost, cost_of
from kiosk.queue import Queue
from onboard.config import Config
from onboard.control.messages import BikeStatus, MachineView

FINISHED_SHOWN: Final = 20
_URGENCY: Final = (
    DeviceState.FAULT,
    DeviceState.STOPPED,
    DeviceState.OFFLINE,
    DeviceState.PAUSED,
    DeviceState.RUNNING,
    DeviceState.CONNECTING,
    DeviceState.IDLE,
)
_ENDED: Final = (JobState.DONE, JobState.REFUSED, JobState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Card:
    """One machine; `left_min` is None when nothing runs, `needs_person` when only a person can go on."""

    machine: MachineView
    left_min: int | None
    elapsed_min: int
    armed_s: int
    needs_person: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One job of the queue, with its place in the plan or the reason why it waits."""

    job: Job
    cost: Cost | None
    start_min: int | None = None
    held: Sentence | None = None
    group: Sentence | None = None


@dataclass(frozen=True, slots=True)
class QueueView:
    """The whole queue in the order in which a mediator works."""

    waiting: tuple[Line, ...]
    approved: tuple[Line, ...]
    broken: tuple[Line, ...]
    finished: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class HaltBounds:
    """What the form of a halt offers."""

    minutes_max: int
    reserve_max_wh: int
    reserve_usual_wh: int


def cards(config: Config, moment: Moment) -> list[Card | None]:
    """One card a machine, worst first; as many places as the settings have machines, empty without news."""
    machines = moment.status.machines if moment.status is not None else ()
    found: list[Card | None] = [_card(machine) for machine in sorted(machines, key=_urgency)]
    return found + [None] * (len(config.machines) - len(found))


def _urgency(machine: MachineView) -> tuple[int, str]:
    calm = machine.state is DeviceState.IDLE and machine.plate_clear
    return _URGENCY.index(machine.state) + calm, machine.name


def _card(machine: MachineView) -> Card:
    busy = machine.job is not None
    return Card(
        machine=machine,
        left_min=math.ceil(machine.left_s / 60) if busy and machine.left_s is not None else None,
        elapsed_min=int(machine.elapsed_s / 60),
        armed_s=math.ceil(machine.armed_s),
        needs_person=machine.state in {DeviceState.STOPPED, DeviceState.FAULT, DeviceState.OFFLINE},
    )


def queue_view(config: Config, queue: Queue, moment: Moment, now: dt.datetime) -> QueueView:
    """Sort the jobs that have a ticket."""
    jobs = [job for job in queue.jobs(*JobState) if job.ticket is not None]
    midnight_s = now.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
    lines = [_line(config, job, moment.status) for job in jobs]
    by_id = {line.job.id: line for line in lines}
    broken = (JobState.FAILED, JobState.INTERRUPTED)
    ended = [line for line in lines if line.job.state in _ENDED and line.job.changed_s >= midnight_s]
    return QueueView(
        waiting=tuple(line for line in lines if line.job.state is JobState.WAITING),
        approved=tuple(by_id[job.id] for job in in_line(jobs) if job.state is JobState.APPROVED),
        broken=tuple(line for line in lines if line.job.state in broken),
        finished=tuple(sorted(ended, key=lambda line: -line.job.changed_s)[:FINISHED_SHOWN]),
    )


def _line(config: Config, job: Job, status: BikeStatus | None) -> Line:
    cost = cost_of(job.prepared.estimate, config, status) if job.prepared is not None else None
    group = GROUP_WORDS.get(job.group) if job.group else None
    if status is None or job.state is not JobState.APPROVED:
        return Line(job, cost, group=group)
    start_min = next((start.start_min for start in status.starts if start.job == job.id), None)
    held = next((Sentence(h.text_fr, h.text_en) for h in status.held if h.job == job.id), None)
    return Line(job, cost, start_min, held, group)


def halt_bounds(config: Config) -> HaltBounds:
    """A halt lasts a day's work at most, and keeps no more than the pack holds."""
    capacity_wh = int(config.battery.capacity_wh if config.battery is not None else BATTERY_WH)
    return HaltBounds(12 * 60, capacity_wh, round(capacity_wh / 4))
