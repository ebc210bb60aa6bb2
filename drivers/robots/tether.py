"""A kit on a line: its state, its pump, and the one way in which everything ends."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, Protocol, TypeAlias, assert_never

from drivers.device import TRANSITIONS
from drivers.errors import (
    ConnectTimeoutError,
    DeviceBusyError,
    DeviceFaultError,
    DriverError,
    LinkLostError,
    ProgramInterruptedError,
    for_the_log,
)
from drivers.pump import Pump, WireProtocol
from drivers.robots.events import Failed, Felt, KitEvent, Ready, Tripped
from drivers.robots.reach import within_reach
from drivers.robots.types import STILL, Abilities, Action, Drive, KitSnapshot
from drivers.session import ENDED, opened
from drivers.transport import Transport
from drivers.types import DeviceState

log = logging.getLogger(__name__)

CONNECT_TIMEOUT_S: Final = 20.0
ANSWER_TIMEOUT_S: Final = 5.0
STOPPED: Final = "Stopped: look at the robot, then connect it again."
TRIPPED: Final = "The robot stopped by itself: nobody had given a sign of life for 0.6 s."


@dataclass(frozen=True, slots=True)
class Obeyed:
    """What was asked has gone to the wire."""

    done: asyncio.Future[None]


Heard: TypeAlias = KitEvent | Obeyed
Command: TypeAlias = Callable[[float], Sequence[KitEvent]]


class KitProtocol(WireProtocol[KitEvent], Protocol):
    """A kit's protocol, sans-I/O; it is used for one connection."""

    @property
    def stop_bytes(self) -> bytes:
        """What stops all outputs at any time, whatever the kit was just reading."""

    def connect(self, now_s: float) -> Sequence[KitEvent]:
        """Begin: the first bytes stop everything."""

    def act(self, action: Action, now_s: float) -> Sequence[KitEvent]:
        """Do it."""

    def beat(self, now_s: float) -> Sequence[KitEvent]:
        """Somebody is there."""

    def rest(self, now_s: float) -> Sequence[KitEvent]:
        """Turn everything off and lift the pen."""


