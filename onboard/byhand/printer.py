"""What a person who stands at an idle printer has it do."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final, assert_never

from drivers.byhand import (
    Axis,
    HandPrinter,
    HandRefusedError,
    Heat,
    Home,
    Level,
    Load,
    PrinterAction,
    Rest,
    Step,
    Unload,
)
from drivers.device import Device
from drivers.errors import ProgramCancelledError
from drivers.types import DeviceKind, DeviceState
from jobs.errors import JobError, Sentence
from jobs.machines import Preset
from jobs.types import JobState
from onboard.bike import Bike
from onboard.byhand import words
from onboard.byhand.rules import check, check_heat, limits_of, preset_of, told
from onboard.control.messages import (
    CoolPrinter,
    HomePrinter,
    JogMachine,
    LevelPrinter,
    MoveFilament,
    PreheatPrinter,
)
from onboard.station import Errand, Station

log = logging.getLogger(__name__)

PrinterRequest = PreheatPrinter | CoolPrinter | JogMachine | HomePrinter | LevelPrinter | MoveFilament

LOOK_S: Final = 0.1
LONGEST_S: Final = 1800.0
"""Heating, measuring a bed or waiting for a person with a new spool: what takes longer is stopped."""
_WORDS: Final[dict[str, Sentence]] = {
    "preheat": Sentence("Met à chauffer.", "Sets the heat.", "preheat"),
    "cool": Sentence("Coupe la chauffe et les moteurs.", "Turns heat and motors off.", "cool"),
    "jog": Sentence("Se déplace d'un pas.", "Moves by one step.", "jog"),
    "home": Sentence("Va à l'origine.", "Goes to its end stops.", "home"),
    "level": Sentence("Mesure le plateau.", "Measures the bed.", "level"),
    "load": Sentence("Chauffe, puis engage le filament.", "Heats, then loads filament.", "load"),
    "unload": Sentence("Chauffe, puis retire le filament.", "Heats, then unloads filament.", "unload"),
    "change": Sentence("Change le filament.", "Changes the filament.", "change"),
}


class HandyPrinter:
    """One idle printer for the length of one request."""

    def __init__(self, bike: Bike, station: Station) -> None:
        if not isinstance(station.device, HandPrinter):
            raise words.refused(words.NOT_THIS)
        self._bike = bike
        self._station = station
        self._printer: HandPrinter = station.device
        self._device: Device = station.device

    def carry_out(self, request: PrinterRequest) -> None:
        """Have it done; only cooling is always allowed.

        Raises:
            JobError: nothing was sent, and why.
        """
        match request:
            case CoolPrinter():
                self.rest()
            case PreheatPrinter():
                self._preheat(request)
            case MoveFilament():
                self._filament(request)
            case JogMachine():
                by_mm = -request.step_mm if request.backwards else request.step_mm
                self._move(
                    "jog", Step(Axis(request.axis), by_mm), needs_plate=by_mm < 0 and request.axis == "z"
                )
            case HomePrinter():
                axes = tuple(Axis) if request.axes == "all" else (Axis(request.axes),)
                self._move("home", Home(axes), needs_plate=Axis.Z in axes)
            case LevelPrinter():
                self._move("level", Level(), needs_plate=True)
            case _:
                assert_never(request)

    def rest(self) -> None:
        """Heat and motors off.

        Raises:
            JobError: the printer is at work.
        """
        if not self._station.free:
            raise words.refused(words.NOT_FREE)
        self._send("cool", partial(self._go, Rest(), self._station.hand.rested))

    def _preheat(self, request: PreheatPrinter) -> None:
        preset = self._heated(request.material)
        heat = Heat(
            hotend_c=None if request.part == "bed" else preset.hotend_c,
            bed_c=None if request.part == "hotend" else preset.bed_c,
        )
        self._lines(heat)
        self._station.hand.warm(self._bike.clock())
        self._send("preheat", partial(self._go, heat, self._warm))

    def _filament(self, request: MoveFilament) -> None:
        preset = self._heated(request.material)
        load, unload = Load(preset.hotend_c), Unload(preset.hotend_c)
        self._lines(load)
        self._station.hand.warm(self._bike.clock())
        match request.action:
            case "load":
                walk = partial(self._go, load, self._warm)
            case "unload":
                walk = partial(self._go, unload, self._warm)
            case "change":
                walk = partial(self._change, unload, load)
            case _:
                assert_never(request.action)
        self._send(request.action, walk)

    def _heated(self, material: str) -> Preset:
        check(self._bike, self._station)
        preset = preset_of(self._station, material)
        check_heat(self._bike, self._station, preset)
        return preset

    def _move(self, code: str, action: PrinterAction, *, needs_plate: bool) -> None:
        check(self._bike, self._station)
        if needs_plate and not self._station.plate_clear:
            raise words.refused(words.PLATE_FIRST)
        self._lines(action)
        self._send(code, partial(self._go, action, self._hold))

    def _lines(self, action: PrinterAction) -> None:
        """Look whether the printer would do it, before anything is promised."""
        try:
            self._printer.by_hand(action, limits_of(self._station.profile))
        except HandRefusedError as error:
            raise told(error) from error

    def _send(self, code: str, walk: Callable[[], Awaitable[None]]) -> None:
        self._station.send(Errand(walk, _WORDS[code], limit_s=LONGEST_S))

    def _warm(self) -> None:
        self._station.hand.warm(self._bike.clock())

    def _hold(self) -> None:
        self._station.hand.hold(self._bike.clock())

    async def _go(self, action: PrinterAction, done: Callable[[], None]) -> None:
        """One action; a printer that was cancelled is cold and knows no place."""
        if self._station.withdrawn is not None:
            raise ProgramCancelledError
        try:
            await self._device.run(self._printer.by_hand(action, limits_of(self._station.profile)))
        except ProgramCancelledError:
            self._station.hand.rested()
            raise
        done()

    async def _change(self, unload: Unload, load: Load) -> None:
        """Out with the old, wait for a person, in with the new; what drips meanwhile lies on the plate."""
        await self._go(unload, self._warm)
        await self._await_person(words.SWAP)
        await self._go(load, self._warm)
        await make_dirty(self._bike, self._station)

    async def _await_person(self, what: Sentence) -> None:
        """Wait for a person's word; one who ends the errand instead leaves no heat behind."""
        station = self._station
        station.hand.waits = what
        self._bike.changed()
        while _rests(station) and not station.hand.word.is_set() and station.withdrawn is None:
            await _moment()
        station.hand.waits = None
        if station.withdrawn is JobState.CANCELLED and _rests(station):
            await self._device.run(self._printer.by_hand(Rest(), limits_of(station.profile)))
            station.hand.rested()


async def _moment() -> None:
    """A stop comes from another thread, as a flag: it is looked for."""
    await asyncio.sleep(LOOK_S)


def _rests(station: Station) -> bool:
    return station.device.snapshot.state is DeviceState.IDLE


async def make_dirty(bike: Bike, station: Station) -> None:
    """Something may lie on the plate: a person has to look before the next start."""
    if station.kind is not DeviceKind.PRINTER or not station.plate_clear:
        return
    station.plate_clear = False
    try:
        await bike.ledger(bike.ledger.store.set_plate, station.name, clear=False)
    except JobError as error:
        log.warning("%s: that its plate is dirty is not written down: %s", station.name, error)
