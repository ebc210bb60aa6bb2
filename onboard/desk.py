"""Answers what participants and mediators ask for: each request checked, carried out, and written down."""

import asyncio
import shutil
from typing import Final, assert_never

from drivers.types import DeviceKind, DeviceState
from jobs.errors import JobError, Sentence, TransitionError
from jobs.store.change import JobChange
from jobs.types import ON_A_MACHINE, Design, Job, JobState
from onboard.bike import Bike
from onboard.control.messages import (
    Accepted,
    ApproveJob,
    ArmMill,
    CancelJob,
    ClearPlate,
    CloseHalt,
    DiscardJob,
    GetStatus,
    JobReference,
    MakeDraft,
    OpenHalt,
    PauseJob,
    RearmMachine,
    RefuseJob,
    Reply,
    Request,
    ResumeJob,
    SendJob,
    StopEverything,
)
from onboard.reporter import Reporter
from onboard.station import Station
from onboard.status import bike_status
from onboard.workshop import Workshop

DONE: Final = Reply(accepted=Accepted())

REFUSALS: Final[dict[str, Sentence]] = {
    "not-suitable": Sentence(
        "Cet objet ne convient pas ici. Demande au médiateur ce qui est possible.",
        "This object is not suitable here. Ask the mediator what is possible.",
    ),
    "too-long": Sentence(
        "Cet objet prend trop de temps ou de batterie aujourd'hui : essaie plus petit.",
        "This object takes too much time or battery today: try a smaller one.",
    ),
    "change-asked": Sentence(
        "Le médiateur te demande un changement : va le voir, puis envoie-le de nouveau.",
        "The mediator asks you for a change: go and talk, then send it again.",
    ),
    "not-here": Sentence(
        "Le vélo n'a pas ce qu'il faut pour cet objet aujourd'hui.",
        "The bike does not carry what this object needs today.",
    ),
}

BUSY = Sentence(
    "La machine travaille : attendez qu'elle ait fini.", "The machine is working: wait until it has ended."
)
NOT_ON_MACHINE = Sentence("Cet objet n'est pas sur une machine.", "This object is not on a machine.")
ON_MACHINE = Sentence(
    "Cet objet est en train d'être fabriqué : demande au médiateur de l'arrêter.",
    "This object is being made: ask the mediator to stop it.",
)
STOPPED_NOT = Sentence("La machine n'attend pas d'être réarmée.", "The machine does not wait to be re-armed.")
NOT_A_PRINTER = Sentence("Cette machine n'a pas de plateau.", "This machine has no plate.")
NOT_A_MILL = Sentence("Cette machine ne s'arme pas.", "This machine is not armed.")


class Desk:
    """One method a request; who may ask what is decided by the kiosk's roles and the socket's permissions."""

    def __init__(self, bike: Bike, workshop: Workshop, reporter: Reporter) -> None:
        self._bike = bike
        self._workshop = workshop
        self._reporter = reporter

    async def answer(self, request: Request) -> Reply:  # noqa: C901 - one flat dispatch, a line a request
        """Carry one request out."""
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
            case ClearPlate() | ArmMill() | RearmMachine():
                reply = await self._machine(request)
            case OpenHalt() | CloseHalt():
                reply = await self._halt(request)
            case _:
                assert_never(request)
        return reply

    def _stop(self) -> Reply:
        """Stop every machine before anything else is thought of; no database, no waiting."""
        for station in self._bike.stations.values():
            station.device.stop()
            station.disarm()
        self._bike.changed()
        return DONE

    async def _draft(self, request: MakeDraft) -> Reply:
        design = Design(request.design, request.device, request.source, dict(request.parameters))
        self._workshop.check_room()
        job = await self._bike.ledger(self._bike.ledger.store.create, design, request.key)
        if job.state is JobState.PREPARING:
            await self._workshop.put(job.id)
            self._bike.changed()
        return Reply(reference=JobReference(job=job.id, ticket=job.ticket))

    async def _participant(self, request: SendJob | DiscardJob) -> Reply:
        store = self._bike.ledger.store
        if isinstance(request, SendJob):
            job = await self._bike.ledger(store.send, request.job)
            self._bike.changed()
            return Reply(reference=JobReference(job=job.id, ticket=job.ticket))
        job = await self._bike.ledger.get(request.job)
        if job.state in ON_A_MACHINE:
            raise TransitionError("on-a-machine", ON_MACHINE)
        await self._bike.ledger(store.erase, job.id)
        await asyncio.to_thread(self._remove_files, job)
        self._bike.changed()
        return DONE

    def _remove_files(self, job: Job) -> None:
        """Remove what a participant brought and what was made of it."""
        paths = self._bike.config.paths
        shutil.rmtree(paths.jobs / job.id, ignore_errors=True)
        if job.design.source:
            (paths.spool / job.design.source).unlink(missing_ok=True)

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
        match request:
            case PauseJob():
                await station.device.pause()
                await self._bike.ledger.transition(request.job, JobState.PAUSED)
            case ResumeJob():
                await station.device.resume()
                await self._bike.ledger.transition(request.job, JobState.RUNNING)
            case CancelJob():
                await station.device.cancel()
        self._bike.changed()
        return DONE

    async def _cancel_waiting(self, request: PauseJob | ResumeJob | CancelJob) -> Reply:
        """Cancel a job that is on no machine; there is nothing to pause."""
        if not isinstance(request, CancelJob):
            raise JobError("not-on-a-machine", NOT_ON_MACHINE)
        await self._bike.ledger.transition(request.job, JobState.CANCELLED)
        self._bike.changed()
        return DONE

    async def _machine(self, request: ClearPlate | ArmMill | RearmMachine) -> Reply:
        station = self._bike.station(request.machine)
        match request:
            case ClearPlate():
                await self._clear_plate(station)
            case ArmMill():
                self._arm(station)
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

    @staticmethod
    def _arm(station: Station) -> None:
        if station.kind is not DeviceKind.MILL:
            raise JobError("not-a-mill", NOT_A_MILL)
        if not station.free:
            raise JobError("machine-busy", BUSY)
        station.arm()

    @staticmethod
    async def _rearm(station: Station) -> None:
        waiting = {DeviceState.STOPPED, DeviceState.FAULT, DeviceState.OFFLINE}
        if station.device.snapshot.state not in waiting:
            raise JobError("not-stopped", STOPPED_NOT)
        await station.device.connect()

    async def _halt(self, request: OpenHalt | CloseHalt) -> Reply:
        ledger, store = self._bike.ledger, self._bike.ledger.store
        if self._bike.halt is not None:
            await ledger(store.close_halt)
            self._reporter.halt_closed(self._bike.halt)
            self._bike.adopt(None)
        if isinstance(request, OpenHalt):
            ends_s = self._bike.wall() + request.minutes * 60.0
            halt = await ledger(store.open_halt, request.place, request.host_city, ends_s, request.reserve_wh)
            self._bike.adopt(halt)
            self._reporter.halt_opened(halt)
        return DONE
