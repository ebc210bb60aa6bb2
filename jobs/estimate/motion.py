"""How fast each move and each joint between two moves may be on Marlin or GRBL."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from jobs.arrays import BoolArray, FloatArray
from jobs.estimate.limits import Limits
from jobs.estimate.moves import Moves

_STRAIGHT: Final = 0.999999
"""GRBL treats a joint as straight, or as a full reversal, beyond this cosine."""

_SLOWEST: Final = 0.05
"""Floor of speeds (mm/s) and accelerations (mm/s²), so that a feed of 0 is slow and not endless."""


@dataclass(frozen=True, slots=True)
class Speeds:
    """What the machine allows, in squared speeds where the look-ahead wants them.

    Attributes:
        length_mm: (n,) how long each move is.
        cruise_mm_s: (n,) its speed once it is up to it.
        accel_mm_s2: (n,) its acceleration.
        joint_sq: (n + 1,) squared speed through the joint before each move, and after the last one, where
            the machine stands.
    """

    length_mm: FloatArray
    cruise_mm_s: FloatArray
    accel_mm_s2: FloatArray
    joint_sq: FloatArray


def speeds_of(moves: Moves, stop_before: BoolArray, limits: Limits) -> Speeds:
    """Return what the machine allows.

    Args:
        moves: The moves, none of zero length.
        stop_before: Of each move, whether the machine stands still before it (a pause, heating, homing).
        limits: The machine's limits.
    """
    length_mm, unit = _directions(moves)
    share = np.maximum(np.abs(unit), 1e-12)
    cruise = np.maximum(_cruise(moves, share, limits), _SLOWEST)
    accel = np.maximum(_accelerations(moves, share, limits), _SLOWEST)
    if limits.jerk_mm_s is None:
        joint_sq = _joints_by_deviation(unit, limits)
        standing_sq = np.zeros_like(cruise)
    else:
        standing = np.minimum(cruise, _least(limits.jerk_mm_s / share))
        joint_sq = _joints_by_jerk(unit, cruise, standing, limits.jerk_mm_s) ** 2
        standing_sq = standing**2
    entry_sq = np.empty(len(cruise) + 1)
    entry_sq[0], entry_sq[-1] = standing_sq[0], standing_sq[-1]
    entry_sq[1:-1] = np.minimum(joint_sq, np.minimum(cruise[1:], cruise[:-1]) ** 2)
    stands = np.flatnonzero(stop_before[1:]) + 1
    entry_sq[stands] = np.minimum(standing_sq[stands], standing_sq[stands - 1])
    return Speeds(length_mm, cruise, accel, entry_sq)


def _directions(moves: Moves) -> tuple[FloatArray, FloatArray]:
    """Return each move's length (of E alone when nothing else moves) and its way along the axes."""
    travel = np.sqrt(np.einsum("ij,ij->i", moves.delta_mm[:, :3], moves.delta_mm[:, :3]))
    length_mm = np.where(travel > 1e-9, travel, np.abs(moves.delta_mm[:, 3]))
    return length_mm, moves.delta_mm / length_mm[:, None]


def _least(table: FloatArray) -> FloatArray:
    """Return the least of the four axes; much quicker than a reduction over so short a side."""
    x, y, z, e = table.T
    least: FloatArray = np.minimum(np.minimum(x, y), np.minimum(z, e))
    return least


def _cruise(moves: Moves, share: FloatArray, limits: Limits) -> FloatArray:
    """Return the speed wished for within the axes' limits; a rapid of GRBL goes as fast as these allow."""
    allowed = _least(np.where(share > 1e-12, limits.max_mm_s / share, np.inf))
    if limits.jerk_mm_s is None:
        return np.where(moves.rapid, allowed, np.minimum(moves.feed_mm_s, allowed))
    return np.minimum(moves.feed_mm_s, allowed)


def _accelerations(moves: Moves, share: FloatArray, limits: Limits) -> FloatArray:
    """Return each move's acceleration; GRBL knows only the axes' own, Marlin also one a kind of move."""
    allowed = _least(np.where(share > 1e-12, limits.axis_accel_mm_s2 / share, np.inf))
    if limits.jerk_mm_s is None:
        return allowed
    way = np.abs(moves.delta_mm)
    travels = np.maximum(np.maximum(way[:, 0], way[:, 1]), way[:, 2]) > 1e-9
    wished = np.where(way[:, 3] != 0, limits.extruding_mm_s2, limits.travel_mm_s2)
    return np.minimum(np.where(travels, wished, limits.retract_mm_s2), allowed)


def _joints_by_jerk(
    unit: FloatArray, cruise: FloatArray, standing: FloatArray, jerk_mm_s: FloatArray
) -> FloatArray:
    """Return the speed through each joint under Marlin's classic jerk.

    Source: Marlin `planner.cpp`: on a reversal the jump of an axis is the larger speed, not their sum; where
    both sides could stand still faster than the joint allows, the standing speed holds.
    """
    jerk = jerk_mm_s if len(jerk_mm_s) == 1 else jerk_mm_s[1:]
    shared = np.minimum(cruise[1:], cruise[:-1])
    leaving = unit[:-1] * shared[:, None]
    entering = unit[1:] * cruise[1:, None]
    larger = np.maximum(np.abs(leaving), np.abs(entering))
    jump = np.where(leaving * entering < 0, larger, np.abs(leaving - entering))
    joint = shared * np.minimum(1.0, _least(jerk / np.maximum(jump, 1e-12)))
    coasting = (standing[:-1] > 0.99 * joint) & (standing[1:] > 0.99 * joint)
    return np.where(coasting, np.minimum(standing[1:], shared), joint)


def _joints_by_deviation(unit: FloatArray, limits: Limits) -> FloatArray:
    """Return the squared speed through each joint under GRBL's junction deviation.

    Source: GRBL 1.1 `planner.c`.
    """
    cosine = -np.einsum("ij,ij->i", unit[:-1, :3], unit[1:, :3])
    half_sine = np.sqrt(np.clip(0.5 * (1.0 - cosine), 0.0, 1.0))
    turn = unit[1:] - unit[:-1]
    size = np.maximum(np.sqrt(np.einsum("ij,ij->i", turn, turn)), 1e-12)
    share = np.abs(turn / size[:, None])
    with np.errstate(divide="ignore", invalid="ignore"):
        accel = _least(np.where(share > 1e-12, limits.axis_accel_mm_s2[:1] / share, np.inf))
        accel = np.where(np.isfinite(accel), accel, 0.0)
        speed_sq = accel * limits.junction_deviation_mm * half_sine / (1.0 - half_sine)
    speed_sq = np.where(cosine > _STRAIGHT, 0.0, speed_sq)
    limited: FloatArray = np.where(cosine < -_STRAIGHT, np.inf, speed_sq)
    return limited
