"""The virtual mill's main loop: it takes lines one by one, answers them and hands their actions on."""

from collections.abc import Callable

from drivers.grbl.sim_body import Body
from drivers.grbl.sim_commands import Mode, Standing, answer
from drivers.grbl.sim_faults import Faults, Mouth
from drivers.grbl.sim_gcode import Action, GcodeError, Move
from drivers.grbl.sim_memory import Memory
from drivers.grbl.sim_wire import Receiver
from drivers.simulator import BlackBox


class Reader:
    """Reads lines while nothing blocks it; `interrupt` is called with what a line brings upon the machine."""

    def __init__(  # noqa: PLR0913 - the parts of the machine that it joins
        self,
        standing: Standing,
        memory: Memory,
        body: Body,
        *,
        receiver: Receiver,
        mouth: Mouth,
        faults: Faults,
        black_box: BlackBox,
        interrupt: Callable[[int], None],
    ) -> None:
        self._standing = standing
        self._memory = memory
        self._body = body
        self._receiver = receiver
        self._mouth = mouth
        self._faults = faults
        self._black_box = black_box
        self._interrupt = interrupt
        self._line: str | None = None
        self._lines = 0

    def restart(self) -> None:
        """Forget the line and the count, as a reset does."""
        self._line, self._lines = None, 0

    def drop(self) -> None:
        """Forget the line whose actions are not done."""
        self._line = None

    def read_stored(self, line: str) -> str:
        """Take a start line and return the answer that is printed behind it."""
        try:
            self._body.actions.extend(self._body.gcode.execute(line))
        except GcodeError as error:
            return str(error)
        return "ok"

    def step(self) -> bool:
        """Do one thing; False when there is nothing to do or something blocks."""
        if self._body.actions:
            return self._body.act()
        if self._line is not None:
            self._acknowledge(self._line)
        elif (taken := self._receiver.next_line()) is not None:
            self._take(*taken)
        else:
            return False
        return True

    def _record(self, kind: str, **facts: object) -> None:
        self._black_box.record(self._standing.now_s, kind, **facts)

    def _acknowledge(self, line: str) -> None:
        number, self._line = self._lines, None
        dry = self._standing.mode is Mode.CHECK
        self._record("checked" if dry else "exec", line=line, n=number)
        self._mouth.say_ok(number)
        if number == self._faults.limit_switch_from_line:
            self._record("fault", what="limit switch")
            self._interrupt(1)

    def _take(self, line: str, too_long: bool) -> None:  # noqa: FBT001 - a pair from the receiver
        if line.startswith("$"):
            self._obey(line)
        elif line and self._standing.mode is Mode.JOG:
            self._mouth.say("error:9")
        elif line:
            self._read(self._mouth.hear(line, self._lines + 1), too_long=too_long)
        else:
            self._mouth.say("ok")

    def _read(self, line: str, *, too_long: bool) -> None:
        self._lines += 1
        silent_from = self._faults.silent_from_line
        self._mouth.silent = self._mouth.silent or (silent_from is not None and self._lines >= silent_from)
        if self._lines in self._faults.alarms:
            self._interrupt(self._faults.alarms[self._lines])
            return
        try:
            actions = self._actions(line, too_long=too_long)
        except GcodeError as error:
            self._record("fault", what=str(error), line=line)
            self._mouth.say(str(error))
            return
        if self._standing.mode is Mode.CHECK:
            if any(isinstance(action, Move) and self._memory.outside(action.target) for action in actions):
                self._interrupt(2)  # soft limits are looked at before check mode keeps the axes still
                return
            actions = []
        self._line = line
        self._body.actions.extend(actions)
        if self._lines == self._faults.door_from_line:
            self._interrupt(DOOR_OPENS)
        if self._lines == self._faults.restart_from_line:
            self._interrupt(BOARD_RESTARTS)

    def _jog(self, line: str) -> None:
        """Plan a jog: from Idle or Jog only, and within soft limits. Source: GRBL 1.1 system.c, jog.c."""
        idle = self._standing.mode is Mode.NORMAL and self._body.idle
        if not idle and self._standing.mode is not Mode.JOG:
            self._mouth.say("error:8")
            return
        before = self._body.gcode.position
        try:
            move = self._jogged(line)
        except GcodeError as error:
            self._body.gcode.position = before
            self._record("fault", what=str(error), line=line)
            self._mouth.say(str(error))
            return
        self._standing.mode = Mode.JOG
        self._line = line
        self._body.actions.append(move)

    def _jogged(self, line: str) -> Move:
        move = self._body.gcode.jog(line.removeprefix("$J="))
        if self._memory.outside(move.target):
            raise GcodeError(15)
        return move

    def _actions(self, line: str, *, too_long: bool) -> list[Action]:
        """Return what a line asks for, or raise the error it meets."""
        if too_long:
            raise GcodeError(11)
        if self._standing.mode is Mode.ALARM:
            raise GcodeError(9)
        if self._lines in self._faults.errors:
            raise GcodeError(self._faults.errors[self._lines])
        return self._body.gcode.execute(line)

    def _obey(self, line: str) -> None:
        """Take a `$` command."""
        if line.startswith("$J="):
            self._jog(line)
            return
        mode = self._standing.mode
        alarm, check = mode is Mode.ALARM, mode is Mode.CHECK
        idle = mode is Mode.NORMAL and self._body.idle
        reply = answer(line, self._memory, self._body.gcode, idle=idle, alarm=alarm, check=check)
        if reply.unlock:
            self._record("unlock", line=line)
            self._standing.mode = Mode.NORMAL
        self._mouth.say(*reply.lines, f"error:{reply.code}" if reply.code else "ok")
        if reply.check:
            self._standing.mode = Mode.CHECK
            if check:
                self._interrupt(SOFT_RESET)


SOFT_RESET, BOARD_RESTARTS, DOOR_OPENS = 0, -1, -2
"""What a line can bring upon the machine beside an alarm, which is a positive number."""
