"""The virtual mill, GRBL 1.1h or grblHAL: the machine's side of the wire."""

import math
from typing import Final

from drivers.grbl import sim_reader
from drivers.grbl.sim_body import Body
from drivers.grbl.sim_commands import Mode, Standing, state_name, status
from drivers.grbl.sim_faults import Faults, Mouth
from drivers.grbl.sim_memory import Memory
from drivers.grbl.sim_motion import Vector
from drivers.grbl.sim_reader import Reader
from drivers.grbl.sim_wire import Receiver
from drivers.simulator import BlackBox

BOOT_S: Final = 0.3
HOMING_REQUIRED: Final = 11
ALARM_PAUSE_S: Final = 0.5
"""GRBL waits this long after it has said ALARM, deaf to a reset. Source: report.c, protocol.c."""
SPINDLE_RESTORE_S: Final = 4.0
"""SAFETY_DOOR_SPINDLE_DELAY. Source: GRBL 1.1 config.h."""


class VirtualGrbl:
    """A homeless 3018-class mill on an Arduino Uno, driven by bytes and an injected clock.

    The black box gets `rx`, `exec` (a line taken by the planner), `checked` (a line read in a dry run),
    `spindle`, `reset`, `fault`, `unlock`, `idle` (the axes came to rest, with the position) and `end` (M2,
    with the position).
    """

    def __init__(
        self, black_box: BlackBox, memory: Memory | None = None, faults: Faults | None = None
    ) -> None:
        self.black_box = black_box
        self.memory = memory or Memory()
        self.faults = faults or Faults()
        self.door_open = False
        self._standing = Standing()
        self._mouth = Mouth(self.faults)
        self._body = Body(self.memory, black_box, self._mouth.say, self._alarm)
        self._receiver = Receiver(self.memory.firmware.rx_bytes)
        self._reader = Reader(
            self._standing,
            self.memory,
            self._body,
            receiver=self._receiver,
            mouth=self._mouth,
            faults=self.faults,
            black_box=black_box,
            interrupt=self._interrupt,
        )
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
        return state_name(self._standing, moving=moving, restoring=restoring, door_open=self.door_open)

    @property
    def position(self) -> Vector:
        """Machine position in mm."""
        return self._body.motion.position

    def opened(self, now_s: float) -> None:
        """Start again, as an Uno does when its port is opened: even the position is lost."""
        self._live(now_s)
        if self.memory.resets_on_open:
            self._power_up("port opened")

    def _power_up(self, cause: str) -> None:
        self._record("reset", cause=cause)
        self._body.lose_position(self._standing.now_s)
        locked = self.faults.alarm_at_boot or bool(self.memory.settings[22])
        self._stand(Mode.ALARM if locked else Mode.NORMAL, HOMING_REQUIRED)
        self._mouth.forget()
        self._restart(self._standing.now_s + BOOT_S)

    def _stand(self, mode: Mode, alarm: int = 0) -> None:
        substates = mode is Mode.ALARM and self.memory.firmware.alarm_substates
        self._standing.mode, self._standing.alarm = mode, alarm if substates else 0

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
        return self._mouth.take()

    def next_s(self) -> float:
        """When the machine will act of its own accord."""
        return self._next_event_s()

    def fall_silent(self) -> None:
        """Say nothing any more."""
        self._mouth.silent = True

    def open_door(self) -> None:
        """Open the door now: its switch does what 0x84 does."""
        self.door_open = True
        self._record("fault", what="door opened")
        self._safety_door()

    def hit_limit_switch(self) -> None:
        """Press a limit switch now."""
        self._record("fault", what="limit switch")
        self._alarm(1)

    def _record(self, kind: str, **facts: object) -> None:
        self.black_box.record(self._standing.now_s, kind, **facts)

    # --- time ---

    def _live(self, now_s: float) -> None:
        """Pass every event up to an instant in its order."""
        self._work()
        while (event_s := self._next_event_s()) <= now_s:
            self._standing.now_s = max(event_s, self._standing.now_s)
            self._body.live(self._standing.now_s)
            self._timers()
            self._work()
        self._standing.now_s = max(now_s, self._standing.now_s)
        self._body.live(self._standing.now_s)
        self._timers()  # a hold may be complete a rounding error before its event

    def _next_event_s(self) -> float:
        return min(self._body.next_event_s(), self._boot_s, self._critical_s, self._restore_s)

    def _end_jog(self) -> None:
        """A jog is over when the axes stand; one that was cancelled leaves nothing planned."""
        if self._standing.jog_ends and not self._body.motion.moving:
            self._body.drop()
        if self._body.idle and self._standing.mode is Mode.JOG:
            self._standing.jog_ends = False
            self._stand(Mode.NORMAL)

    def _timers(self) -> None:
        if self._standing.mode is Mode.JOG:
            self._end_jog()
        if self._boot_s <= self._standing.now_s:
            self._boot_s = math.inf
            self._greet()
        if self._critical_s <= self._standing.now_s:
            self._critical_s = math.inf
            self._mouth.say("[MSG:Reset to continue]")
        if self._restore_s <= self._standing.now_s:
            self._restore_s = math.inf
            self._go_on()
        if self._standing.mode is Mode.DOOR and not self._body.motion.moving and self._restore_s == math.inf:
            self._body.turn_spindle(0.0)

    # --- realtime bytes ---

    def _obey(self, byte: int) -> None:
        match byte:
            case 0x18:
                self._reset()
            case 0x3F if not self._critical and self._boot_s == math.inf:
                self._mouth.say(self._status())
            case 0x21 if self._standing.mode is Mode.NORMAL:
                self._stand(Mode.HOLD)
                self._body.motion.holding = True
            case 0x7E:
                self._cycle_start()
            case 0x85 if self._standing.mode is Mode.JOG:
                self._body.motion.holding = self._standing.jog_ends = True
            case 0x84:
                self._safety_door()
            case _:
                self._record("realtime", byte=byte)

    def _safety_door(self) -> None:
        """Hold, then turn the spindle off; in the middle of going on it turns back."""
        self._restore_s = math.inf
        if self._standing.mode in {Mode.NORMAL, Mode.HOLD}:
            self._stand(Mode.DOOR)
            self._body.motion.holding, self._resume_rpm = True, self._body.spindle_rpm
        self._timers()

    def _cycle_start(self) -> None:
        """Go on from a complete hold; `~` is ignored before that, and while the door is open."""
        if self._body.motion.moving or self._restore_s < math.inf:
            return
        if self._standing.mode is Mode.HOLD:
            self._go_on()
        elif self._standing.mode is Mode.DOOR and not self.door_open:
            self._body.turn_spindle(self._resume_rpm)
            self._restore_s = self._standing.now_s + (SPINDLE_RESTORE_S if self._resume_rpm else 0.0)

    def _go_on(self) -> None:
        self._stand(Mode.NORMAL)
        self._body.motion.holding = False

    def _reset(self) -> None:
        """Soft reset: it stops the axes at once, which costs an alarm while they turn."""
        if self._critical_s < math.inf or self._boot_s < math.inf:
            self._record("fault", what="reset swallowed")
            return
        moving = self._body.motion.moving
        self._record("reset", cause="0x18", moving=moving)
        if moving:
            self._mouth.say("ALARM:3")
        if moving:
            self._stand(Mode.ALARM, 3)
        elif self._standing.mode is not Mode.ALARM:
            self._stand(Mode.NORMAL)
        self._restart(self._standing.now_s + (ALARM_PAUSE_S if moving else 0.0))

    def _restart(self, boot_s: float) -> None:
        self._body.drop()
        self._restore_s = math.inf
        self._body.turn_spindle(0.0)
        self._receiver.clear()
        self._body.gcode.reset()
        self._reader.restart()
        self._critical, self._critical_s, self._boot_s = False, math.inf, boot_s

    def _greet(self) -> None:
        self._receiver.clear()
        self._reports = 0
        self._mouth.say("", self.memory.firmware.banner)
        if self._standing.mode is Mode.ALARM:
            self._mouth.say("[MSG:'$H'|'$X' to unlock]")
            return
        for line in filter(None, self.memory.start_lines):
            self._mouth.say(f">{line}:{self._reader.read_stored(line)}")

    def _alarm(self, code: int) -> None:
        self._record("fault", what=f"ALARM:{code}")
        self._mouth.say(f"ALARM:{code}")
        self._stand(Mode.ALARM, code)
        self._body.drop()
        self._reader.drop()
        self._restore_s = math.inf
        if code in {1, 2}:
            self._body.turn_spindle(0.0)
            self._receiver.clear()
            self._critical, self._critical_s = True, self._standing.now_s + ALARM_PAUSE_S

    # --- main loop ---

    def _work(self) -> None:
        """Take lines and actions until something blocks."""
        while self._reads and self._reader.step():
            pass
        self._body.note_rest()

    @property
    def _reads(self) -> bool:
        held = self._standing.mode in {Mode.HOLD, Mode.DOOR}
        return self._boot_s == math.inf and not self._critical and not held

    def _interrupt(self, what: int) -> None:
        """Something befalls the machine while it reads a line."""
        match what:
            case sim_reader.SOFT_RESET:
                self._reset()
            case sim_reader.BOARD_RESTARTS:
                self._power_up("restarted by itself")
            case sim_reader.DOOR_OPENS:
                self.open_door()
            case code:
                self._alarm(code)

    def _status(self) -> str:
        if self._body.has_news:
            self._body.has_news, self._reports = False, 0
        count, self._reports = self._reports, self._reports + 1
        free = self._receiver.free
        return status(
            self.state, self._body.motion, self.memory, rx_free=free, rpm=self.spindle_rpm, count=count
        )
