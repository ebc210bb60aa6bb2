"""The task that prints through OctoPrint and looks at it, as long as there is a connection."""

import asyncio
import logging
from dataclasses import replace
from typing import Final, assert_never

from drivers.errors import (
    DeviceBusyError,
    DeviceFaultError,
    DriverError,
    LinkLostError,
    ProgramCancelledError,
    ProgramInterruptedError,
)
from drivers.gcode import Program
from drivers.octoprint.host import FOREIGN, Host, Look, new_file_name
from drivers.octoprint.protocol import End, Going, Watch
from drivers.octoprint.replies import UNDERWAY, Phase
from drivers.session import Session
from drivers.types import DeviceState

_LOG: Final = logging.getLogger(__name__)
LOOK_EVERY_S: Final = 0.5
GLANCE_EVERY_S: Final = 2.0
LOST_AFTER_S: Final = 15.0
"""A server that does not answer for so long is lost; a shorter hiccup of the network is none."""

ACTIVE: Final = frozenset({DeviceState.RUNNING, DeviceState.PAUSED})
_BROKEN_OFF: Final = (
    "OctoPrint restarted or closed its connection in the middle: check the printer, then re-arm it."
)
_DROPPED: Final = "The print was cancelled in OctoPrint: by a person there, or because the printer restarted."
_NEVER_BEGAN: Final = "OctoPrint took the program but did not begin to print it."
_NO_PRINTER: Final = "OctoPrint has lost its printer: check the cable and the power of the printer."
_FAILED: Final = "What watches OctoPrint has ended: re-arm the printer."


