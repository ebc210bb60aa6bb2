"""The firmware's own watch over one heater, as Marlin's thermal protection does it."""

from dataclasses import dataclass
from typing import Final

from drivers.marlin.sim_heat import Heater

COLDEST_C: Final = 5.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Source: Marlin's default configuration, `THERMAL_PROTECTION_*`, `WATCH_*` and `*_MAXTEMP`."""

    name: str
    hottest_c: float
    watch_s: float
    runaway_s: float
    watch_k: float = 2.0
    hysteresis_k: float = 4.0


HOTEND: Final = Limits("0", hottest_c=275.0, watch_s=20.0, runaway_s=40.0)
BED: Final = Limits("bed", hottest_c=150.0, watch_s=60.0, runaway_s=20.0, hysteresis_k=2.0)


class Guard:
    """Ends everything when a heater does not do what it is told."""

    def __init__(self, heater: Heater, limits: Limits) -> None:
        self._heater = heater
        self._limits = limits
        self._target_c = 0.0
        self._must_reach_c = 0.0
        self._until_s = 0.0
        self._was_there = False

    def check(self, now_s: float) -> str:
        """Return why the board must die, or nothing."""
        name = self._limits.name
        if self._heater.actual_c > self._limits.hottest_c:
            return f"MAXTEMP triggered, system stopped! Heater_ID: {name}"
        if self._heater.actual_c < COLDEST_C and self._heater.target_c > 0:
            return f"MINTEMP triggered, system stopped! Heater_ID: {name}"
        if self._heater.target_c != self._target_c:
            self._begin(now_s)
        if self._target_c <= 0:
            return ""
        return self._watch_hold(now_s) if self._was_there else self._watch_rise(now_s)

    def _begin(self, now_s: float) -> None:
        self._target_c = self._heater.target_c
        self._was_there = False
        self._await_rise(now_s)

    def _await_rise(self, now_s: float) -> None:
        self._must_reach_c = self._heater.actual_c + self._limits.watch_k
        self._until_s = now_s + self._limits.watch_s

    def _watch_rise(self, now_s: float) -> str:
        actual_c = self._heater.actual_c
        if actual_c >= self._target_c - self._limits.hysteresis_k:
            self._was_there = True
            self._until_s = now_s + self._limits.runaway_s
        elif actual_c >= self._must_reach_c:
            self._await_rise(now_s)
        elif now_s > self._until_s:
            return f"Heating failed, system stopped! Heater_ID: {self._limits.name}"
        return ""

    def _watch_hold(self, now_s: float) -> str:
        if self._heater.actual_c >= self._target_c - self._limits.hysteresis_k:
            self._until_s = now_s + self._limits.runaway_s
        elif now_s > self._until_s:
            return f"Thermal Runaway, system stopped! Heater_ID: {self._limits.name}"
        return ""
