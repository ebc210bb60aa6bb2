"""A whole bike in this process: real queue, real plan, real machines' protocols on simulated boards."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from drivers.battery.monitor import BatteryMonitor
from drivers.battery.quality import COUNTER, Gauge
from drivers.battery.sim import VirtualPack
from drivers.battery.sources import Listening
from drivers.grbl.mill import Mill
from drivers.grbl.sim import VirtualGrbl
from drivers.loopback import Loopback
from drivers.marlin.printer import Printer
from drivers.marlin.sim import VirtualMarlin
from drivers.simulator import BlackBox
from drivers.types import DeviceKind, DeviceState
from jobs.machines import PROFILES
from jobs.store.change import JobChange
from jobs.store.queue import Store
from jobs.store.reader import JobReader
from jobs.types import Design, DesignKind, Estimate, Halt, Job, JobState, Prepared
from onboard.bike import Bike
from onboard.config import BatterySection, Config, MqttSection, PathsSection
from onboard.control.messages import ArmMill, CheckProgram, Reply, Request, TraceOutline
from onboard.desk import Desk
from onboard.energy.power import PowerWatch
from onboard.ledger import Ledger
from onboard.messages import About
from onboard.performer import Performer
from onboard.plan.dispatcher import Dispatcher
from onboard.robots.lending import Lending
from onboard.station import Station
from onboard.uplink.reporter import Reporter
from onboard.uplink.telemetry import Identity, Telemetry
from onboard.workshop import Workshop

SPEED = 30.0
BPS = 115_200
PRINT = b"M140 S40\nM104 S60\n" + b"".join(b"G1 X%d F3000\n" % (x % 100) for x in range(60))
LONG_PRINT = b"M140 S40\nM104 S60\n" + b"".join(b"G1 X%d F600\n" % (x % 100) for x in range(3000))
HEATING = b"M140 S110\nM109 S250\nG1 X5 F600\nM104 S0\nM140 S0\n"
CUT = b"G21\nG90\nG0 X1Y0\nM3S1000\n" + b"".join(b"G1 X%d F600\n" % (x % 40) for x in range(1, 200)) + b"M5\n"


class Hand:
    """A clock that a test turns, on top of the one that runs."""

    def __init__(self, real: Callable[[], float]) -> None:
        self._real = real
        self.ahead_s = 0.0

    def __call__(self) -> float:
        """Now."""
        return self._real() + self.ahead_s


@dataclass
class Rig:
    """One printer and one mill, with everything of the daemon that decides about them."""

    bike: Bike
    desk: Desk
    dispatcher: Dispatcher
    performer: Performer
    reporter: Reporter
    workshop: Workshop
    clock: Hand
    wall: Hand
    boxes: dict[str, BlackBox]
    lines: dict[str, Loopback]
    outbox: Path
    running: list[asyncio.Task[None]] = field(default_factory=list)

    @property
    def store(self) -> Store:
        """The queue."""
        return self.bike.ledger.store

    def station(self, name: str = "prusa") -> Station:
        """One machine."""
        return self.bike.stations[name]

    def start(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Run one task of the daemon until the test ends."""
        task = asyncio.create_task(work)
        self.running.append(task)
        return task

    async def go(self) -> None:
        """Connect both machines and let the dispatcher and the machines work."""
        for station in self.bike.stations.values():
            await station.connect()
            self.work(station)
        self.start(self.dispatcher.run())

    def work(self, station: Station) -> None:
        """Let a machine take orders."""
        self.start(station.work(self.performer.perform, self.bike.changed))

    async def open_halt(self, minutes: float = 180.0, reserve_wh: float = 0.0) -> Halt:
        """Open a halt."""
        now_s = self.wall()
        halt = await self.bike.ledger(
            self.store.open_halt, "Parc", "Antony", now_s + minutes * 60, reserve_wh
        )
        self.bike.adopt(halt)
        return halt

    async def ask(self, request: Request) -> Reply:
        """Ask at the desk; a refusal is raised."""
        return await self.desk.answer(request)

    async def clear(self) -> None:
        """A person has cleared the plate."""
        await self.bike.ledger(self.store.set_plate, "prusa", clear=True)
        self.station().plate_clear = True
        self.bike.changed()

    async def look_at(self, job: Job) -> None:
        """A person has a mill's next job, which is this one, traced in the air and read in a dry run."""
        for look in (TraceOutline(machine="mill"), CheckProgram(machine="mill")):
            await self.ask(look)
            await until(lambda: self.station("mill").errand is None, 60)
        assert {self.station("mill").hand.traced, self.station("mill").hand.checked} == {job.id}

    async def arm(self, job: Job) -> None:
        """A person goes through the mill's list for a job, and arms."""
        await self.look_at(job)
        await self.ask(ArmMill(machine="mill", job=job.id))

    async def approved(
        self,
        key: str,
        program: bytes = PRINT,
        kind: DeviceKind = DeviceKind.PRINTER,
        wh: float = 40.0,
        high_s: float = 900.0,
    ) -> Job:
        """A job that waits for its machine."""
        job = await self.ready(key, program, kind, wh, high_s)
        await self.bike.ledger(self.store.send, job.id)
        approved = await self.bike.ledger.transition(job.id, JobState.APPROVED)
        self.bike.changed()
        return approved

    async def ready(
        self,
        key: str,
        program: bytes = PRINT,
        kind: DeviceKind = DeviceKind.PRINTER,
        wh: float = 40.0,
        high_s: float = 900.0,
    ) -> Job:
        """A draft that was not sent yet."""
        of = DesignKind.NAME_TAG if kind is DeviceKind.PRINTER else DesignKind.DRAWING
        design = Design(of, kind, None, {"text": "Zoé"} if kind is DeviceKind.PRINTER else {})
        job = await self.bike.ledger(self.store.create, design, key)
        folder = self.bike.config.paths.jobs / job.id
        folder.mkdir(parents=True)
        (folder / "part.gcode").write_bytes(program)
        cost = Estimate(600, 500, high_s, wh, wh * 0.9, wh * 1.2, 260, heat_s=60, heat_wh=wh / 10)
        change = JobChange(prepared=Prepared("part.gcode", "part.stl", "part.svg", cost))
        return await self.bike.ledger.transition(job.id, JobState.READY, change=change)

    def job(self, job: Job) -> Job:
        """A job as it stands on disk, read beside the daemon as the kiosk does."""
        with closing(JobReader.open(self.bike.config.paths.jobs_database)) as reader:
            return reader.get(job.id)

    async def is_in(self, job: Job, *states: JobState, within_s: float = 20.0) -> Job:
        """Wait until a job is in one of these states."""
        await until(lambda: self.job(job).state in states, within_s)
        return self.job(job)

    def executed(self, name: str = "prusa") -> list[str]:
        """The lines that a board executed."""
        return [str(entry["line"]) for entry in self.boxes[name].entries if entry["kind"] == "exec"]

    def moves(self, name: str = "prusa") -> list[str]:
        """The moves among them."""
        return [line for line in self.executed(name) if line.startswith("G1")]

    def cold(self) -> bool:
        """Whether each heater's target is zero by the printer's black box."""
        targets: dict[str, float] = {}
        for entry in self.boxes["prusa"].entries:
            if entry["kind"] == "heater":
                targets[str(entry["name"])] = float(str(entry["target"]))
        return not any(targets.values())


