"""What a printer and a mill keep alike: the state, the running program, the snapshot."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeVar

from drivers.device import TRANSITIONS
from drivers.errors import DeviceBusyError, DriverError, ProgramInterruptedError
from drivers.gcode import Program
from drivers.types import DeviceKind, DeviceState, Progress, RunReport, Snapshot

ENDED: Final = frozenset({DeviceState.OFFLINE, DeviceState.STOPPED, DeviceState.FAULT})
"""States in which nothing runs and nothing resumes by itself."""
REOPEN_S: Final = 0.1
"""A port opened again sooner may not look closed to the board, which then does not restart."""

Link = TypeVar("Link")


async def opened(open_link: Callable[[], Link], *, is_again: bool) -> Link:
    """Open a port in a thread, and one that was just closed only once the board has seen that."""
    if is_again:
        await asyncio.sleep(REOPEN_S)
    return await asyncio.to_thread(open_link)


class Session:
    """The life of one device in the asyncio loop: every change of state is checked against TRANSITIONS."""

    def __init__(self, name: str, kind: DeviceKind) -> None:
        self.snapshot = Snapshot(name, kind, DeviceState.OFFLINE)
        self._opening: asyncio.Future[None] | None = None
        self._running: asyncio.Future[RunReport] | None = None
        self._begun_s = 0.0

    @property
    def state(self) -> DeviceState:
        """Where the device is."""
        return self.snapshot.state

    def enter(self, state: DeviceState, message: str = "") -> None:
        """Change the state; entering the same state again only changes the message.

        Raises:
            DeviceBusyError: the change is not allowed from here.
        """
        if state is not self.state and state not in TRANSITIONS[self.state]:
            raise DeviceBusyError(f"{self.snapshot.name} is {self.state} and cannot become {state}.")
        self.snapshot = replace(self.snapshot, state=state, message=message)

    def require(self, *states: DeviceState) -> None:
        """Refuse what the present state does not allow."""
        if self.state not in states:
            hint = f": {self.snapshot.message}" if self.snapshot.message else "."
            raise DeviceBusyError(f"{self.snapshot.name} is {self.state}{hint}")

    def open(self) -> asyncio.Future[None]:
        """Begin to connect; the future ends with `ready` or `end`."""
        if self.state is DeviceState.IDLE:
            self.enter(DeviceState.OFFLINE)
        self.enter(DeviceState.CONNECTING)
        self._opening = asyncio.get_running_loop().create_future()
        return self._opening

    def ready(self, firmware: str, degraded: tuple[str, ...]) -> None:
        """The machine is set up and everything is off."""
        self.enter(DeviceState.IDLE)
        self.snapshot = replace(self.snapshot, firmware=firmware, degraded=degraded, progress=None)
        if self._opening is not None and not self._opening.done():
            self._opening.set_result(None)

    def begin(self, program: Program) -> asyncio.Future[RunReport]:
        """Start to run; the future ends with `complete`, `fail` or `end`.

        Raises:
            DeviceBusyError: the device is not IDLE.
        """
        self.require(DeviceState.IDLE)
        self.enter(DeviceState.RUNNING)
        self._begun_s = time.monotonic()
        progress = Progress(0, program.line_count, 0, len(program.data), 0.0)
        self.snapshot = replace(self.snapshot, progress=progress)
        self._running = asyncio.get_running_loop().create_future()
        return self._running

    async def wait_for_end(self, timeout_s: float) -> None:
        """Wait until nothing runs any more, but not longer than that."""
        if self._running is not None:
            await asyncio.wait([self._running], timeout=timeout_s)

    def advance(self, lines_done: int, bytes_done: int, resends: int) -> None:
        """Note how much of the program is acknowledged."""
        if (progress := self.snapshot.progress) is not None:
            progress = replace(progress, lines_done=lines_done, bytes_done=bytes_done, resends=resends)
            self.snapshot = replace(self.snapshot, progress=progress)
            self.note_time()

    def note_time(self) -> None:
        """Time passes although nothing is acknowledged, as in a heat-up."""
        if (progress := self.snapshot.progress) is not None and self._running is not None:
            progress = replace(progress, elapsed_s=time.monotonic() - self._begun_s)
            self.snapshot = replace(self.snapshot, progress=progress)

    def complete(self) -> None:
        """The machine has executed all of the program."""
        self.enter(DeviceState.IDLE)
        progress = self.snapshot.progress
        if progress is not None and self._running is not None and not self._running.done():
            elapsed_s = time.monotonic() - self._begun_s
            self.advance(progress.lines_total, progress.bytes_total, progress.resends)
            self._running.set_result(
                RunReport(progress.lines_total, progress.bytes_total, elapsed_s, progress.resends)
            )
        self._running = None

    def fail(self, error: DriverError) -> None:
        """The program is over without success, the machine is well and IDLE."""
        self.enter(DeviceState.IDLE, str(error))
        self._refuse(error)

    def end(self, state: DeviceState, message: str, error: DriverError | None = None) -> None:
        """Fall OFFLINE, STOPPED or into FAULT; what ran or connected ends with `error`.

        A latched STOPPED or FAULT is not overwritten by what follows from it.
        """
        if state in TRANSITIONS[self.state] and not (self.state in ENDED and state is DeviceState.OFFLINE):
            self.enter(state, message)
        self._refuse(error or ProgramInterruptedError(message))

    def _refuse(self, error: DriverError) -> None:
        for waiting in (self._opening, self._running):
            if waiting is not None and not waiting.done():
                waiting.set_exception(error)
        self._opening = self._running = None
