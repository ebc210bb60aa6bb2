"""The composition root of the bike: opens everything, runs it in one task group, closes it in order."""

import asyncio
import logging
import signal
import sys
import time
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Final

from drivers.battery.monitor import DEFAULT_CAPACITY_WH
from drivers.errors import TransportError
from drivers.grbl.expected import Expected
from drivers.marlin.habits import Habits
from drivers.panel.opening import open_panel
from drivers.registry import open_battery, open_device
from drivers.types import DeviceState
from jobs.machines import PROFILES, MachineProfile, MillProfile, PrinterProfile
from onboard.bike import Bike
from onboard.boot import Boot
from onboard.byhand.watch import HandWatch
from onboard.changes import Changes
from onboard.chronicle import Answer, Chronicle
from onboard.clocks import kernel_boot_id
from onboard.config import Config, MachineSection, RobotSection
from onboard.control.server import ControlServer
from onboard.control.stoplane import stop_lane
from onboard.desk import Desk
from onboard.energy.learning import Learning
from onboard.energy.power import PowerWatch
from onboard.energy.protection import Protection
from onboard.energy.refining import Refining
from onboard.energy.tutor import Tutor
from onboard.janitor import Janitor
from onboard.ledger import Ledger
from onboard.linked import stay_connected, try_to_connect
from onboard.notify import notify
from onboard.ownership import FolderError, StartError, sole_owner
from onboard.panel import PanelGuard
from onboard.panel_duty import PanelDuty
from onboard.performer import Performer
from onboard.plan.dispatcher import Dispatcher
from onboard.robots.lending import Lending
from onboard.robots.opening import RobotSettingsError, open_robot
from onboard.robots.station import RobotStation
from onboard.station import Station
from onboard.uplink.outbox import OutboxError
from onboard.uplink.reporter import Reporter, about
from onboard.uplink.telemetry import Identity, Telemetry
from onboard.workshop import Workshop

log = logging.getLogger(__name__)

BEAT_S: Final = 0.1
BEATS_A_WATCHDOG: Final = 10
"""The relay lives by beats of 0.1 s, systemd is content with one a second."""
SWITCH_S: Final = 0.0005
"""So long a thread may keep others from running: a stop and a serial line wait for no page and no plan."""


async def run_daemon(config: Config) -> None:
    """Run the bike until SIGTERM or SIGINT; at start and on the way out every machine is made safe.

    A queue that cannot be used keeps it in safe mode: machines off, nothing starts, and the pages say why.

    Raises:
        StartError: the settings or the folders cannot be used, or another daemon runs; machines that are
            nobody else's are off.
    """
    bike = _assemble(config)
    try:
        with sole_owner(config.paths):
            await _run_and_close(bike)
    except FolderError:
        await _leave_cold(bike)
        raise


async def _run_and_close(bike: Bike) -> None:
    try:
        await _run(bike)
    finally:
        await _close(bike)


async def _leave_cold(bike: Bike) -> None:
    """Connecting turns everything off: that much needs no folder."""
    await asyncio.gather(
        *(try_to_connect(station) for station in bike.stations.values()),
        *(try_to_connect(robot) for robot in bike.robots.values()),
    )
    await _close(bike)


async def _close(bike: Bike) -> None:
    """Make every machine safe at the same time, the others too when one of them fails."""
    closings = [station.device.close() for station in bike.stations.values()]
    closings += [robot.kit.close() for robot in bike.robots.values()]
    for problem in await asyncio.gather(
        *closings, bike.power.close(), bike.panel.close(), return_exceptions=True
    ):
        if problem is not None:
            log.error("A port was not closed in order: %s", problem)
    bike.ledger.close()


def _assemble(config: Config) -> Bike:
    """Build every part without opening a port or a file."""
    battery = config.battery
    bike = Bike(
        config=config,
        ledger=Ledger(),
        stations={name: _station(name, section) for name, section in config.machines.items()},
        power=PowerWatch(
            open_battery(battery.port, battery.capacity_wh) if battery else None,
            battery.max_age_s if battery else 0.0,
            time.monotonic,
            battery.capacity_wh if battery else DEFAULT_CAPACITY_WH,
        ),
        clock=time.monotonic,
        wall=time.time,
        panel=_panel(config.panel.url),
        robots={name: _robot(name, section) for name, section in config.robots.items()},
    )
    bike.power.watch_load(lambda: _any_works(bike))
    return bike


def _panel(url: str) -> PanelGuard:
    try:
        return PanelGuard(open_panel(url) if url else None)
    except TransportError as error:
        raise StartError(f"panel.url: {error}") from error


def _any_works(bike: Bike) -> bool:
    """Whether a machine runs a program now."""
    return any(station.device.snapshot.state is DeviceState.RUNNING for station in bike.stations.values())


def _station(name: str, section: MachineSection) -> Station:
    try:
        device = open_device(
            name,
            section.protocol,
            section.port,
            section.baud,
            section.api_key_file,
            expected_of(section.profile),
            habits_of(section),
        )
    except TransportError as error:
        raise StartError(f"machines.{name}.port: {error}") from error
    return Station(device, PROFILES[section.profile], time.monotonic)