async def until(condition: Callable[[], object], within_s: float = 20.0) -> None:
    """Wait for what other threads bring about."""
    async with asyncio.timeout(within_s):
        while not condition():  # noqa: ASYNC110 - a board in a thread raises no event
            await asyncio.sleep(0.01)


@asynccontextmanager
async def rig_in(
    folder: Path,
    pack: VirtualPack | None = None,
    speed: float = SPEED,
    gauge: Gauge = COUNTER,
    boxes: dict[str, BlackBox] | None = None,
) -> AsyncIterator[Rig]:
    """A bike with its folders under `folder`, on the mains unless it has a pack; nothing runs yet."""
    paths = paths_in(folder)
    clock, wall = Hand(time.monotonic), Hand(time.time)
    boxes = boxes or {"prusa": BlackBox(), "mill": BlackBox()}
    boards = {"prusa": VirtualMarlin(boxes["prusa"]), "mill": VirtualGrbl(boxes["mill"])}
    lines = {name: Loopback(board, BPS, speed) for name, board in boards.items()}
    monitor = _plug(pack, lines, gauge) if pack else None
    battery = BatterySection(port="sim://battery", max_age_s=5.0) if pack else None
    bike = Bike(
        config=Config(paths=paths, battery=battery),
        ledger=Ledger(Store.open(paths.jobs_database, wall)),
        stations=_stations(lines, round(BPS * speed), clock),
        power=PowerWatch(monitor, 5.0, clock),
        clock=clock,
        wall=wall,
    )
    telemetry = unheard(paths.outbox_database)
    reporter, workshop = Reporter(bike, telemetry), Workshop(bike)
    desk = Desk(bike, workshop, reporter, Lending(bike, reporter.robot_returned))
    parts = desk, Dispatcher(bike, reporter.held), Performer(bike, reporter)
    rig = Rig(bike, *parts, reporter, workshop, clock, wall, boxes, lines, paths.outbox_database)
    rig.start(telemetry.run())
    try:
        yield rig
    finally:
        await _end(rig)


