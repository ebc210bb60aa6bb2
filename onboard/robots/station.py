"""One robot of the bike: its kit, the loan it is out on, and the program that it plays."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from drivers.errors import DriverError, for_the_log
from drivers.robots.interpreter import Limits
from drivers.robots.kit import Kit
from drivers.robots.player import PLAYABLE, Player
from drivers.robots.program import RobotProgram
from drivers.types import DeviceState
from jobs.loans import Loan, LoanEnd
from onboard.config import RobotSection

log = logging.getLogger(__name__)

REST_S: Final = 3.0
"""A robot that is not at rest by then is stopped."""
FAILED: Final = "failed"
SHORTEST_S: Final = 1.0


class RobotStation:
    """Connects its kit, plays a program at a time while it is lent, and knows when the loan ends.

    `stopped` is a person's stop, latched until a person re-arms. `ended` is how the last program ended, one
    of `drivers.robots.interpreter.End` or FAILED; `trouble` is why, in plain English.
    """

    def __init__(self, kit: Kit, section: RobotSection, clock: Callable[[], float]) -> None:
        self.kit = kit
        self.section = section
        self.loan: Loan | None = None
        self.lend_key = self.start_key = ""
        self.stopped = False
        self.ended = ""
        self.trouble = ""
        self.step = ""
        self._clock = clock
        self._lent_s = self._ends_s = self._began_s = 0.0
        self._player: Player | None = None
        self._programs: asyncio.Queue[Player] = asyncio.Queue()
        self._resting = asyncio.Event()
        self._resting.set()

    @property
    def name(self) -> str:
        """The robot's name in dipbike.toml."""
        return self.kit.name

    @property
    def is_ready(self) -> bool:
        """Whether the kit would take an action now."""
        return not self.stopped and self.kit.snapshot.state in PLAYABLE

    @property
    def is_offline(self) -> bool:
        """Whether there is no line to the kit."""
        return self.kit.snapshot.state is DeviceState.OFFLINE

    @property
    def is_playing(self) -> bool:
        """Whether a program plays, or is about to."""
        return not self._resting.is_set()

    @property
    def played_s(self) -> float:
        """How long the program plays already; 0 without one."""
        return self._clock() - self._began_s if self.is_playing else 0.0

    @property
    def left_s(self) -> float:
        """What is left of the loan; 0 without one."""
        return max(0.0, self._ends_s - self._clock()) if self.loan else 0.0

    @property
    def past_s(self) -> float:
        """How long the loan lasts already; 0 without one."""
        return self._clock() - self._lent_s if self.loan else 0.0

    @property
    def held_wh(self) -> float:
        """What charging takes for the time of the loan that is past."""
        return self.section.charge_w * self.past_s / 3600.0

    @property
    def owed_wh(self) -> float:
        """What charging takes for the whole loan, past and to come."""
        return self.held_wh + self.section.charge_w * self.left_s / 3600.0

    @property
    def due(self) -> LoanEnd | None:
        """Why the loan is to end now, if it is."""
        if self.loan is None:
            return None
        if self.stopped:
            return LoanEnd.STOPPED
        return LoanEnd.TIME if self.left_s <= 0 else None

    def lend(self, loan: Loan, minutes: float, key: str) -> None:
        """Let a participant have it from now on; the same loan anew only moves its end."""
        if self.loan is None or self.loan.id != loan.id:
            self._lent_s, self.ended, self.trouble = self._clock(), "", ""
        self.loan, self.lend_key = loan, key
        self._ends_s = self._clock() + minutes * 60

    def play(self, program: RobotProgram, key: str) -> None:
        """Begin a program; the robot must be lent, ready and at rest."""
        section = self.section
        duration_s = max(SHORTEST_S, min(section.program_s, self.left_s))
        limits = Limits(duration_s=duration_s, speed_mm_s=section.speed_mm_s, half_mm=section.area_mm / 2)
        self.start_key, self.ended, self.trouble = key, "", ""
        self._began_s = self._clock()
        self._resting.clear()
        self._player = Player(self.kit, program, limits, self._note)
        self._programs.put_nowait(self._player)

    def finish(self) -> None:
        """End the program that plays, if any, without waiting."""
        if self._player is not None:
            self._player.finish()

    async def rest(self) -> None:
        """End the program that plays and return once the robot is at rest, or else stopped."""
        self.finish()
        try:
            async with asyncio.timeout(REST_S):
                await self._resting.wait()
        except TimeoutError:
            log.warning("%s does not come to rest and is stopped", self.name)
            self.stop()

    def release(self) -> Loan | None:
        """Forget the loan; what plays is ended, too."""
        self.finish()
        loan, self.loan = self.loan, None
        return loan

    def stop(self) -> None:
        """Motors off at once, from any thread, latched: nothing plays until a person re-arms."""
        self.stopped = True
        self.kit.stop()

    async def rearm(self) -> None:
        """Let the robot be used again after a person has looked at it: everything off, nothing resumes."""
        self.stopped = False
        await self.connect()

    async def work(self, changed: Callable[[], None]) -> None:
        """Play for ever, a program at a time; `changed` is called when one has ended."""
        while True:
            player = await self._programs.get()
            try:
                self.ended = await player.play()
            except DriverError as error:
                self.ended, self.trouble = FAILED, str(error)
                log.warning("%s: %s", self.name, for_the_log(error))
            finally:
                self._player = None
                self._resting.set()
                changed()

    async def connect(self) -> None:
        """Connect: the kit's motors stand still then; a reason of a failure is kept for people to read.

        Raises:
            DriverError: the kit cannot be reached or is not well.
        """
        try:
            await self.kit.connect()
        except DriverError as error:
            self.trouble = str(error)
            raise
        log.info("%s: connected", self.name)
        self.trouble = ""
        if self.stopped:  # somebody stopped it meanwhile
            self.kit.stop()

    def _note(self, step: str) -> None:
        self.step = step
