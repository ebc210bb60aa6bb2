"""What we do with an OctoPrint server: make it ours, have it print a file, watch it, make it safe."""

import asyncio
import contextlib
import re
import time
import uuid
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from drivers.errors import ConnectTimeoutError, DeviceBusyError
from drivers.octoprint.lane import Lane
from drivers.octoprint.replies import UNDERWAY, JobReport, Phase, Prints
from drivers.octoprint.rest import HEAT_OFF, Rest
from drivers.types import Temperature

TRIES: Final = 3
READY_S: Final = 30.0
LOOK_S: Final = 0.3
PAUSING_S: Final = 10.0
PAUSING_LOOK_S: Final = 0.1
_OURS: Final = re.compile(r"dipbike-[0-9a-f]{32}\.gcode")
FOREIGN: Final = "OctoPrint prints something that was not started here: end it there first."
_WITH_PRINTER: Final = UNDERWAY | {Phase.READY}


@dataclass(frozen=True, slots=True)
class Look:
    """All that one look at the server tells."""

    job: JobReport
    prints: Prints
    temperatures: dict[str, Temperature] = field(default_factory=dict)


def new_file_name() -> str:
    """Return a name that no print had before and that tells nothing about it."""
    return f"dipbike-{uuid.uuid4().hex}.gcode"


class Host:
    """One OctoPrint server on two connections, so that an order does not wait for a look.

    Every coroutine may raise what `drivers.octoprint.rest.Rest` raises.
    """

    def __init__(self, address: str, key: str) -> None:
        self._orders = Lane(Rest(address, key))
        self._eyes = Lane(Rest(address, key))

    async def seize(self) -> str:
        """End a print of ours that outlived us, connect the printer, turn its heat off; return the version.

        Raises:
            DeviceBusyError: it prints something that is not ours.
            ConnectTimeoutError: it has no connection to its printer.
        """
        version = await self._orders.ask(self._orders.rest.version, TRIES)
        job = await self._job()
        if job.phase in UNDERWAY:
            if not _OURS.fullmatch(job.file):
                raise DeviceBusyError(FOREIGN)
            await self.cancel()
        await self.make_safe()
        for name in await self._eyes.ask(self._eyes.rest.names, TRIES):
            if _OURS.fullmatch(name):
                await self.delete(name)
        return version

    async def bring(self, file: str, data: bytes) -> None:
        """Upload a program; refuse when OctoPrint has other work.

        Raises:
            DeviceBusyError: the printer is not ready.
        """
        job = await self._job()
        if job.phase is not Phase.READY:
            raise DeviceBusyError(
                FOREIGN if job.phase in UNDERWAY else f"OctoPrint is not ready: {job.text}."
            )
        await self._orders.ask(partial(self._orders.rest.upload, file, data), TRIES)

    async def start(self, file: str) -> None:
        """Print an uploaded file: asked for once, because a lost answer may mean a started print."""
        await self._orders.ask(partial(self._orders.rest.start, file))

    async def look(self, file: str = "") -> Look:
        """Look at the printer, its job, and, once nothing is underway, at the history of a file."""
        job = await self._job()
        prints = Prints()
        if file and job.phase not in UNDERWAY:
            prints = await self._eyes.ask(partial(self._eyes.rest.prints, file))
        temperatures: dict[str, Temperature] = {}
        if job.phase in _WITH_PRINTER:
            with contextlib.suppress(DeviceBusyError):  # it lost its printer between the two questions
                temperatures = await self._eyes.ask(self._eyes.rest.temperatures)
        return Look(job, prints, temperatures)

    async def pause(self) -> None:
        """Hold the job."""
        await self._orders.ask(self._orders.rest.pause, TRIES)

    async def resume(self) -> None:
        """Go on with the job, once it stands: OctoPrint forgets whoever asks for it while it still pauses."""
        give_up_s = time.monotonic() + PAUSING_S
        while (await self._orders.ask(self._orders.rest.job, TRIES)).is_pausing:
            if time.monotonic() > give_up_s:
                raise DeviceBusyError("OctoPrint still pauses its print: try again in a moment.")
            await asyncio.sleep(PAUSING_LOOK_S)
        await self._orders.ask(self._orders.rest.resume, TRIES)

    async def cancel(self) -> None:
        """End the job if there is one, and turn the heat off if there is a printer."""
        rest = self._orders.rest
        for call in (rest.cancel, partial(rest.send, *HEAT_OFF)):
            with contextlib.suppress(DeviceBusyError):  # there is nothing to end or nothing to heat
                await self._orders.ask(call, TRIES)

    async def make_safe(self) -> None:
        """Connect the printer if need be, wait until it is idle, and turn its heat off.

        Raises:
            ConnectTimeoutError: it does not become ready.
        """
        job = await self._job()
        if job.phase in {Phase.CLOSED, Phase.BROKEN}:
            await self._orders.ask(self._orders.rest.open_printer, TRIES)
        try:
            async with asyncio.timeout(READY_S):
                while job.phase is not Phase.READY:
                    await asyncio.sleep(LOOK_S)
                    job = await self._job()
        except TimeoutError as error:
            raise ConnectTimeoutError(
                f"OctoPrint has no connection to its printer ({job.error or job.text}): "
                "check that the printer is switched on, and its port in OctoPrint."
            ) from error
        await self._orders.ask(partial(self._orders.rest.send, *HEAT_OFF), TRIES)

    async def delete(self, file: str) -> None:
        """Remove a file of ours; OctoPrint keeps one that it is still printing."""
        with contextlib.suppress(DeviceBusyError):  # the next connect removes it
            await self._orders.ask(partial(self._orders.rest.delete, file), TRIES)

    def abandon(self) -> None:
        """Have the job ended without waiting for it."""
        self._orders.post(self._orders.rest.cancel)
        self._orders.post(partial(self._orders.rest.send, *HEAT_OFF))

    def close(self) -> None:
        """Give up the connections; the server and its printer stay as they are."""
        self._orders.close()
        self._eyes.close()

    async def _job(self) -> JobReport:
        return await self._eyes.ask(self._eyes.rest.job)
