"""The virtual mill's body: it carries out actions one after the other, with axes and a spindle."""

import math
from collections import deque
from collections.abc import Callable
from typing import Final, assert_never

from drivers.grbl.sim_gcode import Action, Dwell, Interpreter, Move, Offset, ProgramEnd, Spindle, Touch
from drivers.grbl.sim_memory import Memory
from drivers.grbl.sim_motion import Motion, Vector
from drivers.simulator import BlackBox

SOFT_LIMIT, PROBE_FIRST, PROBE_MISSED = 2, 4, 5
ELECTRONICS_W: Final = 4.0
MOTORS_W: Final = 18.0
SPINDLE_W: Final = 22.0
CUTTING_W: Final = 8.0
"""What cutting adds while the tool feeds below the work's surface; an assumption for plywood."""


class Body:
    """Axes and spindle; `alarm` is called with GRBL's number of what went wrong."""

    def __init__(
        self, memory: Memory, black_box: BlackBox, say: Callable[[str], None], alarm: Callable[[int], None]
    ) -> None:
        self.motion = Motion(memory.limits)
        self.gcode = Interpreter(g54=memory.g54, arc_tolerance_mm=memory.settings[12])
        self.actions: deque[Action] = deque()
        self.spindle_rpm = 0.0
        self.has_news = False
        self._memory = memory
        self._black_box = black_box
        self._say = say
        self._alarm = alarm
        self._touched: Vector | None = None
        self._now_s = 0.0
        self._dwell_s = math.inf
        self._at_rest = True

    @property
    def power_w(self) -> float:
        """Electronics, motors while they turn, the spindle and what it cuts, in watts."""
        idle_w = ELECTRONICS_W + MOTORS_W * self.motion.moving + SPINDLE_W * bool(self.spindle_rpm)
        return idle_w + CUTTING_W * self._cutting

    @property
    def _cutting(self) -> bool:
        below = self.motion.position[2] < self._memory.g54[2]
        return bool(self.spindle_rpm) and self.motion.feeding and below

    @property
    def idle(self) -> bool:
        """Whether nothing is left to do."""
        return not self.motion.blocks and not self.actions

    def next_event_s(self) -> float:
        """Return the instant at which a block, a hold or a dwell ends."""
        return min(self.motion.next_event_s(), self._dwell_s)

    def live(self, now_s: float) -> None:
        """Move on to an instant no later than `next_event_s`."""
        self._now_s = now_s
        self.motion.live(now_s)
        if self._dwell_s <= now_s:
            self._dwell_s = math.inf
            self.actions.popleft()

    def lose_position(self, now_s: float) -> None:
        """Start again from zero, as after a power cycle."""
        self.motion = Motion(self._memory.limits)
        self.motion.live(now_s)

    def note_rest(self) -> None:
        """Record where the axes came to rest."""
        resting = not self.motion.blocks
        if resting and not self._at_rest:
            x, y, z = (round(value, 4) for value in self.motion.position)
            self._black_box.record(self._now_s, "idle", x=x, y=y, z=z)
        self._at_rest = resting

    def drop(self) -> None:
        """Stop where the tool is and forget what was to do."""
        self.motion.abort()
        self.note_rest()
        self.gcode.position = self.motion.position
        self.actions.clear()
        self._touched = None
        self._dwell_s = math.inf

    def turn_spindle(self, rpm: float) -> None:
        """Switch the spindle at once; 0 is off."""
        if rpm != self.spindle_rpm:
            self.spindle_rpm = rpm
            self.has_news = True
            self._black_box.record(self._now_s, "spindle", rpm=rpm)

    def act(self) -> bool:
        """Carry out the first action if nothing blocks it."""
        action = self.actions[0]
        if isinstance(action, Move):
            return self._act_move(action)
        if self.motion.blocks:
            return False
        return self._touch(action) if isinstance(action, Touch) else self._act_still(action)

    def _act_still(self, action: Offset | Dwell | Spindle | ProgramEnd) -> bool:
        """Do what needs standing axes."""
        match action:
            case Offset():
                self._memory.g54 = self.gcode.g54 = action.g54
                self.has_news = True  # as GRBL's system_flag_wco_change: the next report tells it
            case Dwell():
                if self._dwell_s == math.inf:
                    self._dwell_s = self._now_s + action.duration_s
                return False
            case Spindle():
                self.turn_spindle(action.rpm)
            case ProgramEnd():
                self.turn_spindle(0.0)
                self._say("[MSG:Pgm End]")
                x, y, z = (round(value, 4) for value in self.motion.position)
                self._black_box.record(self._now_s, "end", x=x, y=y, z=z)
            case _:
                assert_never(action)
        self.actions.popleft()
        return True

    def _touch(self, touch: Touch) -> bool:
        """Feel downwards: the tool stops a little below where it touched. Source: GRBL 1.1 mc_probe_cycle."""
        plate_mm, at = self._memory.plate_mm, self.motion.position
        if self._touched is None:
            if plate_mm is not None and at[2] <= plate_mm:
                self._alarm(PROBE_FIRST)
                return True
            hits = plate_mm is not None and touch.target[2] <= plate_mm
            over_mm = touch.feed_mm_s**2 / (2 * self.motion.limits.accel_mm_s2)
            end = (*touch.target[:2], plate_mm - over_mm) if hits and plate_mm is not None else touch.target
            self._touched = end
            self.motion.plan(end, touch.feed_mm_s)
            return False
        end, self._touched = self._touched, None
        self.gcode.position = end
        hit = end != touch.target
        self._say(f"[PRB:{end[0]:.3f},{end[1]:.3f},{plate_mm if hit else end[2]:.3f}:{int(hit)}]")
        self._black_box.record(self._now_s, "probe", hit=hit)
        self.actions.popleft()
        if not hit:
            self._alarm(PROBE_MISSED)
        return True

    def _act_move(self, move: Move) -> bool:
        if self._memory.outside(move.target):
            self.motion.holding = True
            if self.motion.moving:
                return False
            self._alarm(SOFT_LIMIT)
            return True
        if not self.motion.free:
            return False
        self.motion.plan(move.target, None if self._memory.is_instant else move.feed_mm_s)
        self.actions.popleft()
        return True
