"""Keeps the audit journal: what mediators did, signed but without a name, and what went wrong."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from enum import Enum
from typing import Final

from drivers.types import WAITS_FOR_HAND, DeviceState
from jobs.errors import JobError
from jobs.store.accounts import Act
from onboard.bike import Bike
from onboard.control.messages import (
    Asked,
    AskRobot,
    AskRobotAgain,
    CallMediator,
    DiscardJob,
    EraseLoan,
    GetStatus,
    HoldJog,
    MakeDraft,
    NoteAccess,
    RateJob,
    ReleaseJog,
    Reply,
    Request,
    ReturnRobot,
    ReviseRobot,
    SendJob,
    Signed,
    StartRobot,
    StopEverything,
    StopRobot,
)

log = logging.getLogger(__name__)

LOOK_S: Final = 1.0
OWED: Final = 200
"""Acts that wait for a disk that cannot take them; older ones are lost then, with a line in the log."""
NO_ACTS: Final = (
    GetStatus,
    MakeDraft,
    SendJob,
    DiscardJob,
    RateJob,
    CallMediator,
    StopEverything,
    ReleaseJog,
    AskRobot,
    AskRobotAgain,
    ReviseRobot,
    ReturnRobot,
    StartRobot,
    StopRobot,
    EraseLoan,
)
"""What participants ask and what nobody decides; a stop and a call are seen on the bike itself.

A stop is never anybody's: who hesitates because it will be written down stops too late.
"""
_TOLD: Final = frozenset({"reason", "axis", "part", "action"})
"""Words that come from a closed list; any other text could be somebody's name."""

Desk = Callable[[Request], Awaitable[Reply]]
Answer = Callable[[Asked], Awaitable[Reply]]


class Chronicle:
    """Stands before the desk, and looks at the bike for what nobody asked for."""

    def __init__(self, bike: Bike, desk: Desk) -> None:
        self._bike = bike
        self._desk = desk
        self._owed: deque[Act] = deque()
        self._writes = asyncio.Lock()
        self._stops = bike.stops
        self._states: dict[str, str] = {}
        self._calls: set[tuple[str, float]] = set()
        self._press = ""

    async def answer(self, asked: Asked) -> Reply:
        """Have a request carried out; what was done is written down once it is done."""
        request, signed = (asked.request, asked.by) if isinstance(asked, Signed) else (asked, "")
        before = self._bike.halt
        reply = await self._desk(request)
        if self._is_act(request):
            halt = self._bike.halt or before
            self._owe(act_of(request, self._bike.wall(), halt.id if halt else None, signed))
            await self._write()
        return reply

    def _is_act(self, request: Request) -> bool:
        """Whether somebody decided something; a held button says the same ten times a second."""
        if not isinstance(request, HoldJog):
            return not isinstance(request, NO_ACTS)
        said, self._press = self._press, request.press
        return said != request.press

    async def run(self) -> None:
        """Look for ever."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Write down what has gone wrong since the last look, and what is still owed."""
        halt = self._bike.halt.id if self._bike.halt else None
        now_s = self._bike.wall()
        for act, machine, job in self._news():
            self._owe(Act(now_s, act, halt, job, machine))
        await self._write()

    def _news(self) -> Iterator[tuple[str, str | None, str | None]]:
        """A stop, a machine that fails or waits for a hand, a child who calls."""
        if self._bike.stops != self._stops:
            self._stops = self._bike.stops
            yield "stop", None, None
        for name, station in self._bike.stations.items():
            snapshot = station.device.snapshot
            state = _trouble(snapshot.state, snapshot.message)
            if state != self._states.get(name, ""):
                self._states[name] = state
                if state:
                    yield state, name, None
        calls = {(call.job, call.since_s) for call in self._bike.calls.standing(self._bike.clock())}
        for job, _ in sorted(calls - self._calls):
            yield "call", None, job
        self._calls = calls

    def _owe(self, act: Act) -> None:
        if len(self._owed) >= OWED:
            log.warning("The audit journal loses a line: %s", self._owed.popleft().act)
        self._owed.append(act)

    async def _write(self) -> None:
        """Write what is owed in its order; a disk that refuses is asked again at the next look."""
        async with self._writes:
            while self._owed:
                try:
                    store = self._bike.ledger.store
                    await self._bike.ledger(store.keep_act, self._owed[0])
                except JobError as error:
                    log.warning("The audit journal waits: %s", error)
                    return
                self._owed.popleft()


def act_of(request: Request, now_s: float, halt: str | None, signed: str = "") -> Act:
    """A request as a line: its name, what it was about, and numbers, but no text that somebody typed."""
    if isinstance(request, NoteAccess):
        return Act(now_s, request.change.value, halt, signed=signed)
    fields = dict(request)
    detail = [f"{name}={shown}" for name, value in fields.items() if (shown := _shown(name, value))]
    job, machine = fields.get("job"), fields.get("machine", fields.get("robot"))
    return Act(now_s, request.op, halt, job and str(job), machine and str(machine), " ".join(detail), signed)


def _shown(name: str, value: object) -> str:
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, bool | int):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return str(value) if name in _TOLD else ""


def _trouble(state: DeviceState, message: str) -> str:
    if state is DeviceState.FAULT:
        return "fault"
    return "runout" if state is DeviceState.PAUSED and message.startswith(WAITS_FOR_HAND) else ""
