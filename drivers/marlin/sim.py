"""A simulated Marlin board: the machine's side of the wire, down to its ring of 127 bytes."""

from collections import deque
from collections.abc import Callable
from typing import Final

from drivers.marlin.sim_body import Body
from drivers.marlin.sim_commands import COMMANDS, Blocked, split
from drivers.marlin.sim_faults import Faults
from drivers.marlin.sim_serial import EmergencyParser, LineNumbers, Refusal, Ring
from drivers.simulator import BlackBox

QUEUE_LINES: Final = 4
BOOT_S: Final = 1.0
BUSY_EVERY_S: Final = 2.0
LINES_A_TURN: Final = 400
BANNER: Final = (
    "start\necho:Marlin 2.1.2\n\necho: Last Updated: 2022-12-01 | Author: (DIPbike)\n"
    "echo: PlannerBufferBytes: 1152\n"
)


class VirtualMarlin:
    """A `Simulator`: an i3 with a hotend, a bed, a command queue of 4 and a planner of 16."""

    def __init__(
        self,
        blackbox: BlackBox | None = None,
        faults: Faults | None = None,
        *,
        resets_on_open: bool = True,
        has_emergency_parser: bool = True,
    ) -> None:
        self.blackbox = blackbox or BlackBox()
        self.faults = faults or Faults()
        self.body = Body(self.blackbox, has_emergency_parser=has_emergency_parser)
        self._resets_on_open = resets_on_open
        self._has_emergency_parser = has_emergency_parser
        self._boots_at_s = 0.0
        self._said = bytearray()
        self._is_up = False
        self._clear()

    @property
    def power_w(self) -> float:
        """Electrical DC power drawn now."""
        return self.body.power_w

    def opened(self, now_s: float) -> None:
        """The host's side opened: most boards reset."""
        if self._resets_on_open:
            self._reset(now_s)

    def receive(self, data: bytes, now_s: float) -> None:
        """Take bytes off the wire, into the ring."""
        data = self.faults.damage(data, self.faults.damage_in)
        self.blackbox.record(now_s, "rx", bytes=data.decode("latin-1"))
        if not self._is_up or self.body.is_killed:
            return
        if self._has_emergency_parser:
            for command in self._emergency.see(data):
                self._obey_at_once(command, now_s)
        self._ring.put(data)
        self._work(now_s)

    def advance(self, now_s: float) -> bytes:
        """Live up to now."""
        self.body.advance(now_s)
        self._suffer(now_s)
        if not self._is_up and now_s >= self._boots_at_s:
            self._is_up = True
            self._say(BANNER)
        if self._is_up and not self.body.is_killed:
            self._work(now_s)
            self._say(self.body.report(now_s))
            if reason := self.body.wants_to_die(now_s):
                self._kill(now_s, reason)
        said, self._said = bytes(self._said), bytearray()
        return b"" if self.faults.silent else self.faults.damage(said, self.faults.damage_out)

    def _clear(self) -> None:
        self._ring = Ring()
        self._emergency = EmergencyParser()
        self._numbers = LineNumbers()
        self._queue: deque[str] = deque()
        self._blocked: Blocked | None = None
        self._busy_at_s = 0.0

    def _reset(self, now_s: float) -> None:
        self._clear()
        self._said.clear()
        self._is_up = False
        self._boots_at_s = now_s + BOOT_S
        self.body.reset(now_s)
        self.blackbox.record(now_s, "reset")

    def _suffer(self, now_s: float) -> None:
        if self.faults.reset:
            self.faults.reset = False
            self._reset(now_s)
        if self.faults.kill:
            reason, self.faults.kill = self.faults.kill, ""
            self._kill(now_s, reason)

    def _kill(self, now_s: float, reason: str = "") -> None:
        self.body.kill(now_s)
        self._queue.clear()
        self._blocked = None
        self._say(f"Error:{reason}\n" if reason else "")
        self._say("Error:Printer halted. kill() called!\n")
        self.blackbox.record(now_s, "fault", reason=reason or "kill")

    def _obey_at_once(self, command: str, now_s: float) -> None:
        if command == "M112":
            self._kill(now_s)
        elif command == "M108":
            self.body.is_patient = False
        else:
            self.body.motion.drop(now_s)

    def _work(self, now_s: float) -> None:
        """Turn Marlin's main loop until it blocks or has nothing left."""
        for _ in range(LINES_A_TURN):
            if self._blocked is not None and not self._unblock(now_s):
                return
            self._fetch()
            if not self._queue or self.body.is_killed:
                return
            self._execute(self._queue.popleft(), now_s)

    def _unblock(self, now_s: float) -> bool:
        """Tell whether the command under way is done; a board at work says so."""
        if self._blocked is not None and self._blocked(now_s):
            self._blocked = None
            self._acknowledge()
            return True
        if now_s >= self._busy_at_s:
            self._busy_at_s = now_s + BUSY_EVERY_S
            self._say("echo:busy: processing\n")
        return False

    def _fetch(self) -> None:
        while len(self._queue) < QUEUE_LINES and (raw := self._ring.take_line()) is not None:
            line = raw.decode("latin-1").partition(";")[0].strip()
            if not line:
                continue
            checked = self._numbers.check(line)
            if isinstance(checked, Refusal):
                self._ring.flush()
                self._say(checked.text)
                self._acknowledge()
            else:
                self._queue.append(checked)

    def _execute(self, text: str, now_s: float) -> None:
        code, words = split(text)
        self.body.commanded_s = now_s
        if code == "M112":
            self._kill(now_s)
            return
        command: Callable[[Body, dict[str, float], float], str | Blocked] | None = COMMANDS.get(code)
        if command is None:
            self.blackbox.record(now_s, "unknown", line=text)
            self._say(f'echo:Unknown command: "{text}"\n')
            self._acknowledge()
            return
        self.blackbox.record(now_s, "exec", line=text)
        if code == "M110":
            self._numbers.last = int(words.get("N", self._numbers.last))
        outcome = command(self.body, words, now_s)
        if isinstance(outcome, str):
            self._acknowledge(outcome)
        else:
            self._blocked = outcome
            self._busy_at_s = now_s + BUSY_EVERY_S

    def _acknowledge(self, text: str = "") -> None:
        """Say what a command answers: `ok` comes last, but M105's temperatures stand behind it."""
        behind = text if text.startswith(" T:") else ""
        self._say("" if behind else text)
        for _ in range(self.faults.acknowledgements()):
            self._say(f"ok{behind}\n")

    def _say(self, text: str) -> None:
        self._said += text.encode("latin-1", "replace")
