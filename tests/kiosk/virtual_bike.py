"""A real daemon with simulated machines and a real kiosk, each in a process of its own."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from onboard.config import Config, load
from onboard.control.client import ControlClient
from onboard.control.messages import ArmMill, CheckProgram, GetStatus, Reply, Request, TraceOutline
from onboard.ports import free_port

PATIENT_S = 30.0
"""A board that was just reset takes its time."""

SETTINGS = """
[paths]
state = "{folder}/state"
run = "{folder}/run"
[machines.prusa]
protocol = "marlin"
port = "sim://marlin?speed=100"
profile = "i3"
[machines.fraiseuse]
protocol = "grbl"
port = "sim://grbl?speed=100"
profile = "mill"
[kiosk]
host = "127.0.0.1"
port = {port}
"""
BATTERY = """[battery]
port = "sim://battery"
capacity_wh = 960
"""


@dataclass
class Bike:
    """A real daemon with simulated machines and a real kiosk, each in a process of its own."""

    settings: Path
    config: Config
    processes: dict[str, subprocess.Popen[bytes]]

    @property
    def address(self) -> str:
        """Where the kiosk is."""
        return f"http://127.0.0.1:{self.config.kiosk.port}"

    def start(self, module: str) -> None:
        """Start one of the two."""
        command = [sys.executable, "-m", module, "--config", str(self.settings)]
        self.processes[module] = subprocess.Popen(command)

    def end(self, module: str) -> None:
        """End one of the two as systemd would."""
        process = self.processes.pop(module)
        process.terminate()
        process.wait(20)

    def await_kiosk(self) -> None:
        """Wait until the kiosk shows machines."""
        deadline = time.monotonic() + 180
        while time.monotonic() < deadline:
            with suppress(httpx.TransportError):
                if 'class="machine"' in httpx.get(self.address).text:
                    return
            time.sleep(0.1)
        raise TimeoutError("the bike did not start")

    def browser(self) -> httpx.Client:
        """A participant's browser without script."""
        return httpx.Client(base_url=self.address, headers={"Origin": self.address}, follow_redirects=True)

    def ask(self, request: Request) -> Reply:
        """The daemon's answer; in a thread, because a browser under test keeps this one's loop for itself."""
        client = ControlClient(self.config.paths.control_socket, PATIENT_S)
        with ThreadPoolExecutor(1) as thread:
            reply = thread.submit(asyncio.run, client.ask(request)).result()
        assert reply.refusal is None, reply.refusal
        return reply

    def arm(self, job: str, mill: str = "fraiseuse") -> None:
        """A person has a mill's next job traced and read, ticks the rest of its list, and arms."""
        for look in (TraceOutline(machine=mill), CheckProgram(machine=mill)):
            self.ask(look)
            while self._is_at_an_errand(mill):
                time.sleep(0.1)
        self.ask(ArmMill(machine=mill, job=job))

    def _is_at_an_errand(self, mill: str) -> bool:
        status = self.ask(GetStatus()).status
        return any(
            view.name == mill and view.hand is not None and view.hand.errand is not None
            for view in (status.machines if status is not None else ())
        )

    def ready(self, browser: httpx.Client, page: httpx.Response) -> httpx.Response:
        """Reload a page, as its no-script refresh does, until the object is prepared."""
        deadline = time.monotonic() + 60
        while 'http-equiv="refresh" content="3"' in page.text and time.monotonic() < deadline:
            time.sleep(0.1)
            page = browser.get(page.url)
        return page


def settled(folder: Path, template: str = SETTINGS, more: str = "") -> Bike:
    """A bike whose settings are written, with a free port for its kiosk; nothing runs."""
    port = free_port()
    settings = folder / "dipbike.toml"
    settings.write_text(template.format(folder=folder, port=port) + more)
    return Bike(settings, load(settings), {})


@contextmanager
def running(bike: Bike) -> Iterator[Bike]:
    """Start both processes, wait for the pages, end whatever runs then."""
    for module in ("onboard.cli.daemon", "kiosk.server"):
        bike.start(module)
    try:
        bike.await_kiosk()
        yield bike
    finally:
        for module in list(bike.processes):
            bike.end(module)
