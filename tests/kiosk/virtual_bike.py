"""A real daemon with simulated machines and a real kiosk, each in a process of its own."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from onboard.config import Config, load

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

    def ready(self, browser: httpx.Client, page: httpx.Response) -> httpx.Response:
        """Reload a page, as its no-script refresh does, until the object is prepared."""
        deadline = time.monotonic() + 60
        while 'http-equiv="refresh" content="3"' in page.text and time.monotonic() < deadline:
            time.sleep(0.1)
            page = browser.get(page.url)
        return page


def settled(folder: Path, template: str = SETTINGS, more: str = "") -> Bike:
    """A bike whose settings are written, with a free port for its kiosk; nothing runs."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
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
