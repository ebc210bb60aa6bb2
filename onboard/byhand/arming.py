"""The mill's list and the arming at its end: only what was gone through for a job may start it."""

from typing import Final

from drivers.byhand import Axis
from drivers.panel.types import Hazard
from drivers.types import DeviceKind, DeviceState
from jobs.errors import JobError, Sentence
from jobs.types import JobState
from onboard.bike import Bike
from onboard.byhand.words import LIST_FIRST, OTHER_JOB, refused
from onboard.control.messages import PointView
from onboard.station import Station

AXES: Final = frozenset(Axis)
BUSY: Final = Sentence(
    "La machine travaille : attendez qu'elle ait fini.", "The machine is working: wait until it has ended."
)
_NOT_READY: Final = Sentence(
    "La machine n'est pas prête : branchez-la ou réarmez-la d'abord.",
    "The machine is not ready: plug it in or re-arm it first.",
)
_NOT_A_MILL: Final = Sentence("Cette machine ne s'arme pas.", "This machine is not armed.")


def points(bike: Bike, station: Station, job: str) -> tuple[PointView, ...]:
    """What a person goes through before arming a mill for a job; the bike ticks what it has seen itself."""
    state, hand = bike.panel.state, station.hand
    return (
        PointView(code="clamp", done=None),
        PointView(code="tool", done=None),
        PointView(code="zero", done=True if hand.zeroed >= AXES else None),
        PointView(code="lid", done=None if state is None else Hazard.LID not in state.hazards),
        PointView(code="outline", done=bool(job) and hand.traced == job),
        PointView(code="program", done=bool(job) and hand.checked == job),
    )


async def arm(bike: Bike, station: Station, job_id: str) -> None:
    """Allow one start of one job, or let a paused one go on; a person's ticks are the pages' to ask for.

    Raises:
        JobError: the mill, the panel or the list is not ready for this job, and why.
    """
    if station.kind is not DeviceKind.MILL:
        raise JobError("not-a-mill", _NOT_A_MILL)
    bike.check_open()
    bike.panel.check(station.kind)
    if station.order is not None and station.device.snapshot.state is DeviceState.PAUSED:
        if station.order.job.id != job_id:
            raise refused(OTHER_JOB)
    else:
        _check_free(station)
        await _check_approved(bike, job_id)
        _check_free(station)
        if any(point.done is False for point in points(bike, station, job_id)):
            raise refused(LIST_FIRST)
    station.arm(job_id)


def _check_free(station: Station) -> None:
    if station.order is not None or station.errand is not None:
        raise JobError("machine-busy", BUSY)
    if not station.free:
        raise JobError("machine-not-ready", _NOT_READY)


async def _check_approved(bike: Bike, job_id: str) -> None:
    job = await bike.ledger.get(job_id)
    if job.state is not JobState.APPROVED or job.design.device is not DeviceKind.MILL:
        raise refused(OTHER_JOB)
