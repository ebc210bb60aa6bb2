"""The loads of a machine while it works, from what it tells of itself."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from jobs.arrays import FloatArray
from jobs.energy.loads import COUNT, Load


@dataclass(frozen=True, slots=True)
class Warmth:
    """A heater at the two ends of a few seconds; with the target at 0 it draws nothing."""

    before_c: float
    after_c: float
    target_c: float


@dataclass(frozen=True, slots=True)
class Doing:
    """What a program does on average, as no machine reports it: fan from 0 to 1, filament a second."""

    moves: bool = False
    fan: float = 0.0
    flow_mm_s: float = 0.0
    spindle: bool = False
    cut_mm3_s: float = 0.0


RESTING: Final = Doing()


def doing_of(heat: FloatArray, total: FloatArray) -> Doing:
    """Return what a program does on average once it is warm, from its loads."""
    run = total - heat
    seconds = max(float(run[Load.TIME]), 1.0)
    above_ks = max(float(run[Load.HOTEND_LOSS]), 1.0)
    return Doing(
        moves=True,
        fan=float(run[Load.FAN]) / seconds,
        flow_mm_s=float(run[Load.HOTEND_FLOW]) / above_ks,
        spindle=bool(run[Load.SPINDLE] > 0),
        cut_mm3_s=float(run[Load.CUT]) / seconds,
    )


def live_loads(
    seconds: float, doing: Doing, warmth: dict[str, Warmth], *, ambient_c: float = 20.0
) -> FloatArray:
    """Return the loads of a few seconds; heaters are named as drivers name them."""
    found = np.zeros(COUNT)
    found[Load.TIME] = seconds
    found[Load.MOTORS] = seconds * doing.moves
    found[Load.FAN] = seconds * doing.fan
    found[Load.SPINDLE] = seconds * doing.spindle
    found[Load.CUT] = seconds * doing.cut_mm3_s
    rise_k, above_ks = _heat(seconds, warmth.get("hotend"), ambient_c)
    found[[Load.HOTEND_RISE, Load.HOTEND_LOSS]] = rise_k, above_ks
    found[[Load.HOTEND_FAN_LOSS, Load.HOTEND_FLOW]] = doing.fan * above_ks, doing.flow_mm_s * above_ks
    found[[Load.BED_RISE, Load.BED_LOSS]] = _heat(seconds, warmth.get("bed"), ambient_c)
    return found


def _heat(seconds: float, warmth: Warmth | None, ambient_c: float) -> tuple[float, float]:
    """Return the kelvins risen and the kelvin-seconds above the room; a heater that cools draws nothing."""
    if warmth is None or warmth.target_c <= 0:
        return 0.0, 0.0
    rise_k = warmth.after_c - warmth.before_c
    mean_c = (warmth.after_c + warmth.before_c) / 2
    if mean_c > warmth.target_c + 5.0:
        return 0.0, 0.0
    return rise_k, max(mean_c - ambient_c, 0.0) * seconds
