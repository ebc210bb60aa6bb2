"""Answers what participants and mediators ask for: each request checked, carried out, and written down."""

import asyncio
import logging
from typing import Final

from drivers.types import DeviceKind, DeviceState
from jobs.errors import JobError, Sentence, TransitionError
from jobs.store.change import JobChange
from jobs.types import ON_A_MACHINE, Design, JobState
from onboard.bike import Bike
from onboard.byhand.arming import BUSY, arm
from onboard.byhand.desk import HandDesk
from onboard.byhand.outlines import trace_next
from onboard.byhand.words import ARM_FIRST, refused
from onboard.control.messages import (
    Accepted,
    ApproveJob,
    ArmMill,
    CancelJob,
    ClearPlate,
    ContinueQueue,
    DiscardJob,
    FavourJob,
    GetStatus,
    HandRequest,
    JobReference,
    MakeDraft,
    PauseJob,
    PlaceJob,
    PromiseJob,
    RearmMachine,
    RefuseJob,
    Reply,
    Request,
    ResumeJob,
    RobotRequest,
    SendJob,
    StopEverything,
    TraceOutline,
)
from onboard.halt_desk import HaltDesk
from onboard.janitor import remove_files
from onboard.plan.line_desk import change_line
from onboard.record_desk import RecordRequest, keep_records
from onboard.refusal_words import REFUSALS
from onboard.robots.desk import RobotDesk
from onboard.robots.lending import Lending
from onboard.station import Station
from onboard.status import bike_status
from onboard.uplink.reporter import Reporter
from onboard.workshop import Workshop

log = logging.getLogger(__name__)

DONE: Final = Reply(accepted=Accepted())
MACHINE_S: Final = 4.0
"""A person who pauses or cancels hears within this time whether the machine took it."""

SLOW = Sentence(
    "La machine n'a pas répondu à temps : regardez-la, et arrêtez tout si elle continue.",
    "The machine did not answer in time: look at it, and stop everything if it goes on.",
)
NOT_ON_MACHINE = Sentence("Cet objet n'est pas sur une machine.", "This object is not on a machine.")
ON_MACHINE = Sentence(
    "Cet objet est en train d'être fabriqué : demande au médiateur de l'arrêter.",
    "This object is being made: ask the mediator to stop it.",
)
STOPPED_NOT = Sentence("La machine n'attend pas d'être réarmée.", "The machine does not wait to be re-armed.")
NOT_A_PRINTER = Sentence("Cette machine n'a pas de plateau.", "This machine has no plate.")


