"""A private MQTT broker for the demonstration and the tests: Mosquitto, else amqtt, in its own process."""

import asyncio
import json
import shutil
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from onboard.config import MqttSection
from onboard.ports import free_port

HOST: Final = "127.0.0.1"
_READY_S: Final = 15.0
_END_S: Final = 5.0
BrokerKind = Literal["mosquitto", "amqtt"]


class BrokerError(Exception):
    """Neither Mosquitto nor amqtt could be started here."""


@dataclass(frozen=True, slots=True)
class RunningBroker:
    """A broker that listens on this computer only; `kind` tells which one it is."""

    kind: BrokerKind
    port: int
    process: Process

    @property
    def settings(self) -> MqttSection:
        """How the bike reaches it; amqtt speaks MQTT 3.1.1 only."""
        return MqttSection(
            host=HOST, port=self.port, tls=False, version="5" if self.kind == "mosquitto" else "3.1.1"
        )


def find_mosquitto() -> str | None:
    """Where Mosquitto is; Debian keeps it off an ordinary user's path."""
    return shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")


@asynccontextmanager
async def run_broker(
    folder: Path, port: int | None = None, kind: BrokerKind | None = None
) -> AsyncIterator[RunningBroker]:
    """Run a broker while the context lasts, with its files in `folder`; without `kind` the best there is.

    Raises:
        BrokerError: no broker is installed, or it did not start.
    """
    port = port or free_port()
    program = None if kind == "amqtt" else find_mosquitto()
    if kind == "mosquitto" and program is None:
        raise BrokerError("Mosquitto is not installed: `apt install mosquitto`.")
    kind = "mosquitto" if program else "amqtt"
    command = _mosquitto_command(folder, port, program) if program else _amqtt_command(folder, port)
    process = await asyncio.create_subprocess_exec(*command, stdout=DEVNULL, stderr=DEVNULL)
    try:
        await _wait_until_ready(process, port, kind)
        yield RunningBroker(kind, port, process)
    finally:
        await _end(process)


def _mosquitto_command(folder: Path, port: int, program: str) -> Sequence[str]:
    """Mosquitto with retained messages and sessions kept over a restart in the same folder.

    Its queue is as long as in docs/telemetry; beyond it a broker drops in silence. Source: mosquitto.conf(5).
    """
    settings = folder / "mosquitto.conf"
    settings.write_text(
        f"listener {port} {HOST}\nallow_anonymous true\npersistence true\npersistence_location {folder}/\n"
        "autosave_interval 1\nautosave_on_changes true\nmessage_size_limit 262144\nlog_dest none\n"
        "max_queued_messages 10000\n",
        encoding="utf-8",
    )
    return program, "-c", str(settings)


def _amqtt_command(folder: Path, port: int) -> Sequence[str]:
    """The Python broker of the `demo` extra, in another process so that its load is not the bike's."""
    settings = folder / "amqtt.yaml"
    content = {
        "listeners": {"default": {"type": "tcp", "bind": f"{HOST}:{port}", "max_connections": 50}},
        "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
    }
    settings.write_text(json.dumps(content), encoding="utf-8")
    return sys.executable, "-m", "amqtt.scripts.broker_script", "-c", str(settings)


async def _wait_until_ready(process: Process, port: int, kind: str) -> None:
    """Return once the port answers."""
    try:
        async with asyncio.timeout(_READY_S):
            while process.returncode is None:
                if await _answers(port):
                    return
                await asyncio.sleep(0.05)
    except TimeoutError:
        pass  # told below, like an early end
    raise BrokerError(
        f"The broker {kind} did not start on port {port}: install Mosquitto, or `pip install dipbike[demo]`."
    )


async def _answers(port: int) -> bool:
    try:
        _reader, writer = await asyncio.open_connection(HOST, port)
    except OSError:
        return False
    writer.close()
    return True


async def _end(process: Process) -> None:
    """Ask politely, then insist."""
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(_END_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
