"""A second opinion on the heaters: they rise when they should, hold, and tell plausible numbers."""

import math
from dataclasses import dataclass
from typing import Final

from drivers.types import Temperature


@dataclass(frozen=True, slots=True)
class Limits:
    """What a healthy heater does; `rise_c` within `rise_s`, and no lasting error of `error_c_s`."""

    highest_c: float
    rise_s: float
    lowest_c: float = -10.0
    rise_c: float = 2.0
    band_c: float = 5.0
    error_c_s: float = 120.0


LIMITS: Final = {"hotend": Limits(330.0, 18.0), "bed": Limits(150.0, 60.0)}
"""Source: Klipper's verify_heater; its 20 s for a hotend are shortened to stop within 20 s of a lie."""
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
        self._goal_c = 0.0
        self._goal_s = 0.0
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
            self._aim(reading.actual_c, now_s)
        if self._rises:
            return self._climb(reading, now_s)
        self._error_c_s += missing_c * step_s
        if self._error_c_s < self._limits.error_c_s:
            return None
        return f"The {self._name} does not hold {reading.target_c:.0f} degrees: check heater and sensor."

    def _climb(self, reading: Temperature, now_s: float) -> str | None:
        if reading.actual_c >= self._goal_c:
            self._aim(reading.actual_c, now_s)
        elif now_s >= self._goal_s:
            return f"The {self._name} is heated but does not get warmer: check heater and sensor."
        return None

    def _aim(self, actual_c: float, now_s: float) -> None:
        self._goal_c = actual_c + self._limits.rise_c
        self._goal_s = now_s + self._limits.rise_s
