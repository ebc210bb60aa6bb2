"""A whole bike in processes of its own, printing, for somebody to press stop."""

import asyncio
import http.client
import json
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO, Final

from drivers.types import DeviceState
from onboard import config
from onboard.control.client import ControlClient
from onboard.control.messages import ApproveJob, BikeStatus, ClearPlate, GetStatus, RearmMachine, Request
from onboard.demo.crew import Crew
from onboard.demo.settings import Layout, Ports, write_settings
from onboard.demo.stage import Stage, start_daemon, start_kiosk
from onboard.ports import free_port
from tests.bench.shares import INSTRUMENT, Shares, unit_share
from tests.journeys.bikeside import BikeSide
from tests.journeys.queued import PRINTER, queue_print

MILL: Final = "fraiseuse"
MOVES: Final = 200_000
PATIENCE_S: Final = 30.0
LOOK_S: Final = 0.02
BUTTON_S: Final = 0.2
MISSED_AFTER_S: Final = 2.0


class BoxTail:
    """Reads on in the black box of the printer."""

    def __init__(self, path: Path) -> None:
        self._file: IO[str] = path.open(encoding="utf-8")
        self._rest = ""
        self._heard = ""
        self._refused_s = 0.0
        self._born_s = 0.0

    def forget(self) -> None:
        """Pass over what has happened so far."""
        self._read()
        self._heard = ""

    def killed_s(self) -> tuple[float, bool] | None:
        """Return when the first M112 was there whole, on our clock, and whether that was in a resend."""
        return self._read()

    def _read(self) -> tuple[float, bool] | None:
        found = None
        lines = (self._rest + self._file.read()).split("\n")
        self._rest = lines.pop()
        for line in lines:
            entry = json.loads(line)
            at_s = self._born_s + float(entry["t"])
            if entry["kind"] == "born":
                self._born_s = float(entry["monotonic_s"])
            elif entry["kind"] == "refused":
                self._refused_s = at_s
            elif entry["kind"] == "rx":
                self._heard = (self._heard + str(entry["bytes"]))[-64:]
                if found is None and "M112" in self._heard:
                    found = at_s, at_s - self._refused_s < RESEND_S
        return found


RESEND_S: Final = 0.1
"""A refused line and those in flight behind it are sent again for about so long."""


class StopBike:
    """One bike whose printer prints; `press` stops it, `go_on` has a person look and order again."""

    def __init__(self, stage: Stage, job: str, box: BoxTail) -> None:
        self.stage = stage
        self._job = job
        self._box = box
        self._client = ControlClient(stage.settings.paths.control_socket, PATIENCE_S)

    async def go_on(self) -> None:
        """Re-arm both machines, clear the plate, order again, and wait until it prints."""
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.gather(self._restart(), *(self._rearm(name) for name in (PRINTER, MILL)))
        await self._ask(ClearPlate(machine=PRINTER))
        await self._ask(ApproveJob(job=self._job))
        await self.wait(lambda now: _state(now, PRINTER) is DeviceState.RUNNING)

    async def wait(self, is_so: Callable[[BikeStatus], bool]) -> None:
        """Look until the bike is as wanted."""
        async with asyncio.timeout(PATIENCE_S):
            while not is_so(await self._status()):  # noqa: ASYNC110 - told over a socket
                await asyncio.sleep(LOOK_S)

    def press(self) -> tuple[float, float, int]:
        """Press stop on a new connection: return when, how long until the answer, and its status."""
        self._box.forget()
        port = self.stage.ports.kiosk
        pressed_s = time.monotonic()
        kiosk = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        kiosk.request("POST", "/stop", headers={"Origin": f"http://127.0.0.1:{port}"})
        answer = kiosk.getresponse()
        answer.read()
        answered_s = time.monotonic() - pressed_s
        kiosk.close()
        return pressed_s, answered_s, answer.status

    async def killed_s(self) -> tuple[float, bool] | None:
        """Return when M112 was on the wire, and whether that was in a resend; None if it never was."""
        give_up_s = time.monotonic() + MISSED_AFTER_S
        while time.monotonic() < give_up_s:
            if (found := self._box.killed_s()) is not None:
                return found
            await asyncio.sleep(LOOK_S)
        return None

    async def is_over(self) -> None:
        """Wait until the end of the print is written down."""
        await self.wait(lambda now: all(view.job is None for view in now.machines))

    async def _status(self) -> BikeStatus:
        status = (await self._client.ask(GetStatus())).status
        assert status is not None
        return status

    async def _restart(self) -> None:
        """Press the printer's own button: a terminal does not always notice that it is closed and opened."""
        await asyncio.sleep(BUTTON_S)
        self.stage.crew.process("machines").send_signal(signal.SIGUSR1)

    async def _rearm(self, name: str) -> None:
        """A board may not answer at first: a person presses again."""
        while (await self._client.ask(RearmMachine(machine=name))).refusal is not None:  # noqa: ASYNC110 - told over a socket
            await asyncio.sleep(LOOK_S)

    async def _ask(self, request: Request) -> None:
        reply = await self._client.ask(request)
        assert reply.refusal is None, reply.refusal


def _state(status: BikeStatus, name: str) -> DeviceState:
    return next(view.state for view in status.machines if view.name == name)


@asynccontextmanager
async def printing_bike(folder: Path, shares: Shares) -> AsyncIterator[StopBike]:
    """Printer, mill, daemon and kiosk, each with the processor time of its unit; the printer prints."""
    layout = Layout(folder)
    for part in (layout.machines, layout.black_boxes, layout.logs):
        part.mkdir(parents=True)
    ports = Ports(kiosk=free_port(), city=free_port(), broker=free_port())
    write_settings(layout, ports, mqtt_is_v3=False)
    stage = Stage(Crew(layout.logs), layout, ports, config.load(layout.config))
    job = queue_print(stage, "stop-bench-job", _program())
    try:
        with shares.of(INSTRUMENT):
            await _start_board(stage)
        with shares.of(unit_share("dipbike-daemon")):
            await start_daemon(stage)
            await BikeSide(stage).go_on()
        with shares.of(unit_share("dipbike-kiosk")):
            await start_kiosk(stage)
        bike = StopBike(stage, job, BoxTail(layout.black_boxes / "marlin.jsonl"))
        await bike.wait(lambda now: _state(now, PRINTER) is DeviceState.RUNNING)
        yield bike
    finally:
        await stage.crew.end()


async def _start_board(stage: Stage) -> None:
    links, boxes = stage.layout.machines, stage.layout.black_boxes
    battery = links / "battery"
    await stage.crew.start("machines", "tests.bench.stop_board", str(links), str(boxes), ready=battery.exists)


def _program() -> bytes:
    """Short moves at 60 mm/s: about 120 lines a second, as in a print with curves."""
    moves = (b"G1 X%d.%d Y%d F3600" % (n // 2 % 90, n % 2 * 5, n % 7) for n in range(MOVES))
    return b"\n".join([b"M140 S40", b"M104 S60", *moves, b"M104 S0", b"M140 S0", b""])
