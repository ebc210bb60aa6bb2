"""Plays a program on a kit: watches the clock, tells the kit that somebody is there, and puts it to rest."""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from typing import Final

from drivers.errors import DriverError, LinkLostError, ProgramInterruptedError, for_the_log
from drivers.robots.interpreter import End, Interpreter, Limits
from drivers.robots.kit import Kit
from drivers.robots.program import RobotProgram
from drivers.types import DeviceState

log = logging.getLogger(__name__)

BEAT_S: Final = 0.2
LOOK_S: Final = 0.05
"""A button held for so long is seen."""
ACT_S: Final = 1.0
"""No kit needs so long to take an action: it is not there any more."""
REST_S: Final = 2.0
PLAYABLE: Final = frozenset({DeviceState.IDLE, DeviceState.RUNNING})


async def _in_time(deed: Coroutine[None, None, None]) -> None:
    try:
        async with asyncio.timeout(ACT_S):
            await deed
    except TimeoutError as error:
        raise LinkLostError("The robot takes no order any more: check its battery and its cable.") from error


class Player:
    """Plays one program once; whatever ends it, the kit is at rest or stopped then.

    `step` is the id of the step that plays, "" for none; `on_step` is called when it changes.
    """

    def __init__(
        self,
        kit: Kit,
        program: RobotProgram,
        limits: Limits,
        on_step: Callable[[str], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.step = ""
        self._kit = kit
        self._program = program
        self._limits = limits
        self._on_step = on_step
        self._clock = clock
        self._ending = asyncio.Event()

    def finish(self) -> None:
        """End the program: `play` puts the kit to rest and returns."""
        self._ending.set()

    async def play(self) -> End:
        """Return once the program is over and the kit at rest; `finish` ends it before.

        Raises:
            RobotProgramError: the robot lacks something that the program asks for.
            DriverError: the kit is not ready, was stopped, or was lost.
        """
        abilities = self._kit.snapshot.abilities
        interpreter = Interpreter(self._program, abilities, self._limits, self._clock())
        self._check()
        try:
            return await self._go(interpreter)
        finally:
            self._tell("")
            await self._rest()

    async def _go(self, interpreter: Interpreter) -> End:
        beaten_s = self._clock()
        while True:
            for action in interpreter.advance(self._clock(), self._kit.snapshot.senses):
                await _in_time(self._kit.act(action))
            interpreter.acted(self._clock())
            self._tell(interpreter.step.id if interpreter.step is not None else "")
            if interpreter.end is not None:
                return interpreter.end
            if self._clock() >= beaten_s + BEAT_S:
                beaten_s = self._clock()
                await _in_time(self._kit.beat())
            now_s = self._clock()
            if await self._is_ended_within(max(0.0, min(interpreter.deadline_s, now_s + LOOK_S) - now_s)):
                return End.STOPPED
            self._check()

    async def _is_ended_within(self, duration_s: float) -> bool:
        try:
            async with asyncio.timeout(duration_s):
                await self._ending.wait()
        except TimeoutError:
            return False
        return True

    def _check(self) -> None:
        snapshot = self._kit.snapshot
        if snapshot.state not in PLAYABLE:
            raise ProgramInterruptedError(snapshot.message or f"{snapshot.name} is {snapshot.state}.")

    def _tell(self, step: str) -> None:
        if step != self.step:
            self.step = step
            if self._on_step is not None:
                self._on_step(step)

    async def _rest(self) -> None:
        """A kit that cannot be put to rest is stopped; one that is stopped or lost needs nothing."""
        if self._kit.snapshot.state not in PLAYABLE:
            return
        try:
            async with asyncio.timeout(REST_S):
                await self._kit.rest()
        except (DriverError, TimeoutError) as error:
            why = for_the_log(error) if isinstance(error, DriverError) else "it does not answer in time"
            log.warning("%s could not be put to rest and is stopped: %s", self._kit.name, why)
            self._kit.stop()
        except asyncio.CancelledError:
            self._kit.stop()
            raise
