"""The virtual mill's body: it carries out actions one after the other, with axes and a spindle."""

import math
from collections import deque
from collections.abc import Callable
from typing import Final, assert_never

from drivers.grbl.sim_gcode import Action, Dwell, Interpreter, Move, ProgramEnd, Spindle
from drivers.grbl.sim_memory import Memory
from drivers.grbl.sim_motion import Motion
from drivers.simulator import BlackBox

ELECTRONICS_W: Final = 4.0
MOTORS_W: Final = 18.0
SPINDLE_W: Final = 22.0
CUTTING_W: Final = 8.0
"""What cutting adds while the tool feeds below the work's surface; an assumption for plywood."""


class Body:
    """Axes and spindle; `soft_limit` is called when a move would leave the room."""

    def __init__(
        self, memory: Memory, black_box: BlackBox, say: Callable[[str], None], soft_limit: Callable[[], None]
    ) -> None:
        self.motion = Motion(memory.limits)
        self.gcode = Interpreter(g54=memory.g54, arc_tolerance_mm=memory.settings[12])
        self.actions: deque[Action] = deque()
        self.spindle_rpm = 0.0
        self.spindle_changed = False
        self._memory = memory
        self._black_box = black_box
        self._say = say
        self._soft_limit = soft_limit
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
        self._dwell_s = math.inf

    def turn_spindle(self, rpm: float) -> None:
        """Switch the spindle at once; 0 is off."""
        if rpm != self.spindle_rpm:
            self.spindle_rpm = rpm
            self.spindle_changed = True
            self._black_box.record(self._now_s, "spindle", rpm=rpm)

    def act(self) -> bool:
        """Carry out the first action if nothing blocks it."""
        action = self.actions[0]
        if isinstance(action, Move):
            return self._act_move(action)
        if self.motion.blocks:
            return False
        match action:
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

    def _act_move(self, move: Move) -> bool:
        if self._memory.outside(move.target):
            self.motion.holding = True
            if self.motion.moving:
                return False
            self._soft_limit()
            return True
        if not self.motion.free:
            return False
        self.motion.plan(move.target, None if self._memory.is_instant else move.feed_mm_s)
        self.actions.popleft()
        return True
