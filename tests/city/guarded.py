"""Mosquitto as a city runs it: TLS, a certificate for each client, and the rules of docs/telemetry."""

import asyncio
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from city.link import LinkSettings
from onboard.broker import HOST, find_mosquitto
from onboard.config import MqttSection
from onboard.ports import free_port
from onboard.uplink.certificates import Authority, make_request

_SAMPLE: Final = Path(__file__).parents[2] / "docs" / "telemetry" / "mosquitto"


@dataclass(slots=True)
class Guarded:
    """A broker that can be killed and started again, and the certificates of its world."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def prepare(self) -> None:
        """Found the authority and write the settings."""
        self._certificate("broker", HOST)
        text = (_SAMPLE / "mosquitto.conf").read_text(encoding="utf-8")
        for there, here in {
            "listener 8883": f"listener {self.port} {HOST}",
            "/etc/mosquitto/certs/": f"{self.folder}/",
            "/etc/mosquitto/acl": str(_SAMPLE / "acl"),
            "/var/lib/mosquitto/": f"{self.folder}/",
        }.items():
            assert there in text
            text = text.replace(there, here)
        text += f"user {own_name()}\nlog_dest file {self.folder}/mosquitto.log\nlog_type all\n"
        (self.folder / "mosquitto.conf").write_text(text, encoding="utf-8")

    def start(self) -> None:
        """Start it and wait until it answers."""
        program = find_mosquitto()
        assert program is not None
        self.process = subprocess.Popen(
            [program, "-c", str(self.folder / "mosquitto.conf")], stderr=subprocess.DEVNULL
        )
        end_s = time.monotonic() + 30
        while time.monotonic() < end_s:
            with suppress(OSError), socket.create_connection((HOST, self.port), timeout=1):
                return
            time.sleep(0.05)
        raise RuntimeError("Mosquitto did not start.")

    def kill(self) -> None:
        """End it without any goodbye."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def bike(self, name: str, port: int | None = None) -> MqttSection:
        """How a bike with its certificate reaches the broker, directly or through a port before it."""
        certificate = self._certificate(name)
        return MqttSection(
            host=HOST,
            port=port or self.port,
            ca=self.folder / "ca.pem",
            certificate=certificate,
            key=certificate.with_suffix(".key"),
        )

    def city(self, port: int | None = None) -> LinkSettings:
        """How the city reaches it."""
        certificate = self._certificate("city")
        return LinkSettings(
            host=HOST,
            port=port or self.port,
            tls=True,
            ca=self.folder / "ca.pem",
            certificate=certificate,
            key=certificate.with_suffix(".key"),
        )

    def log(self) -> str:
        """What the broker has written about itself."""
        return (self.folder / "mosquitto.log").read_text(encoding="utf-8", errors="replace")

    def _certificate(self, name: str, *addresses: str) -> Path:
        file = self.folder / f"{name}.pem"
        if not file.exists():
            request = make_request(file.with_suffix(".key"), name)
            file.write_bytes(Authority(self.folder).sign(request, addresses=addresses))
        return file


class Proxy:
    """A line that can be cut: every connection through it, at once."""

    def __init__(self, to_port: int) -> None:
        self.port = free_port()
        self._to_port = to_port
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._serve, HOST, self.port)

    async def stop(self) -> None:
        """Cut and listen no more."""
        assert self._server is not None
        self._server.close()
        await self.cut()

    async def cut(self) -> None:
        """Abort every connection; bytes on the way are lost."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, near: asyncio.StreamReader, near_out: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        far_out: asyncio.StreamWriter | None = None
        try:
            far, far_out = await asyncio.open_connection(HOST, self._to_port)
            async with asyncio.TaskGroup() as group:
                group.create_task(_carry(near, far_out))
                group.create_task(_carry(far, near_out))
        except (OSError, ExceptionGroup):
            pass  # the broker is away: so is the line
        except asyncio.CancelledError:
            pass  # cut
        finally:
            self._tasks.discard(task)
            for writer in (near_out, far_out):
                if writer is not None:
                    writer.transport.abort()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
    raise ConnectionResetError


def own_name() -> str:
    """Mosquitto started as root would become another user, who cannot read the tests' files."""
    return subprocess.run(["id", "-un"], check=True, capture_output=True, text=True).stdout.strip()