def _robot(name: str, section: RobotSection) -> RobotStation:
    try:
        return RobotStation(open_robot(name, section), section, time.monotonic)
    except RobotSettingsError as error:
        raise StartError(str(error)) from error


def habits_of(section: MachineSection) -> Habits | None:
    """How a printer's board and its pauses are; a mill has none."""
    profile = PROFILES[section.profile]
    return Habits(section.window_bytes, profile.bed_mm) if isinstance(profile, PrinterProfile) else None


def expected_of(profile_name: str) -> Expected | None:
    """What a mill's own settings should say, by its profile; nothing is asked of a printer."""
    profile = PROFILES[profile_name]
    if not isinstance(profile, MillProfile):
        return None
    x_mm_s, y_mm_s, z_mm_s, _ = profile.motion.max_mm_s
    return Expected(
        spindle_rpm=profile.spindle_rpm,
        room_mm=profile.bed_mm,
        speed_mm_min=(60 * x_mm_s, 60 * y_mm_s, 60 * z_mm_s),
        accel_mm_s2=profile.motion.axis_accel_mm_s2[:3],
    )


async def _run(bike: Bike) -> None:
    """Run every task of the daemon and the lane of the stop until a signal ends them."""
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ending.set)

    def stop() -> None:
        """Called in the lane's own thread."""
        bike.stop()
        loop.call_soon_threadsafe(bike.changed)

    sys.setswitchinterval(SWITCH_S)
    with stop_lane(bike.config.paths.stop_socket, stop):
        await _hold_tasks(bike, ending)


async def _hold_tasks(bike: Bike, ending: asyncio.Event) -> None:
    """One group for all of them: the first that fails ends the others."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(work, name=name) for name, work in _tasks(bike).items()]
        await ending.wait()
        notify("STOPPING=1")
        for task in tasks:
            task.cancel()


def _tasks(bike: Bike) -> dict[str, Coroutine[Any, Any, None]]:
    """Everything that runs as long as the daemon, by name; machines first, for what they heat."""
    config = bike.config
    telemetry = _telemetry(config)
    reporter = Reporter(bike, telemetry)
    workshop, duty = Workshop(bike), PanelDuty(bike)
    lending = Lending(bike, reporter.robot_returned)
    boot, desk = Boot(bike), Desk(bike, workshop, reporter, lending)
    dispatcher = Dispatcher(bike, reporter.held)
    chronicle, performer = Chronicle(bike, desk.answer), Performer(bike, reporter)
    tasks: dict[str, Coroutine[Any, Any, None]] = {
        **{f"{name} link": stay_connected(station) for name, station in bike.stations.items()},
        **{f"{name} link": stay_connected(robot) for name, robot in bike.robots.items()},
        **{f"{name} work": robot.work(bike.changed) for name, robot in bike.robots.items()},
        "lending": lending.run(),
        "boot": boot.run(),
        "control": _serve(config, chronicle.answer, boot),
        "workshop": workshop.run(),
        "dispatcher": dispatcher.run(),
        "power": bike.power.run(),
        "protection": Protection(bike).run(),
        "changes": Changes(bike).run(),
        "chronicle": chronicle.run(),
        "panel": duty.run(),
        "by hand": HandWatch(bike).run(),
        "heartbeat": heartbeat(duty.beat),
        "reporter": reporter.run(),
        "janitor": Janitor(bike).run(),
    }
    if config.energy.learns:
        learning = _learning(bike)
        bike.refine = Refining(learning, _profiles(bike)).cost
        tasks["tutor"] = Tutor(bike, learning).run()
    if telemetry is not None:
        tasks["telemetry"] = telemetry.run()
    for station in bike.stations.values():
        tasks[f"{station.name} work"] = station.work(performer.perform, bike.changed)
    return tasks


async def _serve(config: Config, answer: Answer, boot: Boot) -> None:
    """Answer once it is known whether the queue opens; the lane of the stop waits for nothing."""
    await boot.tried.wait()
    await ControlServer(config.paths.control_socket, answer).serve(partial(notify, "READY=1"))


def _learning(bike: Bike) -> Learning:
    """What the bike knows of its machines, beside its database."""
    config = bike.config
    return Learning(config.paths.learnt, _profiles(bike), config.energy.base_load_w)


def _profiles(bike: Bike) -> dict[str, MachineProfile]:
    return {name: station.profile for name, station in bike.stations.items()}


def _telemetry(config: Config) -> Telemetry | None:
    """The way to the city, when there is one; its trouble never keeps the machines from working."""
    if config.mqtt is None:
        return None
    bike = Identity(config.bike.city, config.bike.id, kernel_boot_id())
    try:
        return Telemetry(config.mqtt, bike, config.paths.outbox_database, about(config))
    except OutboxError as error:
        log.warning("No telemetry: %s", error)
        return None


async def heartbeat(beat: Callable[[], None] = lambda: None) -> None:
    """Feed the relay and systemd's watchdog from the control loop: one that hangs loses power and life."""
    while True:
        notify("WATCHDOG=1")
        for _ in range(BEATS_A_WATCHDOG):
            beat()
            await asyncio.sleep(BEAT_S)