class Tether:
    """A `Kit` whose firmware speaks some protocol over some line."""

    def __init__(
        self,
        name: str,
        open_link: Callable[[], Transport],
        baud_bps: int,
        make_protocol: Callable[[], KitProtocol],
        abilities: Abilities,
    ) -> None:
        """Open nothing yet; `abilities` are those believed before the kit is asked."""
        self._open_link = open_link
        self._baud_bps = baud_bps
        self._make_protocol = make_protocol
        self._protocol = make_protocol()
        self._snapshot = KitSnapshot(name, DeviceState.OFFLINE, abilities)
        self._pump: Pump[Heard] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: set[asyncio.Future[None]] = set()
        self._opening: asyncio.Future[None] | None = None

    @property
    def name(self) -> str:
        """The kit's name in dipbike.toml."""
        return self._snapshot.name

    @property
    def snapshot(self) -> KitSnapshot:
        """What is known of the kit now."""
        return self._snapshot

    async def connect(self) -> None:
        """Open the port, stop the motors, wait for the firmware, and become IDLE; also re-arms."""
        if self._snapshot.state in {DeviceState.IDLE, DeviceState.RUNNING}:
            self._hush()
            self._enter(DeviceState.OFFLINE)
        self._enter(DeviceState.CONNECTING)
        loop = self._loop = asyncio.get_running_loop()
        opening = self._opening = self._promise(loop)
        # What an old pump has still posted belongs to a protocol that is gone.
        protocol = self._protocol = self._make_protocol()
        is_again = self._pump is not None
        self._release()
        try:
            link = await opened(self._open_link, is_again=is_again)
        except DriverError as error:
            opening.cancel()
            self._end(DeviceState.OFFLINE, str(error), error)
            raise
        self._begin(link, protocol)
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                await opening
        except TimeoutError as error:
            self._end(DeviceState.OFFLINE, str(ConnectTimeoutError()))
            raise ConnectTimeoutError from error
        finally:
            if self._snapshot.state is not DeviceState.IDLE:
                self._let_go()

    async def act(self, action: Action) -> None:
        """Do it within the robot's limits, and return once it is on the wire."""
        self._require()
        action = within_reach(action, self._snapshot.abilities)
        if isinstance(action, Drive):
            self._enter(DeviceState.IDLE if action == STILL else DeviceState.RUNNING)
        await self._do(partial(self._protocol.act, action))

    async def beat(self) -> None:
        """Tell the kit that somebody is there."""
        self._require()
        await self._do(self._protocol.beat)

    async def rest(self) -> None:
        """Turn everything off and lift the pen."""
        self._require()
        await self._do(self._protocol.rest)
        self._enter(DeviceState.IDLE)

    def stop(self) -> None:
        """Stop at once, from any thread; latched until `connect`."""
        loop = self._loop
        self._hush()
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._end, DeviceState.STOPPED, STOPPED)

    async def close(self) -> None:
        """Stop the motors if reachable and release the port."""
        self._let_go()
        self._protocol = self._make_protocol()  # what the old one may still say is not for us
        self._end(DeviceState.OFFLINE, "The robot was closed.")

    def _begin(self, link: Transport, protocol: KitProtocol) -> None:
        pump = self._pump = Pump[Heard](
            link, protocol, self._baud_bps, partial(self._hear, protocol), partial(self._lost, protocol)
        )
        pump.start()
        pump.submit(protocol.connect)

    def _hush(self) -> None:
        """Stop the motors ahead of everything; the pump says nothing more."""
        pump = self._pump  # the loop's thread may let go of it meanwhile
        if pump is not None:
            with contextlib.suppress(LinkLostError):  # the lost link is told by its own event
                pump.urgent(self._protocol.stop_bytes)

    def _let_go(self) -> None:
        self._hush()
        self._release()

    def _release(self) -> None:
        if self._pump is not None:
            self._pump.close()
            self._pump = None

    def _promise(self, loop: asyncio.AbstractEventLoop) -> asyncio.Future[None]:
        promise = loop.create_future()
        self._waiting.add(promise)
        promise.add_done_callback(self._waiting.discard)
        return promise

    async def _do(self, command: Command) -> None:
        """Have the pump's thread do it, and wait until that has written it."""
        if self._pump is None:
            raise LinkLostError
        done = self._promise(asyncio.get_running_loop())
        self._pump.submit(lambda now_s: [*command(now_s), Obeyed(done)])
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT_S):
                await done
        except TimeoutError as error:
            raise LinkLostError(f"The line to {self.name} takes nothing: check its cable.") from error

    def _require(self) -> None:
        state, message = self._snapshot.state, self._snapshot.message
        if state not in {DeviceState.IDLE, DeviceState.RUNNING}:
            raise DeviceBusyError(f"{self.name} is {state}{f': {message}' if message else '.'}")

    def _enter(self, state: DeviceState, message: str = "") -> None:
        before = self._snapshot.state
        if state is not before and state not in TRANSITIONS[before]:
            raise DeviceBusyError(f"{self.name} is {before} and cannot become {state}.")
        self._snapshot = replace(self._snapshot, state=state, message=message)

    def _end(self, state: DeviceState, message: str, error: DriverError | None = None) -> None:
        """Fall OFFLINE, STOPPED or into FAULT, unless latched already; whoever waits hears of it."""
        before = self._snapshot.state
        if state in TRANSITIONS[before] and not (before in ENDED and state is DeviceState.OFFLINE):
            self._enter(state, message)
        for promise in list(self._waiting):
            if not promise.done():
                promise.set_exception(error or ProgramInterruptedError(message))

    def _lost(self, protocol: KitProtocol, error: LinkLostError) -> None:
        if protocol is self._protocol:
            log.warning("%s: %s", self.name, error)
            self._end(DeviceState.OFFLINE, str(error), error)

    def _hear(self, protocol: KitProtocol, event: Heard) -> None:
        if protocol is not self._protocol or self._snapshot.state in ENDED:
            return
        match event:
            case Ready():
                self._arrive(event)
            case Felt():
                self._snapshot = replace(self._snapshot, senses=event.senses, battery_pct=event.battery_pct)
            case Tripped():
                self._trip()
            case Failed():
                self._fail(event)
            case Obeyed():
                _settle(event.done)
            case _:
                assert_never(event)

    def _arrive(self, event: Ready) -> None:
        self._enter(DeviceState.IDLE)
        self._snapshot = replace(
            self._snapshot, abilities=event.abilities, firmware=event.firmware, degraded=event.degraded
        )
        if self._opening is not None:
            _settle(self._opening)

    def _trip(self) -> None:
        if self._snapshot.state is DeviceState.RUNNING:
            self._enter(DeviceState.IDLE, TRIPPED)

    def _fail(self, event: Failed) -> None:
        """Stop what can still be reached; the cable stays ours until somebody connects again."""
        is_silent = event.state is DeviceState.OFFLINE
        error = LinkLostError(event.message) if is_silent else DeviceFaultError(event.message)
        log.warning("%s: %s", self.name, for_the_log(error))
        self._hush()
        self._end(event.state, event.message, error)


def _settle(promise: asyncio.Future[None]) -> None:
    if not promise.done():
        promise.set_result(None)
