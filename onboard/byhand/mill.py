"""What a person who stands at an idle mill has it do."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final, assert_never

from drivers.byhand import Axis, HandMill, HandRefusedError, Jogged, MillAction, Probe, Zero
from drivers.device import Device
from drivers.errors import ProgramCancelledError
from jobs.errors import Sentence
from onboard.bike import Bike
from onboard.byhand import words
from onboard.byhand.rules import check, limits_of, told
from onboard.control.messages import HoldJog, JogMachine, ProbeMill, ZeroMill
from onboard.station import Errand, Station

MillRequest = JogMachine | ZeroMill | ProbeMill

_WORDS: Final[dict[str, Sentence]] = {
    "jog": Sentence("Se déplace d'un pas.", "Moves by one step.", "jog"),
    "hold-jog": Sentence("Se déplace tant que vous appuyez.", "Moves while you press.", "hold-jog"),
    "zero": Sentence("Prend son zéro ici.", "Takes its zero here.", "zero"),
    "probe": Sentence("Palpe doucement vers le bas.", "Feels slowly downwards.", "probe"),
}


class HandyMill:
    """One idle mill for the length of one request."""

    def __init__(self, bike: Bike, station: Station) -> None:
        if not isinstance(station.device, Jogged):
            raise words.refused(words.NOT_THIS)
        self._bike = bike
        self._station = station
        self._hand: HandMill = station.device.hand
        self._device: Device = station.device
        self._limits = limits_of(station.profile)

    def carry_out(self, request: MillRequest) -> None:
        """Have it done; an arming is forgotten.

        Raises:
            JobError: nothing was sent, and why.
        """
        check(self._bike, self._station)
        match request:
            case JogMachine():
                by_mm = -request.step_mm if request.backwards else request.step_mm
                self._send("jog", partial(self._hand.step, Axis(request.axis), by_mm, self._limits))
            case ZeroMill():
                axes = tuple(Axis(name) for name in request.axes)
                self._act("zero", Zero(axes), axes)
            case ProbeMill():
                self._act("probe", Probe(request.plate_mm), (Axis.Z,))
            case _:
                assert_never(request)

    def hold(self, request: HoldJog) -> None:
        """A finger is on a button: move until it leaves.

        Raises:
            JobError: nothing was sent, and why.
        """
        check(self._bike, self._station)
        self._station.hand.press = request.press
        sign = -1 if request.backwards else 1
        self._send("hold-jog", partial(self._hand.hold, Axis(request.axis), sign, self._limits))

    def beat(self) -> None:
        """The finger is still there."""
        self._hand.beat()

    def release(self) -> None:
        """The finger has left."""
        self._hand.release()

    def _act(self, code: str, action: MillAction, axes: tuple[Axis, ...]) -> None:
        try:
            self._hand.lines_of(action, self._limits)
        except HandRefusedError as error:
            raise told(error) from error
        self._send(code, partial(self._go, action, frozenset(axes)))

    def _send(self, code: str, walk: Callable[[], Awaitable[None]]) -> None:
        self._station.send(Errand(walk, _WORDS[code]))

    async def _go(self, action: MillAction, axes: frozenset[Axis]) -> None:
        """Give axes a new zero; what was traced before was traced elsewhere."""
        station = self._station
        for program in self._hand.lines_of(action, self._limits):
            if station.withdrawn is not None:
                raise ProgramCancelledError
            await self._device.run(program)
        station.hand.zeroed |= axes
        station.hand.traced = ""
