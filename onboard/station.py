"""One machine of the bike: its device, the job on it and what people have promised about it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from drivers.device import Device
from drivers.errors import DriverError, for_the_log
from drivers.gcode import Program
from drivers.types import DeviceKind, DeviceState
from jobs.endings import Ending
from jobs.errors import JobError, Sentence
from jobs.machines import MachineProfile
from jobs.types import Job, JobState
from onboard.byhand.handiwork import Handiwork
from onboard.byhand.words import DONE, TOO_LONG, how_it_ended

log = logging.getLogger(__name__)

ARMING_S: Final = 120.0
"""A mediator's arming of the mill is good for one start within this time (safety.md)."""

ERRAND_S: Final = 300.0
"""No outline of our mill takes so long: what does is stopped."""


@dataclass(frozen=True, slots=True)
class Order:
    """A claimed job with the program to run, and when it was accepted (UTC epoch seconds)."""

    job: Job
    program: Program
    accepted_s: float


@dataclass(frozen=True, slots=True)
class Errand:
    """Something that a machine does for the person who stands at it; nothing is made.

    `ticket` is the one that it is about, if any; what takes longer than `limit_s` is stopped.
    """

    walk: Callable[[], Awaitable[None]]
    words: Sentence
    ticket: str = ""
    limit_s: float = ERRAND_S


Perform = Callable[["Station", Order], Awaitable[None]]


class Station:
    """Connects its machine, runs one order after the other, and forgets an arming when it is used or old.

    `stopped` is a person's stop, latched until a person re-arms: a machine that nobody could reach at the
    stop stays away too when it comes back. `withdrawn` is how an order ends that was taken back before the
    machine began, None for one that stands. `hand` is what people did with it at rest, `armed_job` the only
    job that an arming is good for. `ending` is how the bike ends a run against everybody's wish,
    `notice` why it has paused one, `shortage` why it would not let it go on now.
    """

    def __init__(self, device: Device, profile: MachineProfile, clock: Callable[[], float]) -> None:
        self.device = device
        self.profile = profile
        self.order: Order | None = None
        self.errand: Errand | None = None
        self.plate_clear = False
        self.started_s = 0.0
        self.trouble = ""
        self.stopped = False
        self.withdrawn: JobState | None = None
        self.ending: Ending | None = None
        self.notice: Sentence | None = None
        self.shortage: Sentence | None = None
        self.hand = Handiwork()
        self.armed_job = ""
        self._clock = clock
        self._armed_until_s = 0.0
        self._orders: asyncio.Queue[Order | Errand] = asyncio.Queue(maxsize=1)

    @property
    def name(self) -> str:
        """The machine's name in dipbike.toml."""
        return self.device.name

    @property
    def kind(self) -> DeviceKind:
        """What the machine does."""
        return self.profile.kind

    @property
    def free(self) -> bool:
        """Whether the machine could take an order now."""
        is_idle = self.device.snapshot.state is DeviceState.IDLE
        return self.order is None and self.errand is None and is_idle and not self.stopped

    @property
    def usable(self) -> bool:
        """Whether the machine takes part in the plan."""
        return self.device.snapshot.state in {DeviceState.IDLE, DeviceState.RUNNING, DeviceState.PAUSED}

    @property
    def is_offline(self) -> bool:
        """Whether there is no line to the machine."""
        return self.device.snapshot.state is DeviceState.OFFLINE

    @property
    def armed_s(self) -> float:
        """What is left of a person's arming."""
        return max(0.0, self._armed_until_s - self._clock())

    def arm(self, job_id: str) -> None:
        """Allow one start, or one going on, of one job within ARMING_S."""
        self.armed_job = job_id
        self._armed_until_s = self._clock() + ARMING_S

    def is_armed_for(self, job_id: str) -> bool:
        """Whether a person's arming holds for this job."""
        return self.armed_s > 0 and self.armed_job == job_id

    def disarm(self) -> None:
        """Forget the arming."""
        self.armed_job = ""
        self._armed_until_s = 0.0

    def give(self, order: Order) -> None:
        """Hand over a claimed job; the station must be free, and its list begins anew."""
        self.disarm()
        self.hand.traced = self.hand.checked = ""
        self.withdrawn = self.ending = self.notice = self.shortage = None
        self.order = order
        self.started_s = self._clock()
        self._orders.put_nowait(order)

    def send(self, errand: Errand) -> None:
        """Have the machine go a way that makes nothing; the station must be free."""
        self.disarm()
        self.withdrawn = None
        self.hand.word.clear()
        self.errand = errand
        self._orders.put_nowait(errand)

    def withdraw(self, ends_as: JobState) -> None:
        """Take an order back: it does not begin any more, however long the disk keeps it waiting."""
        if self.withdrawn is None:
            self.withdrawn = ends_as

    def check_energy(self) -> None:
        """Refuse to go on with what the battery does not carry.

        Raises:
            JobError: the battery is too low or unknown, and why.
        """
        if self.shortage is not None:
            raise JobError("energy", self.shortage)

    def stop(self) -> None:
        """Stop at once, latched; what was ordered does not begin, what was armed is not."""
        self.stopped = True
        self.disarm()
        self.withdraw(JobState.INTERRUPTED)
        self.device.stop()

    async def rearm(self) -> None:
        """Let the machine work again after a person has looked at it: everything off, nothing resumes."""
        self.stopped = False
        await self.connect()

    async def work(self, perform: Perform, ended: Callable[[], None]) -> None:
        """Run orders for ever, one at a time; `ended` is called when the machine is free again."""
        while True:
            order = await self._orders.get()
            try:
                if isinstance(order, Order):
                    await perform(self, order)
                else:
                    await self._go(order)
            finally:
                self.order = self.errand = None
                ended()

    async def _go(self, errand: Errand) -> None:
        """Do an errand to its end, unless it was taken back; how it ended is kept for people to read."""
        self.hand.result = None
        if self.withdrawn is not None:
            return
        try:
            async with asyncio.timeout(errand.limit_s):
                await errand.walk()
        except DriverError as error:
            self.hand.result, why = how_it_ended(error), for_the_log(error)
        except TimeoutError:
            self.hand.result, why = TOO_LONG, TOO_LONG.en
        else:
            self.hand.result = DONE
            return
        finally:
            self.hand.waits = None
        self.trouble = self.hand.result.en
        log.warning("%s: %s", self.name, why)

    async def connect(self) -> None:
        """Connect; an arming of before is forgotten, a reason of a failure is kept for people to read.

        Raises:
            DriverError: the machine cannot be reached or is not well.
        """
        self.disarm()
        try:
            await self.device.connect()
        except DriverError as error:
            self.trouble = str(error)
            raise
        self.hand.forget()
        log.info("%s: connected", self.name)
        self.trouble = ""
