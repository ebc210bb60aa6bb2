"""One jog by hand, as short `$J=` lines: a step, or as far as a finger stays on a button.

Source: GRBL 1.1 doc/markdown/jogging.md: a jog changes no modes, 0x85 stops it and empties the planner.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from drivers.byhand import Axis, HandReason
from drivers.grbl import codes
from drivers.grbl.events import Ending, Failed, Finished, HandRefused, Verdict
from drivers.grbl.lookout import Lookout
from drivers.grbl.replies import Noise, Ok, Refusal, Status

SEGMENT_S: Final = 0.1
AHEAD_S: Final = 0.2
"""So much of the way is with the mill in advance: what it still moves if this computer dies."""
BEAT_S: Final = 0.3
"""A finger that was not heard of for so long has left."""
BRAKE_S: Final = 0.15
"""A held jog is so slow that the axis stands still within this time."""
FASTEST_MM_MIN: Final = 1000.0
RATE, ACCELERATION = 110, 120
"""Of GRBL's settings, for X; Y and Z follow."""
TRAVEL_EXCEEDED: Final = 15


class Stage(StrEnum):
    """How far a jog is."""

    WAITING = "waiting"
    MOVING = "moving"
    STOPPING = "stopping"


@dataclass(frozen=True, slots=True)
class Way:
    """An axis, how far along it with its sign, and how fast; a held way ends with the finger."""

    axis: Axis
    by_mm: float
    feed_mm_min: float
    held: bool


def step(axis: Axis, by_mm: float, settings: Mapping[int, float]) -> Way:
    """One step at a speed that the eye follows."""
    rate = settings.get(RATE + list(Axis).index(axis), FASTEST_MM_MIN)
    return Way(axis, by_mm, min(rate, FASTEST_MM_MIN), held=False)


def hold(axis: Axis, sign: int, settings: Mapping[int, float]) -> Way:
    """So slowly that it stands at once; how far is found when it begins."""
    index = list(Axis).index(axis)
    accel_mm_s2 = settings.get(ACCELERATION + index, 10.0)
    feed_mm_min = min(settings.get(RATE + index, FASTEST_MM_MIN), 60 * accel_mm_s2 * BRAKE_S, FASTEST_MM_MIN)
    return Way(axis, float(sign), feed_mm_min, held=True)


class Jog:
    """Lets one line out at a time, a little ahead of the tool, and says how it ends."""

    def __init__(self, way: Way, room_mm: float, now_s: float) -> None:
        self._way = way
        self._room_mm = room_mm
        self._stage = Stage.WAITING
        self._begun_s = math.inf
        self._beat_s = now_s
        self._sent_mm = 0.0
        self._unanswered = False
        self._stop_again = False

    @property
    def deadline_s(self) -> float:
        """When the finger counts as gone, or the next line is due."""
        if not self._way.held or self._stage is Stage.STOPPING:
            return math.inf
        ends_s = self._beat_s + BEAT_S
        return min(ends_s, self._due_s) if self._stage is Stage.MOVING and not self._unanswered else ends_s

    def beat(self, now_s: float) -> None:
        """The finger is still there."""
        self._beat_s = now_s

    def is_left(self, now_s: float) -> bool:
        """Whether the finger has gone and nothing was done about it yet."""
        return self._way.held and self._stage is not Stage.STOPPING and now_s >= self._beat_s + BEAT_S

    def stop(self) -> None:
        """0x85 goes out: a line that lies unread in the mill would move it again."""
        self._stop_again = self._unanswered
        self._stage = Stage.STOPPING

    def take(self, now_s: float) -> bytes:
        """Return the next line if it is due."""
        rest_mm = abs(self._way.by_mm) - self._sent_mm
        if self._stage is not Stage.MOVING or self._unanswered or rest_mm < 0.001 or now_s < self._due_s:
            return b""
        piece_mm = min(rest_mm, self._mm_s * SEGMENT_S) if self._way.held else rest_mm
        self._sent_mm += piece_mm
        self._unanswered = True
        letter = self._way.axis.upper().encode()
        signed_mm = math.copysign(piece_mm, self._way.by_mm)
        return b"$J=G91G21%b%.3fF%.0f\n" % (letter, signed_mm, self._way.feed_mm_min)

    def hear(self, answer: Ok | Refusal | Noise) -> Verdict | bool:
        """Take an answer: how the jog ends by it, or whether 0x85 has to go out once more."""
        match answer:
            case Ok():
                self._unanswered = False
                again, self._stop_again = self._stop_again, False
                return again
            case Refusal(code) if code == TRAVEL_EXCEEDED and self._way.held:
                self._unanswered, self._stage = False, Stage.STOPPING
                return True
            case Refusal(code) if code == TRAVEL_EXCEEDED:
                return HandRefused(HandReason.OUTSIDE)
            case Refusal(code):
                return Failed(Ending.FAULT, codes.explain_error(code, "$J="))
            case Noise():
                return Failed(Ending.INTERRUPTED, codes.explain_noise(1))

    def judge(self, status: Status, lookout: Lookout, now_s: float) -> Verdict | None:
        """Say what a report means for it."""
        match self._stage:
            case Stage.WAITING if lookout.fresh and status.state == "Idle":
                return self._begin(lookout, now_s)
            case Stage.WAITING:
                return None
            case _ if self._unanswered or status.state not in {"Idle", "Jog", "Run", "Hold"}:
                return None
            case _ if status.state == "Idle" and lookout.resting and self._is_over:
                return Finished()
            case _:
                return None

    def _begin(self, lookout: Lookout, now_s: float) -> Verdict | None:
        if lookout.machine is None:
            return HandRefused(HandReason.NO_PLACE)
        way, reach, at = self._way, lookout.reach, lookout.machine
        if way.held:
            left_mm = reach.left_mm(way.axis, 1 if way.by_mm > 0 else -1, at, self._room_mm)
            self._way = way = replace(way, by_mm=math.copysign(left_mm, way.by_mm))
        elif not reach.allows(way.axis, way.by_mm, at, self._room_mm):
            return HandRefused(HandReason.OUTSIDE)
        self._stage, self._begun_s = Stage.MOVING, now_s
        return None

    @property
    def _is_over(self) -> bool:
        return self._stage is Stage.STOPPING or self._sent_mm >= abs(self._way.by_mm) - 0.001

    @property
    def _mm_s(self) -> float:
        return self._way.feed_mm_min / 60

    @property
    def _due_s(self) -> float:
        """A line is due when what was sent before it lasts for no longer than AHEAD_S."""
        return self._begun_s + self._sent_mm / self._mm_s - AHEAD_S if self._sent_mm else -math.inf
