"""What a robot is asked for, cut to what it can do."""

import math
from typing import Final, TypeVar, assert_never

from drivers.errors import DriverError
from drivers.robots.types import Abilities, Action, Drive, Light, Pen, Sound

LOWEST_HZ: Final = 30.0
HIGHEST_HZ: Final = 10_000.0
LONGEST_SOUND_S: Final = 10.0
FULL_PCT: Final = 100.0

Part = TypeVar("Part")


class AbilityError(DriverError):
    """The robot has nothing for that."""


def within_reach(action: Action, abilities: Abilities) -> Action:
    """Return the action within what the robot can do; a number that is none counts as 0.

    Raises:
        AbilityError: the robot has no such part.
    """
    match action:
        case Drive():
            top_mm_s = _need(abilities.gauge, "no wheels").top_mm_s
            return Drive(_within(action.left_mm_s, top_mm_s), _within(action.right_mm_s, top_mm_s))
        case Pen():
            _need(abilities.has_pen or None, "no pen")
            return action
        case Light():
            _need(abilities.has_light or None, "no lamp")
            return Light(_pct(action.red_pct), _pct(action.green_pct), _pct(action.blue_pct))
        case Sound():
            _need(abilities.has_sound or None, "nothing to sound with")
            duration_s = max(0.0, _within(action.duration_s, LONGEST_SOUND_S))
            return Sound(_pitch_hz(action.pitch_hz), duration_s)
        case _:
            assert_never(action)


def _need(part: Part | None, lack: str) -> Part:
    if part is None:
        raise AbilityError(f"This robot has {lack}: take that step out of the program.")
    return part


def _within(value: float, limit: float) -> float:
    return min(max(value, -limit), limit) if math.isfinite(value) else 0.0


def _pct(value: float) -> float:
    return max(0.0, _within(value, FULL_PCT))


def _pitch_hz(value: float) -> float:
    return min(max(value, LOWEST_HZ), HIGHEST_HZ) if math.isfinite(value) and value > 0 else 0.0
