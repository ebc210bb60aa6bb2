"""What a person has a GRBL mill do at rest."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, assert_never

from drivers.byhand import (
    Axis,
    HandLimits,
    HandReason,
    HandRefusedError,
    MillAction,
    Probe,
    Zero,
)
from drivers.gcode import Program
from drivers.grbl.events import Event
from drivers.grbl.protocol import GrblProtocol
from drivers.session import Session
from drivers.types import DeviceState

NOTHING: Final = Program(b"", 0)
DEEPEST_MM: Final = 25.0
"""No probe goes further down in search of its plate."""
SEARCH_MM_MIN: Final = 100.0
TOUCH_MM_MIN: Final = 25.0
"""The second touch is slow: at 30 mm/s² the tool stands 3 micrometres below where it touched."""
BACK_MM: Final = 1.0
CLEAR_MM: Final = 5.0

Command = Callable[[Callable[[float], Sequence[Event]]], None]


class MillHand:
    """A `drivers.byhand.HandMill` on the session and the wire of one mill."""

    def __init__(
        self,
        session: Session,
        command: Command,
        protocol: Callable[[], GrblProtocol],
        stop: Callable[[], None],
    ) -> None:
        self._session = session
        self._command = command
        self._protocol = protocol
        self._stop = stop

    def lines_of(self, action: MillAction, limits: HandLimits) -> tuple[Program, ...]:
        """Return the programs for an action; what is written to the EEPROM goes alone, or bytes get lost.

        Raises:
            HandRefusedError: the spindle turns, or the mill has not told where it is.
        """
        self._session.require(DeviceState.IDLE)
        if self._session.snapshot.spindle_on:
            raise HandRefusedError(HandReason.SPINDLE)
        if self._session.snapshot.position is None:
            raise HandRefusedError(HandReason.NO_PLACE)
        match action:
            case Zero():
                words = b" ".join(b"%b0" % axis.upper().encode() for axis in action.axes)
                return (Program.from_lines([b"G10 L20 P1 " + words]),)
            case Probe():
                return _probe(action, min(DEEPEST_MM, limits.room_mm[2]))
            case _:
                assert_never(action)

    async def step(self, axis: Axis, by_mm: float, limits: HandLimits) -> None:
        """Jog by one step and return once the tool stands.

        Raises:
            HandRefusedError: it would leave the room, or nobody knows.
        """
        await self._jog(partial(self._protocol().jogger.step, axis, by_mm, _room(axis, limits)))

    async def hold(self, axis: Axis, sign: int, limits: HandLimits) -> None:
        """Jog for as long as `beat` is called, and no further than the room."""
        await self._jog(partial(self._protocol().jogger.hold, axis, sign, _room(axis, limits)))

    def beat(self) -> None:
        """The finger is still on the button."""
        self._command(self._protocol().jogger.beat)

    def release(self) -> None:
        """The finger has left the button."""
        self._command(self._protocol().jogger.release)

    async def _jog(self, command: Callable[[float], Sequence[Event]]) -> None:
        running = self._session.begin(NOTHING)
        self._command(command)
        try:
            await running
        except asyncio.CancelledError:
            self._stop()  # nobody watches the machine any more
            raise


def _room(axis: Axis, limits: HandLimits) -> float:
    return limits.room_mm[list(Axis).index(axis)]


def _probe(probe: Probe, deepest_mm: float) -> tuple[Program, ...]:
    """Spindle off, down until it touches, a little up, once more slowly; then zero, then out of the way."""
    return (
        Program.from_lines(
            [
                b"M5",
                b"G21 G91 G94",
                b"G38.2 Z-%.3f F%.0f" % (deepest_mm, SEARCH_MM_MIN),
                b"G0 Z%.3f" % BACK_MM,
                b"G38.2 Z-%.3f F%.0f" % (2 * BACK_MM, TOUCH_MM_MIN),
                b"G90",
            ]
        ),
        Program.from_lines([b"G10 L20 P1 Z%.3f" % probe.plate_mm]),
        Program.from_lines([b"G21 G91", b"G0 Z%.3f" % CLEAR_MM, b"G90"]),
    )
