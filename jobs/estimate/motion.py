"""The look-ahead motion planner: how long each move takes on Marlin or GRBL."""

from typing import Final

import numpy as np

from jobs.arrays import BoolArray, FloatArray
from jobs.estimate.moves import Moves
from jobs.machines import Motion

_STRAIGHT: Final = 0.999999
"""GRBL treats a joint as straight, or as a full reversal, beyond this cosine."""

_SLOWEST: Final = 0.05
"""Floor of speeds (mm/s) and accelerations (mm/s²), so that a feed of 0 is slow and not endless."""


def move_times(moves: Moves, stop_before: BoolArray, motion: Motion) -> FloatArray:
    """Return the seconds each move takes.

    The whole program is one look-ahead: what the backward and forward passes of the firmware reach is, in
    squared speeds, a running minimum, so both passes are whole-array steps.

    Args:
        moves: The moves, none of zero length.
        stop_before: Of each move, whether the machine stands still before it (a pause, heating, homing).
        motion: The machine's limits.
    """
    if not moves.line.size:
        return np.empty(0)
    length_mm, unit = _directions(moves)
    nominal = np.maximum(_nominal_speeds(moves, unit, motion), _SLOWEST)
    accel = np.maximum(_accelerations(moves, unit, motion), _SLOWEST)
    if motion.jerk_mm_s is None:
        joint_sq = _joints_by_deviation(unit, motion) if len(nominal) > 1 else np.empty(0)
        standing_sq = np.zeros_like(nominal)
    else:
        jerk = np.array(motion.jerk_mm_s)
        joint_sq = _joints_by_jerk(unit, nominal, jerk) ** 2
        standing_sq = _standing_speeds(unit, nominal, jerk) ** 2
    entry_sq = np.empty(len(nominal) + 1)
    entry_sq[0], entry_sq[-1] = standing_sq[0], standing_sq[-1]
    entry_sq[1:-1] = np.minimum(joint_sq, np.minimum(nominal[1:], nominal[:-1]) ** 2)
    stands = np.flatnonzero(stop_before[1:]) + 1
    entry_sq[stands] = np.minimum(standing_sq[stands], standing_sq[stands - 1])
    return _trapezoids(_look_ahead(entry_sq, 2 * accel * length_mm), nominal, accel, length_mm)


def _directions(moves: Moves) -> tuple[FloatArray, FloatArray]:
    """Return each move's length (of E alone when nothing else moves) and its way along the axes."""
    travel = np.sqrt(np.einsum("ij,ij->i", moves.delta_mm[:, :3], moves.delta_mm[:, :3]))
    length_mm = np.where(travel > 1e-9, travel, np.abs(moves.delta_mm[:, 3]))
    return length_mm, moves.delta_mm / length_mm[:, None]


def _axis_limit(limit: tuple[float, float, float, float], unit: FloatArray) -> FloatArray:
    """Return the largest value along each move that overloads no axis."""
    share = np.abs(unit)
    with np.errstate(divide="ignore", invalid="ignore"):
        largest: FloatArray = np.min(np.where(share > 1e-12, np.array(limit) / share, np.inf), axis=1)
    return largest


def _nominal_speeds(moves: Moves, unit: FloatArray, motion: Motion) -> FloatArray:
    """Return the speed wished for within the axes' limits; a rapid of GRBL goes as fast as these allow."""
    allowed = _axis_limit(motion.max_mm_s, unit)
    if motion.jerk_mm_s is None:
        return np.where(moves.rapid, allowed, np.minimum(moves.feed_mm_s, allowed))
    return np.minimum(moves.feed_mm_s, allowed)


def _accelerations(moves: Moves, unit: FloatArray, motion: Motion) -> FloatArray:
    """Return each move's acceleration; GRBL knows only the axes' own, Marlin also one a kind of move."""
    allowed = _axis_limit(motion.axis_accel_mm_s2, unit)
    if motion.jerk_mm_s is None:
        return allowed
    extrudes = moves.delta_mm[:, 3] != 0
    travels = np.abs(moves.delta_mm[:, :3]).max(axis=1) > 1e-9
    wished = np.where(extrudes, motion.accel_mm_s2, motion.travel_accel_mm_s2)
    return np.minimum(np.where(travels, wished, motion.retract_accel_mm_s2), allowed)


