"""A Marlin printer in the asyncio loop."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Final, assert_never

from drivers.byhand import Axis, HandLimits, PrinterAction
from drivers.errors import (
    ConnectTimeoutError,
    DeviceBusyError,
    DeviceFaultError,
    LinkLostError,
    ProgramCancelledError,
    ProgramInterruptedError,
)
from drivers.gcode import Program
from drivers.marlin import byhand
from drivers.marlin import events as ev
from drivers.marlin.commands import EMERGENCY_HEAT_OFF, EMERGENCY_STOP, OVERRIDES
from drivers.marlin.habits import Habits
from drivers.marlin.protocol import MarlinProtocol
from drivers.pump import Pump
from drivers.session import Session, opened
from drivers.transport import Transport
from drivers.types import DeviceKind, DeviceState, RunReport, Snapshot, TemperatureSample

CONNECT_TIMEOUT_S: Final = 45.0
CLOSE_TIMEOUT_S: Final = 3.0
HISTORY_SAMPLES: Final = 300
SAMPLE_EVERY_S: Final = 1.9
"""A little less than the two seconds at which M155 is asked to tell; checks in the stream tell more often."""
NOTHING: Final = Program(b"", 0)
_STOPPED: Final = "The printer was stopped: restart it, check it, then re-arm it."
_RESTARTED: Final = "The printer restarted by itself: check its power, then re-arm it."


class Printer:
    """One Marlin printer on one port; a `drivers.device.Device`."""

    def __init__(
        self,
        name: str,
        open_link: Callable[[], Transport],
        baud_bps: int,
        habits: Habits | None = None,
    ) -> None:
        self._open_link = open_link
        self._baud_bps = baud_bps
        self._session = Session(name, DeviceKind.PRINTER)
        self._habits = habits
        self._history: deque[TemperatureSample] = deque(maxlen=HISTORY_SAMPLES)
        self._protocol = MarlinProtocol(habits)
        self._pump: Pump[ev.Event] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_closing = False
        self._standing = byhand.Standing()
        self._program = NOTHING

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

    @property
    def temperature_history(self) -> tuple[TemperatureSample, ...]:
        """The readings of about the last ten minutes, oldest first."""
        return tuple(self._history)

    @property
    def homed(self) -> frozenset[Axis]:
        """The axes whose place is known."""
        return self._standing.homed

    @property
    def levels(self) -> bool:
        """Whether the firmware tells that it has a probe and can measure its bed with it."""
        return self._protocol.can_level

    @property
    def overrides_pct(self) -> tuple[int, int]:
        """Speed and flow, in percent of what a program asks for."""
        return self._standing.overrides_pct

    def by_hand(self, action: PrinterAction, limits: HandLimits) -> Program:
        """Return the lines for what a person asks of an idle printer.

        Raises:
            HandRefusedError: it may not be, and why.
        """
        self._session.require(DeviceState.IDLE)
        return byhand.lines_of(action, limits, self._standing, levels=self.levels)

    async def adjust(self, speed_pct: int | None, flow_pct: int | None) -> None:
        """Change speed and flow of what is printed, in the stream, ahead of the program's next line."""
        self._session.require(DeviceState.RUNNING, DeviceState.PAUSED)
        self._override(speed_pct, flow_pct)

    async def connect(self) -> None:
        """Open the port, wait for the firmware, turn the heat off; also re-arms after a fault.

        Raises:
            TransportError: the port cannot be opened.
            ConnectTimeoutError: nobody answers there.
            DeviceFaultError: the printer reported a fault instead.
        """
        ready = self._session.open()
        self._standing.lose()
        self._is_closing = False
        self._loop = asyncio.get_running_loop()
        try:
            # What an old pump has still posted belongs to a protocol that is gone from here on.
            protocol = self._protocol = MarlinProtocol(self._habits)
            is_again = self._pump is not None
            await self._release()
            link = await opened(self._open_link, is_again=is_again)
            take, lose = partial(self._take, protocol), partial(self._lose, protocol)
            self._pump = Pump(link, protocol, self._baud_bps, take, lose)
            self._pump.start()
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                await ready
        except TimeoutError:
            raise ConnectTimeoutError from None
        finally:
            if self._session.state is not DeviceState.IDLE:
                await self._release()
            if self._session.state is DeviceState.CONNECTING:
                self._session.enter(DeviceState.OFFLINE)

    async def run(self, program: Program) -> RunReport:
        """Print a program and return once every move has ended."""
        running = self._session.begin(program)
        self._program = program
        self._override(100, 100)
        self._submit(partial(self._protocol.run, program))
        try:
            return await running
        except asyncio.CancelledError:
            self._submit(self._protocol.cancel)
            raise

    async def pause(self) -> None:
        """Feed no more lines and leave the part; the bed keeps its heat, the hotend for a while."""
        self._session.require(DeviceState.RUNNING)
        self._submit(self._protocol.pause)
        self._session.enter(DeviceState.PAUSED)

    async def pause_after_layer(self, keep_hot_s: float, keep_bed_s: float) -> None:
        """Print to the end of the layer, then pause; the heaters keep their heat for so long."""
        self._session.require(DeviceState.RUNNING)
        self._submit(partial(self._protocol.pause_after_layer, keep_hot_s, keep_bed_s))

    async def check(self, program: Program) -> None:
        """Marlin has no dry run: the gate has read the program already."""

    async def resume(self) -> None:
        """Go on after a pause, where and as hot as before."""
        self._session.require(DeviceState.PAUSED)
        self._submit(self._protocol.resume)
        self._session.enter(DeviceState.RUNNING)

    async def cancel(self) -> None:
        """Break off what heats or runs, turn the heat off; `run` ends when the printer is idle again."""
        self._session.require(DeviceState.RUNNING, DeviceState.PAUSED)
        self._submit(self._protocol.cancel)

    def stop(self) -> None:
        """Kill the printer at once, from any thread."""
        pump, loop = self._pump, self._loop  # the loop's thread may let go of them meanwhile
        if pump is not None:
            with contextlib.suppress(LinkLostError):  # who cannot be reached is told as lost by the pump
                pump.urgent(EMERGENCY_STOP)
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._session.end, DeviceState.STOPPED, _STOPPED)

    async def close(self) -> None:
        """Turn the heat off if the printer can be reached, and release the port."""
        if self._session.state in {DeviceState.RUNNING, DeviceState.PAUSED}:
            self._is_closing = True
            self._submit(self._protocol.cancel)
            await self._session.wait_for_end(CLOSE_TIMEOUT_S)
        if self._pump is not None and self._session.state is not DeviceState.STOPPED:
            with contextlib.suppress(LinkLostError):  # the port is closed next in any case
                self._pump.urgent(EMERGENCY_HEAT_OFF)
        await self._release()
        self._session.end(DeviceState.OFFLINE, "")
        if self._session.state is not DeviceState.OFFLINE:
            self._session.enter(DeviceState.OFFLINE)

    async def _release(self) -> None:
        pump, self._pump = self._pump, None
        if pump is not None:
            await asyncio.to_thread(pump.close)

    def _override(self, speed_pct: int | None, flow_pct: int | None) -> None:
        """Say what is new of it: Marlin keeps both from one print to the next."""
        speed, flow = self._standing.overrides_pct
        wanted = (speed if speed_pct is None else speed_pct, flow if flow_pct is None else flow_pct)
        lines = [
            b"%b S%d" % (code, new)
            for code, old, new in zip(OVERRIDES, (speed, flow), wanted, strict=True)
            if old != new
        ]
        if lines:
            self._submit(partial(self._protocol.insert, lines))
            self._standing.overrides_pct = wanted

    def _submit(self, command: Callable[[float], Sequence[ev.Event]]) -> None:
        if self._pump is None:
            raise DeviceBusyError(f"{self.name} is not connected.")
        self._pump.submit(command)

    def _lose(self, protocol: MarlinProtocol, error: LinkLostError) -> None:
        if protocol is self._protocol:
            self._session.end(DeviceState.OFFLINE, str(error))

    def _take(self, protocol: MarlinProtocol, event: ev.Event) -> None:
        if protocol is not self._protocol:
            return
        match event:
            case ev.Heated():
                merged = {**self.snapshot.temperatures, **event.temperatures}
                self._session.snapshot = replace(self.snapshot, temperatures=merged)
                self._remember(TemperatureSample(event.at_s, merged))
                self._session.note_time()
            case ev.Advanced():
                self._session.advance(event.lines_done, event.bytes_done, event.resends)
                self._session.snapshot = replace(self.snapshot, link=event.link)
            case ev.Paused() | ev.Resumed() | ev.Finished() | ev.Cancelled():
                self._follow(event)
            case ev.Ready() | ev.Restarted() | ev.Faulted() | ev.Unanswered():
                self._turn(event)
            case _:
                assert_never(event)

    def _remember(self, sample: TemperatureSample) -> None:
        if not self._history or sample.at_s >= self._history[-1].at_s + SAMPLE_EVERY_S:
            self._history.append(sample)

    def _follow(self, event: ev.Paused | ev.Resumed | ev.Finished | ev.Cancelled) -> None:
        if self._session.state not in {DeviceState.RUNNING, DeviceState.PAUSED}:
            return
        match event:
            case ev.Paused():
                self._session.enter(DeviceState.PAUSED, event.reason)
            case ev.Resumed():
                self._session.enter(DeviceState.RUNNING)
            case ev.Finished():
                self._standing.ran(self._program, event.position)
                self._session.snapshot = replace(self.snapshot, position=event.position)
                self._session.complete()
            case ev.Cancelled():
                self._standing.lose()
                self._session.fail(ProgramInterruptedError() if self._is_closing else ProgramCancelledError())
            case _:
                assert_never(event)

    def _turn(self, event: ev.Ready | ev.Restarted | ev.Faulted | ev.Unanswered) -> None:
        match event:
            case ev.Ready():
                if self._session.state is DeviceState.CONNECTING:
                    self._session.ready(event.firmware, event.degraded)
            case ev.Restarted():
                error = ProgramInterruptedError("The printer restarted in the middle of the program.")
                self._session.end(DeviceState.FAULT, _RESTARTED, error)
            case ev.Faulted():
                self._session.end(DeviceState.FAULT, event.text, DeviceFaultError(event.text))
            case ev.Unanswered():
                timeout = ConnectTimeoutError()
                self._session.end(DeviceState.OFFLINE, str(timeout), timeout)
            case _:
                assert_never(event)
