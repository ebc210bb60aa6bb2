"""A second opinion on the heaters: they rise when they should, hold, and tell plausible numbers."""

import math
from dataclasses import dataclass
from typing import Final

from drivers.types import Temperature


@dataclass(frozen=True, slots=True)
class Limits:
    """What a healthy heater does: it rises by `rise_c` in `rise_s`, by `stir_c` in `STIR_S`, then holds."""

    highest_c: float
    rise_s: float
    stir_c: float
    lowest_c: float = -10.0
    rise_c: float = 2.0
    band_c: float = 5.0
    error_c_s: float = 120.0


STIR_S: Final = 16.0
"""With readings two seconds apart a sensor that stays flat is seen within 20 s."""
LIMITS: Final = {
    "hotend": Limits(330.0, rise_s=20.0, stir_c=2.0),
    "bed": Limits(150.0, rise_s=60.0, stir_c=0.3),
}
"""Source: Klipper's verify_heater: 2 degrees in 20 s for a hotend, in 60 s for a bed, and 120 degree seconds.

A bed that still keeps that pace rises 0.5 degrees in `STIR_S`. The weakest we know, 120 W on 650 J/K with a
loss of 1.05 W/K, in a room of 5 degrees on its way to 90, rises 0.9; a dead sensor rises by nothing.
"""
LONGEST_STEP_S: Final = 5.0
LIES: Final = 3
"""So many implausible numbers in a row: one alone is noise on the wire."""


class HeatWatch:
    """Takes every reading and says what is wrong, in words for a person."""

    def __init__(self) -> None:
        self._heaters = {name: _Heater(name, limits) for name, limits in LIMITS.items()}

    def feel(self, readings: dict[str, Temperature], now_s: float) -> str | None:
        """Return what is wrong, or None."""
        wrongs = (self._heaters[name].feel(reading, now_s) for name, reading in readings.items())
        return next(filter(None, wrongs), None)


class _Heater:
    """One heater's past."""

    def __init__(self, name: str, limits: Limits) -> None:
        self._name = name
        self._limits = limits
        self._target_c = 0.0
        self._lies = 0
        self._rises = False
        self._goal = self._stir = (-math.inf, 0.0)
        self._error_c_s = 0.0
        self._felt_s: float | None = None

    def feel(self, reading: Temperature, now_s: float) -> str | None:
        if reading.target_c <= 0:
            self._target_c = self._error_c_s = self._lies = 0
            self._rises, self._felt_s = False, None
            return None
        if not self._limits.lowest_c <= reading.actual_c <= self._limits.highest_c:
            return self._doubt(reading)
        self._lies = 0
        return self._follow(reading, now_s)

    def _doubt(self, reading: Temperature) -> str | None:
        self._lies += 1
        if self._lies < LIES:
            return None
        told = "no number" if math.isnan(reading.actual_c) else f"{reading.actual_c:.0f} degrees"
        return f"The {self._name} tells {told}, which cannot be: check its sensor and its wires."

    def _follow(self, reading: Temperature, now_s: float) -> str | None:
        step_s = 0.0 if self._felt_s is None else min(now_s - self._felt_s, LONGEST_STEP_S)
        self._felt_s = now_s
        missing_c = reading.target_c - self._limits.band_c - reading.actual_c
        if missing_c <= 0:
            self._target_c, self._rises, self._error_c_s = reading.target_c, False, 0.0
            return None
        if reading.target_c != self._target_c:
            self._target_c, self._rises, self._error_c_s = reading.target_c, True, 0.0
            self._goal = self._stir = (-math.inf, 0.0)
        if self._rises:
            return self._climb(reading, now_s)
        self._error_c_s += missing_c * step_s
        if self._error_c_s < self._limits.error_c_s:
            return None
        return f"The {self._name} does not hold {reading.target_c:.0f} degrees: check heater and sensor."

    def _climb(self, reading: Temperature, now_s: float) -> str | None:
        limits, actual_c = self._limits, reading.actual_c
        self._goal = _ahead(self._goal, actual_c, limits.rise_c, now_s, limits.rise_s)
        self._stir = _ahead(self._stir, actual_c, limits.stir_c, now_s, STIR_S)
        if now_s < self._goal[1] and now_s < self._stir[1]:
            return None
        return f"The {self._name} is heated but does not get warmer: check heater and sensor."


def _ahead(
    goal: tuple[float, float], actual_c: float, rise_c: float, now_s: float, within_s: float
) -> tuple[float, float]:
    """Return the temperature to reach and the instant until when: the same while it is not reached."""
    return goal if actual_c < goal[0] else (actual_c + rise_c, now_s + within_s)
