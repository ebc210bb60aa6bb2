"""What can be wrong with a simulated pack and its monitor, in the words of a command line."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from drivers.battery.chemistry import CHEMISTRIES, Ageing, Chemistry

DRIFT_PCT_H: Final = 20.0
"""A monitor whose zero has moved by some amperes gains so much charge that is not there."""


HUNDRED_PCT: Final = 100.0


class Lie(StrEnum):
    """What a monitor can do wrong while its frames stay well formed."""

    NONE = "none"
    STUCK = "stuck"
    NAN = "nan"
    JUMP = "jump"
    STALE = "stale"
    DRIFT = "drift"


WORDS: Final = f"drop=PERCENT@SECONDS, wrong-soc=PERCENT@SECONDS, or {', '.join(Lie)} with @SECONDS"


@dataclass(frozen=True, slots=True)
class Fault:
    """What begins at `at_s` of the machine's clock.

    The monitor lies from then on (None: it goes on as before), `drop_pct` of charge is really lost, and
    `wrong_pct` more than there is are told.
    """

    at_s: float
    lie: Lie | None = None
    drop_pct: float = 0.0
    wrong_pct: float = 0.0


def parse_pack_faults(words: Iterable[str]) -> tuple[Fault, ...]:
    """Read `LIE@SECONDS`, `drop=PERCENT@SECONDS`, `wrong-soc=PERCENT@SECONDS`; without `@` it begins at once.

    Raises:
        ValueError: there is no such fault.
    """
    return tuple(_fault(word) for word in words)


def _fault(word: str) -> Fault:
    what, _, instant = word.partition("@")
    name, _, value = what.partition("=")
    try:
        at_s = float(instant) if instant else 0.0
        found = _named(name, at_s, float(value) if value else None)
    except ValueError:
        found = None
    if found is None:
        raise ValueError(f"there is no fault {word!r} of a battery: write {WORDS}.")
    return found


def _named(name: str, at_s: float, value: float | None) -> Fault | None:
    if name == "drop" and value is not None and 0 < value <= HUNDRED_PCT:
        return Fault(at_s, drop_pct=value)
    if name == "wrong-soc" and value is not None and abs(value) <= HUNDRED_PCT:
        return Fault(at_s, wrong_pct=value)
    known = name in set(Lie) and value is None and math.isfinite(at_s)
    return Fault(at_s, Lie(name)) if known else None


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
