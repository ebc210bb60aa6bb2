"""What kind of mill is simulated, and how its traits and faults are written in words."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from drivers.grbl.sim_faults import Faults
from drivers.grbl.sim_firmware import GRBL, GRBLHAL, Firmware
from drivers.grbl.sim_memory import Memory

_FIRMWARES: Final[dict[str, Firmware]] = {"grbl": GRBL, "grblhal": GRBLHAL}

_TRAITS: Final = (
    "dialect=grbl|grblhal",
    "instant",
    "no-reset",
    "plate=HEIGHT",
    "setting=NUMBER:VALUE",
    "start-line=LINE",
)


def parse_mill(traits: Iterable[str]) -> Memory:
    """Read traits such as `dialect=grblhal`, `instant`, `setting=30:24000` or `start-line=M3S1000`.

    Raises:
        ValueError: there is no such trait, or its value makes no sense.
    """
    memory = Memory()
    for trait in traits:
        name, _, value = trait.partition("=")
        match name:
            case "dialect" if value in _FIRMWARES:
                memory.firmware = _FIRMWARES[value]
            case "instant":
                memory.is_instant = True
            case "plate":
                memory.plate_mm = float(value)
            case "no-reset":
                memory.resets_on_open = False
            case "setting":
                number, _, figure = value.partition(":")
                memory.settings[int(number)] = float(figure)
            case "start-line" if value:
                memory.start_lines[0] = value
            case _:
                raise ValueError(f"{trait!r} is no trait of a mill: choose from {', '.join(_TRAITS)}.")
    return memory


def _chances(name: str) -> Callable[[Faults, str, int], Faults]:
    def take(faults: Faults, value: str, _line: int) -> Faults:
        chance = float(value)
        if not 0 <= chance <= 1:
            raise ValueError(f"{value} is no chance: it lies from 0 to 1.")
        match name:
            case "corrupt-in":
                return replace(faults, damage_in=chance)
            case "corrupt-out":
                return replace(faults, damage_out=chance)
            case _:
                return replace(faults, drop_ok=chance)

    return take


_FAULTS: Final[dict[str, Callable[[Faults, str, int], Faults]]] = {
    "corrupt-in": _chances("corrupt-in"),
    "corrupt-out": _chances("corrupt-out"),
    "drop-ok": _chances("drop-ok"),
    "error": lambda faults, value, line: replace(faults, errors={**faults.errors, line: int(value)}),
    "alarm": lambda faults, value, line: replace(faults, alarms={**faults.alarms, line: int(value)}),
    "replace": lambda faults, value, line: replace(faults, replaced={**faults.replaced, line: value}),
    "lose-ok": lambda faults, _value, line: replace(faults, lost_oks=faults.lost_oks | {line}),
    "double-ok": lambda faults, _value, line: replace(faults, doubled_oks=faults.doubled_oks | {line}),
    "silence": lambda faults, _value, line: replace(faults, silent_from_line=line),
    "limit-switch": lambda faults, _value, line: replace(faults, limit_switch_from_line=line),
    "door": lambda faults, _value, line: replace(faults, door_from_line=line),
    "reset": lambda faults, _value, line: replace(faults, restart_from_line=line),
    "alarm-at-boot": lambda faults, _value, _line: replace(faults, alarm_at_boot=True),
}


def parse_mill_faults(seed: int, faults: Iterable[str]) -> Faults:
    """Read faults such as `corrupt-in=0.01`, a chance, or `error=20@5`, at the fifth line of G-code.

    Raises:
        ValueError: there is no such fault, or its value makes no sense.
    """
    found = Faults(seed=seed)
    for fault in faults:
        what, _, line = fault.partition("@")
        name, _, value = what.partition("=")
        if name not in _FAULTS:
            raise ValueError(f"{fault!r} is no fault of a mill: choose from {', '.join(_FAULTS)}.")
        found = _FAULTS[name](found, value, int(line or 0))
    return found