class Desk:
    """One method a request; who may ask what is decided by the kiosk's roles and the socket's permissions."""

    def __init__(self, bike: Bike, workshop: Workshop, reporter: Reporter, lending: Lending) -> None:
        self._bike = bike
        self._workshop = workshop
        self._reporter = reporter
        self._halts = HaltDesk(bike, reporter)
        self._hands = HandDesk(bike)
        self._robots = RobotDesk(bike, lending)

    async def answer(self, request: Request) -> Reply:  # noqa: C901 - one flat dispatch, a line a request
        """Carry one request out."""
        if isinstance(request, HandRequest | RecordRequest):
            return await self._keep_or_move(request)
        robots = self._bike.robots
        if isinstance(request, RobotRequest) or (
            isinstance(request, RearmMachine) and request.machine in robots
        ):
            return await self._robots.answer(request)
        match request:
            case GetStatus():
                reply = Reply(status=bike_status(self._bike, self._workshop.shares, self._reporter.view()))
            case StopEverything():
                reply = self._stop()
            case MakeDraft():
                reply = await self._draft(request)
            case SendJob() | DiscardJob():
                reply = await self._participant(request)
            case ApproveJob() | RefuseJob():
                reply = await self._judge(request)
            case PauseJob() | ResumeJob() | CancelJob():
                reply = await self._steer(request)
            case ClearPlate() | ArmMill() | TraceOutline() | RearmMachine():
                reply = await self._machine(request)
            case ContinueQueue():
                self._bike.go_on()
                reply = DONE
            case FavourJob() | PromiseJob() | PlaceJob():
                await change_line(self._bike, request)
                reply = DONE
            case _:
                await self._halts.carry_out(request)
                reply = DONE
        return reply

    async def _keep_or_move(self, request: HandRequest | RecordRequest) -> Reply:
        if isinstance(request, RecordRequest):
            await keep_records(self._bike, request)
        else:
            await self._hands.carry_out(request)
        return DONE

    def _stop(self) -> Reply:
        """Stop every machine before anything else is thought of; no database, no waiting."""
        try:
            self._bike.stop()
        finally:
            self._bike.changed()
        return DONE

    async def _draft(self, request: MakeDraft) -> Reply:
        design = Design(request.design, request.device, request.source, dict(request.parameters))
        store = self._bike.ledger.store
        if await self._bike.ledger(store.made_with, request.key) is None:
            self._workshop.check_room()
        job = await self._bike.ledger(store.create, design, request.key)
        if job.state is JobState.PREPARING:
            self._workshop.put(job.id)
            self._bike.changed()
        return Reply(reference=JobReference(job=job.id, ticket=job.ticket))

    async def _participant(self, request: SendJob | DiscardJob) -> Reply:
        store = self._bike.ledger.store
        if isinstance(request, SendJob):
            job = await self._bike.ledger(store.send, request.job, request.holder)
            self._bike.changed()
            return Reply(reference=JobReference(job=job.id, ticket=job.ticket))
        job = await self._bike.ledger.get(request.job)
        if job.state in ON_A_MACHINE:
            raise TransitionError("on-a-machine", ON_MACHINE)
        await self._bike.ledger(store.erase, job.id)
        self._bike.calls.drop(job.id)
        paths = self._bike.config.paths
        await asyncio.to_thread(remove_files, paths.jobs, paths.spool, job)
        self._bike.changed()
        return DONE

    async def _judge(self, request: ApproveJob | RefuseJob) -> Reply:
        if isinstance(request, ApproveJob):
            job = await self._bike.ledger.transition(request.job, JobState.APPROVED, note="by the mediator")
            self._reporter.queued(job)
        else:
            change = JobChange(problem=REFUSALS[request.reason])
            await self._bike.ledger.transition(request.job, JobState.REFUSED, change=change)
        self._bike.changed()
        return DONE

    async def _steer(self, request: PauseJob | ResumeJob | CancelJob) -> Reply:
        station = self._bike.station_of(request.job)
        if station is None:
            return await self._cancel_waiting(request)
        try:
            async with asyncio.timeout(MACHINE_S):
                await self._ask_machine(station, request)
        except TimeoutError as error:
            raise JobError("machine-slow", SLOW) from error
        self._bike.changed()
        return DONE

    async def _ask_machine(self, station: Station, request: PauseJob | ResumeJob | CancelJob) -> None:
        match request:
            case PauseJob():
                await station.device.pause()
                await self._follow(request.job, JobState.PAUSED)
            case ResumeJob():
                self._bike.panel.check(station.kind)
                station.check_energy()
                if station.kind is DeviceKind.MILL and not station.is_armed_for(request.job):
                    raise refused(ARM_FIRST)
                station.disarm()
                await station.device.resume()
                await self._follow(request.job, JobState.RUNNING)
            case CancelJob() if station.device.snapshot.state in {DeviceState.RUNNING, DeviceState.PAUSED}:
                await station.device.cancel()
            case CancelJob():
                station.withdraw(JobState.CANCELLED)

    async def _follow(self, job_id: str, state: JobState) -> None:
        """Write down what the machine does already: the disk cannot undo it."""
        try:
            await self._bike.ledger.transition(job_id, state)
        except JobError as error:
            log.warning("Job %s is %s, which is not written down: %s", job_id, state, error)

    async def _cancel_waiting(self, request: PauseJob | ResumeJob | CancelJob) -> Reply:
        """Cancel a job that is on no machine; there is nothing to pause."""
        if not isinstance(request, CancelJob):
            raise JobError("not-on-a-machine", NOT_ON_MACHINE)
        await self._bike.ledger.transition(request.job, JobState.CANCELLED)
        self._bike.changed()
        return DONE

    async def _machine(self, request: ClearPlate | ArmMill | TraceOutline | RearmMachine) -> Reply:
        station = self._bike.station(request.machine)
        match request:
            case ClearPlate():
                await self._clear_plate(station)
            case ArmMill():
                await arm(self._bike, station, request.job)
            case TraceOutline():
                await trace_next(self._bike, station)
            case RearmMachine():
                await self._rearm(station)
        self._bike.changed()
        return DONE

    async def _clear_plate(self, station: Station) -> None:
        if station.kind is not DeviceKind.PRINTER:
            raise JobError("not-a-printer", NOT_A_PRINTER)
        if station.order is not None:
            raise JobError("machine-busy", BUSY)
        await self._bike.ledger(self._bike.ledger.store.set_plate, station.name, clear=True)
        station.plate_clear = True

    async def _rearm(self, station: Station) -> None:
        waiting = {DeviceState.STOPPED, DeviceState.FAULT, DeviceState.OFFLINE}
        has_power = not self._bike.panel.is_cut
        if station.device.snapshot.state not in waiting and not station.stopped and has_power:
            raise JobError("not-stopped", STOPPED_NOT)
        await self._bike.panel.restore()
        await station.rearm()
