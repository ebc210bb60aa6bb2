"""A GRBL mill as a device."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import assert_never

from drivers.byhand import HandRefusedError
from drivers.errors import (
    ConnectTimeoutError,
    DeviceBusyError,
    DeviceFaultError,
    DriverError,
    LinkLostError,
    ProgramCancelledError,
    ProgramInterruptedError,
)
from drivers.gcode import Program
from drivers.grbl import events as told
from drivers.grbl.events import Ending, Event
from drivers.grbl.expected import Expected
from drivers.grbl.hand import MillHand
from drivers.grbl.health import MillLink, link_of
from drivers.grbl.helm import RESET, STOP
from drivers.grbl.protocol import GrblProtocol
from drivers.grbl.reckoning import bounds_of
from drivers.grbl.tracing import outline
from drivers.grbl.window import LineRefusedError, check_program
from drivers.pump import Pump
from drivers.session import Session, opened
from drivers.transport import Transport
from drivers.types import DeviceKind, DeviceState, LinkHealth, RunReport, Snapshot

log = logging.getLogger(__name__)

CONNECT_TIMEOUT_S = 20.0
ANSWER_TIMEOUT_S = 12.0
ACTIVE = frozenset({DeviceState.RUNNING, DeviceState.PAUSED})


class Mill:
    """One mill on one port; it stays where it is found, the work zero is where a person has put it."""

    def __init__(
        self,
        name: str,
        open_link: Callable[[], Transport],
        baud_bps: int,
        profile: Expected | None = None,
    ) -> None:
        self._open_link = open_link
        self._baud_bps = baud_bps
        self._session = Session(name, DeviceKind.MILL)
        self._profile = profile
        self._protocol = GrblProtocol(profile)
        self._dry = False
        self._pump: Pump[Event] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._answer: asyncio.Future[None] | None = None
        self.hand = MillHand(self._session, self._command, lambda: self._protocol, self.stop)

    @property
    def name(self) -> str:
        """The machine's name in dipbike.toml."""
        return self._session.snapshot.name

    @property
    def kind(self) -> DeviceKind:
        """A mill."""
        return DeviceKind.MILL

    @property
    def snapshot(self) -> Snapshot:
        """What is known of the machine now; a dry run makes nothing and so shows no progress."""
        snapshot = self._session.snapshot
        return replace(snapshot, progress=None) if self._dry else snapshot

    @property
    def link(self) -> MillLink:
        """How well the line works."""
        return link_of(self._protocol.counts, self.snapshot.progress)

    async def connect(self) -> None:
        """Open the port and set the machine up; also re-arms after a stop or a fault."""
        opening = self._session.open()
        # A pump that was let go may still have posted something: it belongs to a protocol that is gone.
        protocol = self._protocol = GrblProtocol(self._profile)
        is_again = self._pump is not None
        self._release()
        self._loop = asyncio.get_running_loop()
        try:
            link = await opened(self._open_link, is_again=is_again)
        except DriverError as error:
            opening.cancel()
            self._session.end(DeviceState.OFFLINE, str(error), error)
            raise
        pump = self._pump = Pump(
            link, protocol, self._baud_bps, partial(self._hear, protocol), partial(self._lost, protocol)
        )
        pump.start()
        pump.submit(protocol.connect)
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                await opening
        except TimeoutError as error:
            self._session.end(DeviceState.OFFLINE, str(ConnectTimeoutError()))
            raise ConnectTimeoutError from error
        finally:
            if self._session.state is not DeviceState.IDLE:
                self._release()

    async def run(self, program: Program) -> RunReport:
        """Check every line, then send the program and return once the machine has executed all of it."""
        return await self._perform(program, dry=False)

    async def check(self, program: Program) -> None:
        """Have the mill read a program in its own dry run (`$C`), in which nothing moves or turns.

        Raises:
            LineRefusedError: the mill refuses a line; the message tells which, with GRBL's error.
        """
        await self._perform(program, dry=True)

    def outline(self, program: Program, safe_z_mm: float) -> Program:
        """Return a program's rectangle in the air, no lower than the safe height and than the tool is now.

        Raises:
            TraceRefusedError: the bounds make no sense, or the position is not known.
        """
        self._session.require(DeviceState.IDLE)
        return outline(bounds_of(program), self.snapshot.position, safe_z_mm)

    async def _perform(self, program: Program, *, dry: bool) -> RunReport:
        check_program(program)
        running = self._session.begin(program)
        self._dry = dry
        self._session.enter(DeviceState.RUNNING, "Dry run: nothing moves." if dry else "")
        self._command(partial(self._protocol.start, program, dry=dry))
        try:
            return await running
        except asyncio.CancelledError:
            self.stop()  # nobody watches the machine any more
            raise

    async def pause(self) -> None:
        """Open the safety door by software: axes hold, spindle off."""
        self._session.require(DeviceState.RUNNING)
        if self._dry:
            raise DeviceBusyError("A dry run cannot be paused: nothing moves. Cancel it instead.")
        await self._ask(self._protocol.pause)

    async def resume(self) -> None:
        """Go on; the spindle starts first."""
        self._session.require(DeviceState.PAUSED)
        await self._ask(self._protocol.resume)

    async def cancel(self) -> None:
        """End the program; the position is kept."""
        self._session.require(*ACTIVE)
        await self._ask(self._protocol.cancel)

    def stop(self) -> None:
        """Stop at once, from any thread; latched until `connect`."""
        pump, loop = self._pump, self._loop  # the loop's thread may let go of them meanwhile
        if pump is not None:
            with contextlib.suppress(LinkLostError):  # the lost link is told by its own event
                pump.urgent(STOP)
            pump.submit(self._protocol.stop)
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._stopped)

    async def close(self) -> None:
        """Turn the spindle off if reachable and release the port."""
        self._protocol = GrblProtocol(
            self._profile
        )  # the banner that follows is our own doing: not to be heard
        if self._pump is not None and self._session.state not in {DeviceState.STOPPED, DeviceState.FAULT}:
            with contextlib.suppress(LinkLostError):  # an unreachable spindle cannot be turned off from here
                self._pump.urgent(STOP if self._session.state in ACTIVE else RESET)
        self._release()
        self._finish(DeviceState.OFFLINE, "The mill was closed.")

    def _release(self) -> None:
        if self._pump is not None:
            self._pump.close()
            self._pump = None

    def _command(self, command: Callable[[float], Sequence[Event]]) -> None:
        if self._pump is None:
            raise LinkLostError
        self._pump.submit(command)

    async def _ask(self, command: Callable[[float], Sequence[Event]]) -> None:
        """Have something done and wait until the machine says that it is."""
        answer = self._answer = asyncio.get_running_loop().create_future()
        self._command(command)
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT_S):
                await answer
        except TimeoutError as error:
            raise DriverError(f"{self.name} did not do in time what was asked.") from error

    def _answered(self, error: DriverError | None = None) -> None:
        answer, self._answer = self._answer, None
        if answer is None or answer.done():
            return
        if error is None:
            answer.set_result(None)
        else:
            answer.set_exception(error)

    def _stopped(self) -> None:
        self._finish(DeviceState.STOPPED, "Stopped: look at the tool, then re-arm the mill.")

    def _finish(self, state: DeviceState, message: str, error: DriverError | None = None) -> None:
        """Whatever was under way is over without success."""
        self._session.snapshot = replace(self._session.snapshot, spindle_on=False)
        self._session.end(state, message, error)
        self._answered(error or ProgramInterruptedError(message))

    def _lost(self, protocol: GrblProtocol, error: LinkLostError) -> None:
        if protocol is self._protocol:
            log.warning("%s: %s", self.name, error)
            self._finish(DeviceState.OFFLINE, str(error))

    def _hear(self, protocol: GrblProtocol, event: Event) -> None:
        if protocol is not self._protocol or self._session.state is DeviceState.STOPPED:
            return
        match event:
            case told.Seen():
                self._see(event)
            case told.Acknowledged():
                self._session.advance(event.lines_done, event.bytes_done, 0)
            case told.Ready():
                self._session.ready(event.firmware, event.degraded)
            case told.Finished():
                self._session.complete()
                self._answered(DeviceBusyError("The program has just ended."))
            case told.Failed():
                self._fail(event)
            case told.HandRefused():
                self._session.fail(HandRefusedError(event.reason))
            case _:
                self._turn(event)

    def _see(self, seen: told.Seen) -> None:
        """Show what a report tells; GRBL repeats no line, so its link has no resends."""
        snapshot, link = self._session.snapshot, self.link
        self._session.snapshot = replace(
            snapshot,
            position=seen.position or snapshot.position,
            spindle_on=seen.spindle_on,
            link=LinkHealth(0.0, link.unanswered + link.damaged + link.lost, link.bytes_per_s),
        )
        self._session.note_time()

    def _turn(
        self, event: told.Paused | told.Resumed | told.ResumeRefused | told.Refused | told.Cancelled
    ) -> None:
        """Follow a change in the running program."""
        match event:
            case told.Paused():
                self._session.enter(DeviceState.PAUSED, event.message)
                self._answered()
            case told.Resumed():
                self._session.enter(DeviceState.RUNNING)
                self._answered()
            case told.ResumeRefused():
                self._session.enter(DeviceState.PAUSED, event.reason)
                self._answered(DeviceBusyError(event.reason))
            case told.Refused():
                self._session.fail(
                    LineRefusedError(event.reason) if event.line else DeviceBusyError(event.reason)
                )
                self._answered(DeviceBusyError(event.reason))
            case told.Cancelled():
                self._session.fail(ProgramCancelledError())
                self._answered()
            case _:
                assert_never(event)

    def _fail(self, event: told.Failed) -> None:
        log.warning("%s: %s", self.name, event.message)
        match event.ending:
            case Ending.FAULT:
                self._finish(DeviceState.FAULT, event.message, DeviceFaultError(event.message))
            case Ending.INTERRUPTED:
                self._finish(DeviceState.FAULT, event.message, ProgramInterruptedError(event.message))
            case Ending.CANCELLED:
                self._answered()
                self._finish(DeviceState.FAULT, event.message, ProgramCancelledError(event.message))
            case Ending.SILENT:
                connecting = self._session.state is DeviceState.CONNECTING
                error = ConnectTimeoutError() if connecting else ProgramInterruptedError(event.message)
                self._finish(DeviceState.OFFLINE, event.message, error)
            case _:
                assert_never(event.ending)
