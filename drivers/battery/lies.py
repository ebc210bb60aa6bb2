"""What can be wrong with a simulated pack and its monitor, in the words of a command line."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from drivers.battery.chemistry import CHEMISTRIES, Ageing, Chemistry

DRIFT_PCT_H: Final = 20.0
"""A monitor whose zero has moved by some amperes gains so much charge that is not there."""


class Lie(StrEnum):
    """What a monitor can do wrong while its frames stay well formed."""

    NONE = "none"
    STUCK = "stuck"
    NAN = "nan"
    JUMP = "jump"
    STALE = "stale"
    DRIFT = "drift"


@dataclass(frozen=True, slots=True)
class Fault:
    """From `at_s` of the machine's clock on the monitor lies; `drop_pct` of charge is really lost then."""

    at_s: float
    lie: Lie = Lie.NONE
    drop_pct: float = 0.0


def parse_pack_faults(words: Iterable[str]) -> tuple[Fault, ...]:
    """Read `LIE@SECONDS` and `drop=PERCENT@SECONDS`; without an instant it begins at once.

    Raises:
        ValueError: there is no such fault.
    """
    return tuple(_fault(word) for word in words)


def _fault(word: str) -> Fault:
    what, _, instant = word.partition("@")
    at_s = float(instant) if instant else 0.0
    name, _, value = what.partition("=")
    if name == "drop" and value:
        return Fault(at_s, drop_pct=float(value))
    if name not in set(Lie):
        raise ValueError(f"there is no fault {word!r}: write drop=PERCENT@SECONDS, {', '.join(Lie)}.")
    return Fault(at_s, Lie(name))


def parse_chemistry(name: str) -> Chemistry:
    """Read the name of a chemistry.

    Raises:
        ValueError: there is no such chemistry.
    """
    if name not in CHEMISTRIES:
        raise ValueError(f"there is no chemistry {name!r}: write {' or '.join(CHEMISTRIES)}.")
    return CHEMISTRIES[name]


def parse_ageing(cycles: str, years: str) -> Ageing:
    """Read full cycles and years of standing.

    Raises:
        ValueError: one of them is no number, or below zero.
    """
    ageing = Ageing(float(cycles), float(years))
    if not (ageing.cycles >= 0 and ageing.years >= 0):
        raise ValueError("a pack has at least 0 cycles and 0 years.")
    return ageing
