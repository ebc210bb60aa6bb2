"""The virtual GRBL 1.1h mill: the machine's side of the wire."""

import math
from typing import Final

from drivers.grbl.sim_body import Body
from drivers.grbl.sim_commands import Mode, answer, state_name, status
from drivers.grbl.sim_gcode import Action, GcodeError
from drivers.grbl.sim_memory import Faults, Memory
from drivers.grbl.sim_motion import Vector
from drivers.grbl.sim_wire import Receiver
from drivers.simulator import BlackBox

BOOT_S: Final = 0.3
ALARM_PAUSE_S: Final = 0.5
"""GRBL waits this long after it has said ALARM, deaf to a reset. Source: report.c, protocol.c."""
SPINDLE_RESTORE_S: Final = 4.0
"""SAFETY_DOOR_SPINDLE_DELAY. Source: GRBL 1.1 config.h."""


class VirtualGrbl:
    """A homeless 3018-class mill on an Arduino Uno, driven by bytes and an injected clock.

    The black box gets `rx`, `exec` (a line taken by the planner), `spindle`, `reset`, `fault`, `unlock`,
    `idle` (the axes came to rest, with the position) and `end` (M2, with the position).
    """

    def __init__(
        self, black_box: BlackBox, memory: Memory | None = None, faults: Faults | None = None
    ) -> None:
        self.black_box = black_box
        self.memory = memory or Memory()
        self.faults = faults or Faults()
        self.door_open = False
        self.silent = False
        self._now_s = 0.0
        self._mode = Mode.NORMAL
        self._body = Body(self.memory, black_box, self._say, lambda: self._alarm(2))
        self._receiver = Receiver()
        self._output = bytearray()
        self._line: str | None = None
        self._lines = 0
        self._boot_s = self._critical_s = self._restore_s = math.inf
        self._critical = False
        self._resume_rpm = 0.0
        self._reports = 0

    @property
    def power_w(self) -> float:
        """Electrical DC power drawn now, in watts; see `Body.power_w`."""
        return self._body.power_w

    @property
    def spindle_rpm(self) -> float:
        """Speed of the spindle, 0 when it is off."""
        return self._body.spindle_rpm

    @property
    def motion_left(self) -> bool:
        """Whether moves are planned or under way."""
        return bool(self._body.motion.blocks)

    @property
    def state(self) -> str:
        """The state as `?` tells it."""
        moving, restoring = self._body.motion.moving, self._restore_s < math.inf
        return state_name(self._mode, moving=moving, restoring=restoring, door_open=self.door_open)

    @property
    def position(self) -> Vector:
        """Machine position in mm."""
        return self._body.motion.position

    def opened(self, now_s: float) -> None:
        """Start again, as an Uno does when its port is opened: even the position is lost."""
        self._live(now_s)
        self._record("reset", cause="port opened")
        self._body.lose_position(now_s)
        self._mode = Mode.ALARM if self.faults.alarm_at_boot or self.memory.settings[22] else Mode.NORMAL
        self._output.clear()
        self._restart(now_s + BOOT_S)

    def receive(self, data: bytes, now_s: float) -> None:
        """Take bytes that have fully arrived on the wire."""
        self._live(now_s)
        self._record("rx", data=data.decode("latin-1"))
        realtime, lost = self._receiver.take(data)
        if lost:
            self._record("fault", what="receive buffer overflow", lost=lost)
        for byte in realtime:
            self._obey(byte)
        self._live(now_s)

    def advance(self, now_s: float) -> bytes:
        """Live up to `now_s` and return what the machine says meanwhile."""
        self._live(now_s)
        said = bytes(self._output)
        self._output.clear()
        return b"" if self.silent else said

    def hit_limit_switch(self) -> None:
        """Press a limit switch now."""
        self._record("fault", what="limit switch")
        self._alarm(1)

    def _record(self, kind: str, **facts: object) -> None:
        self.black_box.record(self._now_s, kind, **facts)

    def _say(self, *lines: str) -> None:
        for line in lines:
            self._output += line.encode() + b"\r\n"

    # --- time ---

    def _live(self, now_s: float) -> None:
        """Pass every event up to an instant in its order."""
        self._work()
        while (event_s := self._next_event_s()) <= now_s:
            self._now_s = max(event_s, self._now_s)
            self._body.live(self._now_s)
            self._timers()
            self._work()
        self._now_s = max(now_s, self._now_s)
        self._body.live(self._now_s)

    def _next_event_s(self) -> float:
        return min(self._body.next_event_s(), self._boot_s, self._critical_s, self._restore_s)

    def _timers(self) -> None:
        if self._boot_s <= self._now_s:
            self._boot_s = math.inf
            self._greet()
        if self._critical_s <= self._now_s:
            self._critical_s = math.inf
            self._say("[MSG:Reset to continue]")
        if self._restore_s <= self._now_s:
            self._restore_s = math.inf
            self._go_on()
        if self._mode is Mode.DOOR and not self._body.motion.moving and self._restore_s == math.inf:
            self._body.turn_spindle(0.0)

    # --- realtime bytes ---

    def _obey(self, byte: int) -> None:
        match byte:
            case 0x18:
                self._reset()
            case 0x3F if not self._critical and self._boot_s == math.inf:
                self._say(self._status())
            case 0x21 if self._mode is Mode.NORMAL:
                self._mode, self._body.motion.holding = Mode.HOLD, True
            case 0x7E:
                self._cycle_start()
            case 0x84 if self._mode in {Mode.NORMAL, Mode.HOLD}:
                self._mode, self._body.motion.holding, self._resume_rpm = (
                    Mode.DOOR,
                    True,
                    self._body.spindle_rpm,
                )
                self._timers()
            case _:
                self._record("realtime", byte=byte)

    def _cycle_start(self) -> None:
        """Go on from a complete hold; `~` is ignored before that, and while the door is open."""
        if self._body.motion.moving or self._restore_s < math.inf:
            return
        if self._mode is Mode.HOLD:
            self._go_on()
        elif self._mode is Mode.DOOR and not self.door_open:
            self._body.turn_spindle(self._resume_rpm)
            self._restore_s = self._now_s + (SPINDLE_RESTORE_S if self._resume_rpm else 0.0)

    def _go_on(self) -> None:
        self._mode, self._body.motion.holding = Mode.NORMAL, False

    def _reset(self) -> None:
        """Soft reset: it stops the axes at once, which costs an alarm while they turn."""
        if self._critical_s < math.inf or self._boot_s < math.inf:
            self._record("fault", what="reset swallowed")
            return
        moving = self._body.motion.moving
        self._record("reset", cause="0x18", moving=moving)
        if moving:
            self._say("ALARM:3")
        self._mode = Mode.ALARM if moving or self._mode is Mode.ALARM else Mode.NORMAL
        self._restart(self._now_s + (ALARM_PAUSE_S if moving else 0.0))

    def _restart(self, boot_s: float) -> None:
        self._body.drop()
        self._line, self._restore_s = None, math.inf
        self._body.turn_spindle(0.0)
        self._receiver.clear()
        self._body.gcode.reset()
        self._critical, self._critical_s, self._boot_s, self._lines = False, math.inf, boot_s, 0

    def _greet(self) -> None:
        self._receiver.clear()
        self._reports = 0
        self._say("", "Grbl 1.1h ['$' for help]")
        if self._mode is Mode.ALARM:
            self._say("[MSG:'$H'|'$X' to unlock]")
            return
        for line in filter(None, self.memory.start_lines):
            self._body.actions.extend(self._body.gcode.execute(line))
            self._say(f">{line}:ok")

    def _alarm(self, code: int) -> None:
        self._record("fault", what=f"ALARM:{code}")
        self._say(f"ALARM:{code}")
        self._mode = Mode.ALARM
        self._body.drop()
        self._line, self._restore_s = None, math.inf
        if code in {1, 2}:
            self._body.turn_spindle(0.0)
            self._receiver.clear()
            self._critical, self._critical_s = True, self._now_s + ALARM_PAUSE_S

    # --- main loop ---

    def _work(self) -> None:
        """Take lines and actions until something blocks."""
        while self._boot_s == math.inf and not self._critical and self._mode not in {Mode.HOLD, Mode.DOOR}:
            if self._body.actions:
                if not self._body.act():
                    break
            elif self._line is not None:
                self._acknowledge(self._line)
            elif (taken := self._receiver.next_line()) is not None:
                self._take_line(*taken)
            else:
                break
        self._body.note_rest()

    def _acknowledge(self, line: str) -> None:
        self._record("exec", line=line, n=self._lines)
        self._line = None
        if self._lines not in self.faults.lost_oks:
            self._say("ok")
        if self._lines == self.faults.limit_switch_from_line:
            self.hit_limit_switch()

    def _take_line(self, line: str, too_long: bool) -> None:  # noqa: FBT001 - a pair from the receiver
        if line.startswith("$"):
            self._take_command(line)
            return
        if not line:
            self._say("ok")
            return
        self._lines += 1
        if self.faults.silent_from_line is not None and self._lines >= self.faults.silent_from_line:
            self.silent = True
        if self._lines in self.faults.alarms:
            self._alarm(self.faults.alarms[self._lines])
            return
        try:
            actions = self._read(line, too_long=too_long)
        except GcodeError as error:
            self._record("fault", what=str(error), line=line)
            self._say(str(error))
            return
        self._line = line
        self._body.actions.extend([] if self._mode is Mode.CHECK else actions)

    def _read(self, line: str, *, too_long: bool) -> list[Action]:
        """Return what a line asks for, or raise the error it meets."""
        if too_long:
            raise GcodeError(11)
        if self._mode is Mode.ALARM:
            raise GcodeError(9)
        if self._lines in self.faults.errors:
            raise GcodeError(self.faults.errors[self._lines])
        return self._body.gcode.execute(line)

    def _take_command(self, line: str) -> None:
        idle = self._mode is Mode.NORMAL and self._body.idle
        alarm, check = self._mode is Mode.ALARM, self._mode is Mode.CHECK
        reply = answer(line, self.memory, self._body.gcode, idle=idle, alarm=alarm, check=check)
        if reply.unlock:
            self._record("unlock", line=line)
            self._mode = Mode.NORMAL
        self._say(*reply.lines, f"error:{reply.code}" if reply.code else "ok")
        if reply.check:
            self._mode = Mode.CHECK
            if check:
                self._reset()

    def _status(self) -> str:
        if self._body.spindle_changed:
            self._body.spindle_changed, self._reports = False, 0
        count, self._reports = self._reports, self._reports + 1
        free = self._receiver.free
        return status(
            self.state, self._body.motion, self.memory, rx_free=free, rpm=self.spindle_rpm, count=count
        )