class Service:
    """Prints one program after the other; every end of one passes here and leaves the heat off."""

    def __init__(self, session: Session, lost_after_s: float = LOST_AFTER_S) -> None:
        self._session = session
        self._lost_after_s = lost_after_s
        self._ordered: asyncio.Queue[Program] = asyncio.Queue()
        self._given_up: DriverError | None = None
        self._seen_s = 0.0

    def order(self, program: Program) -> None:
        """Have a program printed, for which the session is RUNNING already."""
        self._given_up = None
        self._ordered.put_nowait(program)

    def give_up(self, reason: DriverError) -> None:
        """Let the print end with this reason as soon as nothing of it is underway."""
        self._given_up = reason

    async def serve(self, host: Host) -> None:
        """Print what is ordered and look at the printer in between, until the session is over."""
        self._note_answer()
        try:
            while self._session.state in ACTIVE | {DeviceState.IDLE}:
                try:
                    async with asyncio.timeout(GLANCE_EVERY_S):
                        program = await self._ordered.get()
                except TimeoutError:
                    await self._glance(host)
                else:
                    await self._print(host, program)
        finally:
            if self._session.state in ACTIVE:
                self._session.end(DeviceState.OFFLINE, _FAILED)

    async def _glance(self, host: Host) -> None:
        """See whether the idle printer is still ours and well."""
        try:
            look = await host.look()
        except LinkLostError as error:
            self._bear(error)
            return
        except DriverError as error:
            self._session.end(DeviceState.OFFLINE, str(error))
            return
        self._show(look, Program(b"", 0))
        if look.job.phase in UNDERWAY:
            self._session.end(DeviceState.OFFLINE, FOREIGN)
        elif look.job.phase in {Phase.CLOSED, Phase.BROKEN}:
            self._session.end(DeviceState.OFFLINE, _NO_PRINTER)

    async def _print(self, host: Host, program: Program) -> None:
        """Bring a program to its end, whichever that is."""
        file = new_file_name()
        try:
            if await self._begin(host, file, program) and (end := await self._follow(host, file, program)):
                await self._settle(host, file, *end)
        except LinkLostError as error:
            self._session.end(DeviceState.OFFLINE, str(error))
        except DriverError as error:
            await _clean(host, file)
            if self._session.state in ACTIVE:
                self._session.fail(error)

    async def _begin(self, host: Host, file: str, program: Program) -> bool:
        """Upload and start; tell whether there may be a print to follow."""
        try:
            await host.bring(file, program.data)
        except DeviceBusyError as error:
            self._session.end(DeviceState.OFFLINE, str(error), error)
            return False
        if self._given_up is not None or self._session.state not in ACTIVE:
            await host.delete(file)
            self._conclude(End.DROPPED)
            return False
        await _start(host, file)
        return True

    async def _follow(self, host: Host, file: str, program: Program) -> tuple[End, str] | None:
        """Look until the print is over; return how and what OctoPrint said, nothing after a stop."""
        loop = asyncio.get_running_loop()
        watch = Watch(file, loop.time())
        while (state := self._session.state) in ACTIVE:
            try:
                look = await host.look(file)
            except LinkLostError as error:
                self._bear(error)
            else:
                self._show(look, program)
                standing = watch.look(look.job, look.prints, loop.time())
                if isinstance(standing, End):
                    return standing, look.job.error or look.job.text
                if self._session.state is state:  # else the look may be older than the order of a pause
                    await self._keep_up(host, standing, look)
            await asyncio.sleep(LOOK_EVERY_S)
        return None

    async def _keep_up(self, host: Host, standing: Going, look: Look) -> None:
        """Follow a pause made in OctoPrint; insist on an end that was asked for."""
        if self._given_up is not None:
            if not look.job.is_cancelling:
                await host.cancel()
        elif standing is Going.PAUSED and self._session.state is DeviceState.RUNNING:
            if not look.job.is_pausing:  # who resumes before it stands is not heard
                self._session.enter(DeviceState.PAUSED)
        elif standing is Going.UNDERWAY and self._session.state is DeviceState.PAUSED:
            self._session.enter(DeviceState.RUNNING)

    async def _settle(self, host: Host, file: str, end: End, text: str) -> None:
        """End the run in the session: a latched state at once, IDLE only when the heat is off."""
        match end:
            case (
                End.FAULTED
            ):  # OctoPrint has sent M112 and heat off; nobody opens the port before a person does
                self._session.end(DeviceState.FAULT, text, DeviceFaultError(text))
                await host.delete(file)
            case End.BROKEN_OFF:
                self._session.end(DeviceState.FAULT, _BROKEN_OFF)
                await _clean(host, file)
            case End.DONE | End.DROPPED:
                await _clean(host, file)
                self._conclude(end)
            case End.NEVER_BEGAN:
                await host.cancel()
                await _clean(host, file)
                self._conclude(end)
            case _:
                assert_never(end)

    def _conclude(self, end: End) -> None:
        """The server is idle; a stop may have come in between."""
        if self._session.state not in ACTIVE:
            return
        if end is End.DONE:
            self._session.complete()
        elif self._given_up is not None:
            self._session.fail(self._given_up)
        elif end is End.DROPPED:
            self._session.fail(ProgramCancelledError(_DROPPED))
        else:
            self._session.fail(ProgramInterruptedError(_NEVER_BEGAN))

    def _show(self, look: Look, program: Program) -> None:
        """Tell temperatures and progress."""
        self._note_answer()
        if look.temperatures:
            self._session.snapshot = replace(self._session.snapshot, temperatures=look.temperatures)
        sent = min(look.job.bytes_done, len(program.data))
        if self._session.state in ACTIVE and look.job.phase in UNDERWAY:
            self._session.advance(program.data.count(b"\n", 0, sent), sent, 0)

    def _note_answer(self) -> None:
        self._seen_s = asyncio.get_running_loop().time()

    def _bear(self, error: LinkLostError) -> None:
        """Let silence pass for a while, then raise or end."""
        if asyncio.get_running_loop().time() - self._seen_s < self._lost_after_s:
            return
        if self._session.state in ACTIVE:
            raise error
        self._session.end(DeviceState.OFFLINE, str(error))


async def _start(host: Host, file: str) -> None:
    """Start the print; when the answer is lost, looking tells whether it began."""
    try:
        await host.start(file)
    except LinkLostError as error:
        _LOG.warning("no answer to the start of %s: %s", file, error)


async def _clean(host: Host, file: str) -> None:
    """Heat off and file gone, as far as the server can be reached; the next connect does what is left."""
    try:
        await host.make_safe()
        await host.delete(file)
    except DriverError as error:
        _LOG.warning("after the print of %s: %s", file, error)