def _plug(pack: VirtualPack, lines: dict[str, Loopback], gauge: Gauge) -> BatteryMonitor:
    """Give a pack a line, and listen to it."""
    lines["battery"] = Loopback(pack, 19_200, 1.0)
    return BatteryMonitor(Listening(lines["battery"].open), gauge)


def _stations(lines: dict[str, Loopback], bps: int, clock: Hand) -> dict[str, Station]:
    """A printer and a mill, not connected yet."""
    printer, mill = Printer("prusa", lines["prusa"].open, bps), Mill("mill", lines["mill"].open, bps)
    return {
        "prusa": Station(printer, PROFILES["i3"], clock),
        "mill": Station(mill, PROFILES["mill"], clock),
    }


def paths_in(folder: Path) -> PathsSection:
    """The folders of a bike, made."""
    paths = PathsSection(state=folder / "state", run=folder / "run")
    for part in (paths.state, paths.run, paths.spool, paths.jobs):
        part.mkdir(parents=True, exist_ok=True)
    return paths


def unheard(outbox: Path) -> Telemetry:
    """Telemetry that no city ever hears: all it has to say stays in the outbox."""
    nowhere = MqttSection(host="127.0.0.1", port=1, tls=False)
    return Telemetry(nowhere, Identity("antony", "antony-1", "boot"), outbox, About(software="0.1.0"))


async def _end(rig: Rig) -> None:
    for task in rig.running:
        task.cancel()
    for task in rig.running:
        with suppress(asyncio.CancelledError):
            await task
    for station in rig.bike.stations.values():
        await station.device.close()
    await rig.bike.power.close()
    rig.bike.ledger.close()
    for line in rig.lines.values():
        line.close()


def records(outbox: Path) -> list[tuple[str, str]]:
    """Type and payload of what waits for the city, in order."""
    with closing(sqlite3.connect(outbox)) as db:
        rows = db.execute("SELECT type, payload FROM row ORDER BY seq").fetchall()
    return [(str(kind), str(payload)) for kind, payload in rows]


def lock_outside(database: Path) -> sqlite3.Connection:
    """Hold the queue from another process's point of view; closing the connection lets go."""
    db = sqlite3.connect(database, isolation_level=None)
    db.execute("BEGIN EXCLUSIVE")
    return db


def idle(station: Station) -> bool:
    """Whether a machine waits for work."""
    return station.device.snapshot.state is DeviceState.IDLE
