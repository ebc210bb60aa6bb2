"""The look-ahead of the firmware: how fast each joint really is, and how long each move takes."""

from typing import Final

import numpy as np

from jobs.arrays import FloatArray
from jobs.estimate.motion import Speeds

MOST_OPEN: Final = 200_000
"""Moves that may wait for what follows; beyond, the machine is taken to stand (only absurd programs do)."""


def look_ahead(limit_sq: FloatArray, gain_sq: FloatArray) -> FloatArray:
    """Return the squared speed at each joint after the backward and the forward pass.

    Braking: w[i] = min(limit[i], w[i+1] + gain[i]), which is min over k ≥ i of limit[k] + G[k] - G[i] with
    G the running sum of the gains; accelerating is its mirror image. So both passes are whole-array steps.
    """
    total = _running(gain_sq)
    braked = np.minimum.accumulate((limit_sq + total)[::-1])[::-1] - total
    braked = np.minimum(braked, limit_sq)
    reached = np.minimum.accumulate(braked - total) + total
    both: FloatArray = np.maximum(np.minimum(reached, braked), 0.0)
    return both


def settled(limit_sq: FloatArray, gain_sq: FloatArray) -> int:
    """Return the last joint that nothing behind the last move can slow down any more."""
    if gain_sq.size > MOST_OPEN:
        return int(gain_sq.size)
    total = _running(gain_sq)
    unhurried = np.minimum.accumulate((limit_sq + total)[-2::-1])[::-1] - total[:-1]
    safe = np.flatnonzero(np.minimum(unhurried, limit_sq[:-1]) <= total[-1] - total[:-1])
    return int(safe[-1]) if safe.size else 0


def gains(speeds: Speeds) -> FloatArray:
    """Return by how much each move can change the squared speed."""
    gain_sq: FloatArray = 2 * speeds.accel_mm_s2 * speeds.length_mm
    return gain_sq


def durations(joint_sq: FloatArray, speeds: Speeds) -> FloatArray:
    """Return each move's seconds: ramp up, cruise, ramp down, with the peak cut where there is no cruise."""
    count = joint_sq.size - 1
    cruise, accel, length_mm = (
        column[:count] for column in (speeds.cruise_mm_s, speeds.accel_mm_s2, speeds.length_mm)
    )
    entry_sq, exit_sq = joint_sq[:-1], joint_sq[1:]
    peak_sq = np.minimum(cruise**2, (2 * accel * length_mm + entry_sq + exit_sq) / 2)
    peak_sq = np.maximum(peak_sq, np.maximum(entry_sq, exit_sq))
    peak = np.sqrt(peak_sq)
    ramps_mm = (2 * peak_sq - entry_sq - exit_sq) / (2 * accel)
    ramps_s = (2 * peak - np.sqrt(entry_sq) - np.sqrt(exit_sq)) / accel
    seconds: FloatArray = ramps_s + np.maximum(length_mm - ramps_mm, 0.0) / peak
    return seconds


def _running(gain_sq: FloatArray) -> FloatArray:
    return np.concatenate(([0.0], np.cumsum(gain_sq)))