def _standing_speeds(unit: FloatArray, nominal: FloatArray, jerk: FloatArray) -> FloatArray:
    """Return the speed each move may start at, or stop from, without a ramp."""
    speed = np.maximum(np.abs(unit) * nominal[:, None], 1e-12)
    standing: FloatArray = nominal * np.minimum(1.0, np.min(jerk / speed, axis=1))
    return standing


def _joints_by_jerk(unit: FloatArray, nominal: FloatArray, jerk: FloatArray) -> FloatArray:
    """Return the speed through each joint under Marlin's classic jerk.

    Source: Marlin `planner.cpp`: on a reversal the jump of an axis is the larger speed, not their sum; where
    both sides could stand still faster than the joint allows, the standing speed holds.
    """
    shared = np.minimum(nominal[1:], nominal[:-1])
    leaving = unit[:-1] * shared[:, None]
    entering = unit[1:] * nominal[1:, None]
    reversal = leaving * entering < 0
    larger = np.maximum(np.abs(leaving), np.abs(entering))
    jump = np.where(reversal, larger, np.abs(leaving - entering))
    joint = shared * np.minimum(1.0, np.min(jerk / np.maximum(jump, 1e-12), axis=1))
    standing = _standing_speeds(unit, nominal, jerk)
    coasting = (standing[:-1] > 0.99 * joint) & (standing[1:] > 0.99 * joint)
    return np.where(coasting, np.minimum(standing[1:], shared), joint)


def _joints_by_deviation(unit: FloatArray, motion: Motion) -> FloatArray:
    """Return the squared speed through each joint under GRBL's junction deviation.

    Source: GRBL 1.1 `planner.c`.
    """
    cosine = -np.einsum("ij,ij->i", unit[:-1, :3], unit[1:, :3])
    half_sine = np.sqrt(np.clip(0.5 * (1.0 - cosine), 0.0, 1.0))
    turn = unit[1:] - unit[:-1]
    size = np.maximum(np.sqrt(np.einsum("ij,ij->i", turn, turn)), 1e-12)
    accel = _axis_limit(motion.axis_accel_mm_s2, turn / size[:, None])
    accel = np.where(np.isfinite(accel), accel, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        speed_sq = accel * motion.junction_deviation_mm * half_sine / (1.0 - half_sine)
    speed_sq = np.where(cosine > _STRAIGHT, 0.0, speed_sq)
    limited: FloatArray = np.where(cosine < -_STRAIGHT, np.inf, speed_sq)
    return limited


def _look_ahead(limit_sq: FloatArray, gain_sq: FloatArray) -> FloatArray:
    """Return the squared speed at each joint after the backward and the forward pass.

    Braking: w[i] = min(limit[i], w[i+1] + gain[i]), which is min over k ≥ i of limit[k] + G[k] - G[i] with
    G the running sum of the gains; accelerating is its mirror image.
    """
    total = np.concatenate(([0.0], np.cumsum(gain_sq)))
    braked = np.minimum.accumulate((limit_sq + total)[::-1])[::-1] - total
    braked = np.minimum(braked, limit_sq)
    reached = np.minimum.accumulate(braked - total) + total
    both: FloatArray = np.maximum(np.minimum(reached, braked), 0.0)
    return both


def _trapezoids(
    joint_sq: FloatArray, nominal: FloatArray, accel: FloatArray, length_mm: FloatArray
) -> FloatArray:
    """Return each move's seconds: ramp up, cruise, ramp down, with the peak cut where there is no cruise."""
    entry_sq, exit_sq = joint_sq[:-1], joint_sq[1:]
    peak_sq = np.minimum(nominal**2, (2 * accel * length_mm + entry_sq + exit_sq) / 2)
    peak_sq = np.maximum(peak_sq, np.maximum(entry_sq, exit_sq))
    peak = np.sqrt(peak_sq)
    ramps_mm = (2 * peak_sq - entry_sq - exit_sq) / (2 * accel)
    ramps_s = (2 * peak - np.sqrt(entry_sq) - np.sqrt(exit_sq)) / accel
    seconds: FloatArray = ramps_s + np.maximum(length_mm - ramps_mm, 0.0) / peak
    return seconds
