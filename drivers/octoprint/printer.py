"""A printer behind OctoPrint in the asyncio loop."""

import asyncio
import logging
from pathlib import Path
from typing import Final

from drivers.errors import (
    ConnectTimeoutError,
    DeviceBusyError,
    DriverError,
    ProgramCancelledError,
    ProgramInterruptedError,
    TransportError,
)
from drivers.gcode import Program
from drivers.octoprint.emergency import stop_printer
from drivers.octoprint.host import Host
from drivers.octoprint.rest import Rest
from drivers.octoprint.service import ACTIVE, LOST_AFTER_S, Service
from drivers.session import Session
from drivers.types import DeviceKind, DeviceState, RunReport, Snapshot

_LOG: Final = logging.getLogger(__name__)
CONNECT_TIMEOUT_S: Final = 60.0
CLOSE_TIMEOUT_S: Final = 10.0
DEGRADED: Final = (
    "OctoPrint feeds the printer: a print goes on when the bike's computer or the link to OctoPrint fails",
    "no dead-man timer in the printer: it stays heated if OctoPrint dies",
)
_STOPPED: Final = "The printer was stopped: restart it, check it, then re-arm it."


class RemotePrinter:
    """One printer behind one OctoPrint server; a `drivers.device.Device`.

    `address` is the server's `http://host:port`; the file at `key_file` holds an API key of it.
    """

    def __init__(
        self, name: str, address: str, key_file: Path | None, lost_after_s: float = LOST_AFTER_S
    ) -> None:
        self._address = address
        self._key_file = key_file
        self._lost_after_s = lost_after_s
        self._session = Session(name, DeviceKind.PRINTER)
        self._host: Host | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._service = Service(self._session, self._lost_after_s)
        self._serving: asyncio.Task[None] | None = None

    @property
    def name(self) -> str:
        """The printer's name in dipbike.toml."""
        return self._session.snapshot.name

    @property
    def kind(self) -> DeviceKind:
        """A printer."""
        return DeviceKind.PRINTER

    @property
    def snapshot(self) -> Snapshot:
        """What is known of the printer now."""
        return self._session.snapshot

    async def connect(self) -> None:
        """Reach OctoPrint, have it reach its printer, turn the heat off; also re-arms after a fault.

        Raises:
            TransportError: no usable key, or nobody answers there.
            ConnectTimeoutError: OctoPrint does not get its printer ready.
            DeviceBusyError: OctoPrint prints something that was not started here.
        """
        opening = self._session.open()
        self._loop = asyncio.get_running_loop()
        try:
            await self._set_up()
            await opening
        finally:
            if self._session.state is not DeviceState.IDLE:
                await self._release()
            if self._session.state is DeviceState.CONNECTING:
                self._session.enter(DeviceState.OFFLINE)

    async def run(self, program: Program) -> RunReport:
        """Print a program and return once OctoPrint has seen it end."""
        running = self._session.begin(program)
        self._service.order(program)
        try:
            return await running
        except asyncio.CancelledError:
            self._service.give_up(ProgramCancelledError())
            if self._host is not None:
                self._host.abandon()
            raise

    async def pause(self) -> None:
        """Have OctoPrint send no more lines; the heat stays on."""
        self._session.require(DeviceState.RUNNING)
        await self._reached().pause()
        if self._session.state is DeviceState.RUNNING:
            self._session.enter(DeviceState.PAUSED)

    async def check(self, program: Program) -> None:
        """OctoPrint has no dry run: the gate has read the program already."""

    async def resume(self) -> None:
        """Go on after a pause."""
        self._session.require(DeviceState.PAUSED)
        await self._reached().resume()
        if self._session.state is DeviceState.PAUSED:
            self._session.enter(DeviceState.RUNNING)

    async def cancel(self) -> None:
        """Have OctoPrint break off, turn the heat off; `run` ends when the printer is idle again."""
        self._session.require(*ACTIVE)
        self._service.give_up(ProgramCancelledError())
        await self._reached().cancel()

    def stop(self) -> None:
        """Kill the printer at once, from any thread."""
        stop_printer(self._open_rest, self._tell_unreached)
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._session.end, DeviceState.STOPPED, _STOPPED)

    async def close(self) -> None:
        """End what runs, turn the heat off if the printer can be reached, and let go of the server."""
        if self._host is not None and self._session.state in ACTIVE | {DeviceState.IDLE}:
            self._service.give_up(ProgramInterruptedError())
            try:
                await self._host.cancel()
            except DriverError as error:
                _LOG.warning("%s: the heat could not be turned off: %s", self.name, error)
            await self._session.wait_for_end(CLOSE_TIMEOUT_S)
        await self._release()
        self._session.end(DeviceState.OFFLINE, "")
        if self._session.state is not DeviceState.OFFLINE:
            self._session.enter(DeviceState.OFFLINE)

    async def _set_up(self) -> None:
        """Become IDLE, or end the opening with the reason."""
        try:
            await self._release()
            self._host = Host(self._address, await asyncio.to_thread(self._read_key))
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                version = await self._host.seize()
        except TimeoutError:
            timeout = ConnectTimeoutError()
            self._session.end(DeviceState.OFFLINE, str(timeout), timeout)
        except DriverError as error:
            self._session.end(DeviceState.OFFLINE, str(error), error)
        else:
            if self._session.state is DeviceState.CONNECTING:
                self._session.ready(version, DEGRADED)
                self._service = Service(self._session, self._lost_after_s)
                serving = self._service.serve(self._host)
                self._serving = asyncio.create_task(serving, name=f"{self.name}: OctoPrint")

    async def _release(self) -> None:
        serving, self._serving = self._serving, None
        host, self._host = self._host, None
        if serving is not None:
            serving.cancel()
            await asyncio.wait([serving])
        if host is not None:
            host.close()

    def _reached(self) -> Host:
        if self._host is None:
            raise DeviceBusyError(f"{self.name} is not connected.")
        return self._host

    def _open_rest(self) -> Rest:
        return Rest(self._address, self._read_key())

    def _read_key(self) -> str:
        if self._key_file is None:
            raise TransportError("dipbike.toml names no api_key_file: write an API key of OctoPrint to one.")
        try:
            key = self._key_file.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise TransportError(f"The API key in {self._key_file} cannot be read: {error}.") from error
        if not key.isalnum() and not key.replace("-", "").replace("_", "").isalnum():
            raise TransportError(f"{self._key_file} holds no API key of OctoPrint.")
        return key

    def _tell_unreached(self, message: str) -> None:
        """Called in the thread of the stop."""
        _LOG.error("%s: %s", self.name, message)
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._note_unreached, message)

    def _note_unreached(self, message: str) -> None:
        if self._session.state is DeviceState.STOPPED:
            self._session.enter(DeviceState.STOPPED, message)
