"""What the bike tells the city: records through the outbox, its state now and then; it takes no order."""

import asyncio
import logging
import math
import random
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from pydantic import ValidationError

from onboard.clocks import Clocks
from onboard.config import MqttSection
from onboard.messages import About, Ack, Leaf, Record, State, Status, topic
from onboard.uplink.mqtt import Listener, MqttError, MqttLine, Session
from onboard.uplink.outbox import Entry, Outbox, OutboxError, batch_text, open_outbox
from onboard.uplink.pace import Pace, SendWindow
from onboard.uplink.selftest import SelfTest
from onboard.uplink.showing import StateShow

_LOG: Final = logging.getLogger(__name__)
_LEAST_PAUSE_S: Final = 0.05
_TICK_S: Final = 0.5
_TROUBLE_S: Final = 5.0
_MAX_UNWRITTEN: Final = 10_000
_CLOCK_EVERY_S: Final = 3600.0
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose telemetry it is; `boot_id` is the kernel's."""

    city: str
    id: str
    boot_id: str


class Telemetry:
    """The daemon's way to the city; `run` is one task of its group and never fails because of the network.

    Call `record` and `show` from the loop that runs `run`; both return at once.
    """

    def __init__(
        self,
        settings: MqttSection,
        bike: Identity,
        outbox: Path,
        about: About,
        *,
        clocks: Clocks | None = None,
        pace: Pace | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Open the outbox.

        Raises:
            OutboxError: its folder cannot be written.
        """
        self._settings = settings
        self._topics = {leaf: topic(bike.city, bike.id, leaf) for leaf in Leaf}
        self._bike = bike
        self._about = about
        self._clocks = clocks or Clocks()
        self._pace = pace or Pace()
        self._chance = chance
        self._outbox: Outbox = open_outbox(outbox, bike.boot_id)
        self._window = SendWindow(self._pace)
        self._show = StateShow()
        self._test = SelfTest(self._outbox.boot, self._topics[Leaf.ACK])
        self._unwritten: deque[Entry] = deque(maxlen=_MAX_UNWRITTEN)
        self._acks: deque[Ack] = deque(maxlen=100)
        self._writing = asyncio.Event()
        self._sending = asyncio.Event()
        self._again_s = math.inf
        self._line: MqttLine | None = None
        self._connected = False
        self._disk = ThreadPoolExecutor(max_workers=1, thread_name_prefix="outbox")

    @property
    def connected(self) -> bool:
        """Whether the broker is reached."""
        return self._connected

    @property
    def waiting_rows(self) -> int:
        """Records that the city has not confirmed."""
        return self._outbox.count + len(self._unwritten)

    def record(self, record: Record) -> None:
        """Keep a record for the city."""
        payload = record.model_dump_json(exclude_none=True)
        self._unwritten.append(Entry(round(self._clocks.monotonic_s(), 2), record.type, payload))
        self._writing.set()

    def show(self, state: State) -> None:
        """Tell the city how the bike is now; `utc_s` and `waiting_rows` are filled in here."""
        self._show.offer(state)

    async def run(self) -> None:
        """Keep writing, connecting and sending until cancelled.

        Its parts are a group of their own within the daemon's: the goodbye is said after the last of them.
        """
        self.record(self._clocks.reading())
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._write(), name="telemetry-write")
                group.create_task(self._connect(), name="telemetry-connect")
                group.create_task(self._send(), name="telemetry-send")
                group.create_task(self._tell(), name="telemetry-tell")
                group.create_task(self._tell_the_time(), name="telemetry-clock")
        finally:
            await self._leave()

    async def _write(self) -> None:
        """Bring records to disk off the loop; a full disk is tried again."""
        while True:
            await self._writing.wait()
            self._writing.clear()
            entries = list(self._unwritten)
            self._unwritten.clear()
            try:
                await self._on_disk(self._outbox.append, entries)
            except OutboxError as error:
                _LOG.warning("%s", error)
                self._unwritten.extendleft(reversed(entries))
                self._writing.set()
                await asyncio.sleep(_TROUBLE_S)
            self._sending.set()

    async def _connect(self) -> None:
        """Build the line once its certificates can be read; it then looks after itself."""
        session = Session(self._bike.id, self._topics[Leaf.STATUS], _offline(), self._topics[Leaf.ACK])
        listener = Listener(self._up, self._down, self._heard, self._test.refused)
        while self._line is None:
            try:
                self._line = MqttLine(self._settings, session, listener)
            except MqttError as error:
                _LOG.warning("%s", error)
                await asyncio.sleep(60)
        self._line.enter()

    def _up(self) -> None:
        """A connection is made: birth first, then state, then what was kept."""
        self._connected = True
        self._publish(
            Leaf.STATUS, Status(online=True, boot=self._outbox.boot).model_dump_json(exclude_none=True)
        )
        self._publish(Leaf.ABOUT, self._about.model_dump_json(exclude_none=True))
        self._test.begin(self._clocks.monotonic_s())
        self._show.again()
        self._window.connected(self._clocks.monotonic_s(), self._outbox.count, self._chance())
        self._sending.set()

    def _down(self) -> None:
        self._connected = False

    def _heard(self, payload: bytes, was_kept: bool) -> None:  # noqa: FBT001 - as the line calls it
        """The only thing the bike listens to: the city's watermark."""
        try:
            ack = Ack.model_validate_json(payload, strict=True)
            self._test.heard(ack.boot, was_kept=was_kept)
            self._acks.append(ack)
        except ValidationError:
            _LOG.warning("A receipt from the city is malformed and ignored.")
        self._sending.set()

    async def _send(self) -> None:
        """Send what the city has not confirmed, in order."""
        while True:
            try:
                async with asyncio.timeout(min(_TICK_S, self._again_s - self._clocks.monotonic_s())):
                    await self._sending.wait()
            except TimeoutError:
                pass  # the pace allows another batch, or a look whether the city has fallen silent is due
            self._sending.clear()
            try:
                await self._forget_confirmed()
                await self._fill_window()
            except OutboxError as error:
                _LOG.warning("%s", error)
                await asyncio.sleep(_TROUBLE_S)

    async def _forget_confirmed(self) -> None:
        while self._acks:
            ack = self._acks.popleft()
            self._window.nudged(self._clocks.monotonic_s())
            await self._on_disk(self._outbox.acknowledge, ack.boot, ack.upto)

    async def _fill_window(self) -> None:
        self._again_s = math.inf
        backlog = await self._on_disk(self._outbox.backlog) if self._connected else None
        if backlog is None:
            return
        self._window.follow(backlog, self._clocks.monotonic_s())
        while self._connected:
            now_s = self._clocks.monotonic_s()
            if not self._window.may_send(now_s):
                self._again_s = self._window.held_until_s(now_s)
                return
            rows = await self._on_disk(
                self._outbox.window, backlog.boot, self._window.after_seq, self._pace.batch_rows
            )
            sent_s = self._clocks.monotonic_s() if backlog.boot == self._outbox.boot else None
            if not rows or not self._publish(Leaf.EVT, batch_text(rows, backlog.acknowledged, sent_s)):
                return
            self._window.sent(rows[-1].seq, len(rows), self._outbox.count, self._clocks.monotonic_s())

    async def _tell(self) -> None:
        """Publish the state on change and from time to time."""
        while True:
            now_s = self._clocks.monotonic_s()
            state = self._show.due(now_s) if self._connected else None
            if state is not None:
                clock = self._clocks.reading()
                trusted = clock.error_ms < 10**6
                full = state.model_copy(
                    update={"utc_s": clock.utc_s if trusted else None, "waiting_rows": self.waiting_rows}
                )
                self._publish(Leaf.STATE, full.model_dump_json(exclude_none=True))
            if (verdict := self._test.verdict(now_s)) is not None:
                _LOG.info("%s", verdict)
            await asyncio.sleep(_TICK_S)

    async def _tell_the_time(self) -> None:
        """A clock record an hour, and one as soon as the date jumps or becomes trusted."""
        told, told_s = self._clocks.reading(), self._clocks.monotonic_s()
        while True:
            await asyncio.sleep(5)
            now = self._clocks.reading()
            jump_s = abs((now.utc_s - now.mono_s) - (told.utc_s - told.mono_s))
            if now.source != told.source or jump_s > 2 or now.mono_s - told_s > _CLOCK_EVERY_S:
                self.record(now)
                told, told_s = now, now.mono_s

    def _publish(self, leaf: Leaf, payload: str) -> bool:
        """Publish in the way of the topic: state may be lost, records are not retained."""
        if self._line is None or not self._connected:
            return False
        return self._line.publish(
            self._topics[leaf],
            payload.encode(),
            qos=0 if leaf is Leaf.STATE else 1,
            retain=leaf is not Leaf.EVT,
            life_s=900 if leaf is Leaf.STATE else None,
        )

    async def _on_disk(self, call: Callable[..., T], *args: object) -> T:
        """Run something on the one thread that touches the outbox; once begun it is finished."""
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._disk, call, *args))

    async def _leave(self) -> None:
        """Write what is left, say goodbye, close."""
        self._publish(Leaf.STATUS, _offline().decode())
        self._disk.shutdown(wait=True)
        if self._line is not None:
            await asyncio.sleep(_LEAST_PAUSE_S)
            await self._line.leave()
        self._connected = False
        try:
            self._outbox.append(list(self._unwritten))
        except OutboxError as error:
            _LOG.warning("%s", error)
        self._outbox.close()


def _offline() -> bytes:
    """The will, and the goodbye."""
    return Status(online=False).model_dump_json(exclude_none=True).encode()
