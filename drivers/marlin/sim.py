"""A simulated Marlin board: the machine's side of the wire, down to its ring of 127 bytes."""

import math
from collections import deque
from collections.abc import Callable
from typing import Final, assert_never

from drivers.marlin.sim_body import Body
from drivers.marlin.sim_commands import COMMANDS, Blocked, split
from drivers.marlin.sim_faults import Faults
from drivers.marlin.sim_mouth import Mouth
from drivers.marlin.sim_options import Profile
from drivers.marlin.sim_serial import Command, EmergencyParser, Ignored, LineNumbers, Refusal, Ring
from drivers.marlin.sim_trouble import suffer
from drivers.simulator import BlackBox

QUEUE_LINES: Final = 4
LINES_A_TURN: Final = 400
LOOK_AROUND_S: Final = 1.0
BANNER: Final = (
    "start\necho:Marlin 2.1.2\n\necho: Last Updated: 2022-12-01 | Author: (DIPbike)\n"
    "echo: PlannerBufferBytes: 1152\n"
)


class VirtualMarlin:
    """An i3 with a hotend, a bed, a command queue of 4 and a planner of 16: `Punctual` and `Watchful`."""

    def __init__(
        self, blackbox: BlackBox | None = None, faults: Faults | None = None, profile: Profile | None = None
    ) -> None:
        self.blackbox = blackbox or BlackBox()
        self.faults = faults or Faults()
        self.profile = profile or Profile()
        self.body = Body(self.blackbox, self.profile)
        self.unplug: Callable[[float], None] = lambda _seconds: None
        self._mouth = Mouth(self.faults)
        self._lived_s = 0.0
        self._boots_at_s = 0.0
        self._is_up = False
        self._blocked: Blocked | None = None
        self._current: Command | None = None
        self._clear()

    @property
    def power_w(self) -> float:
        """Electrical DC power drawn now."""
        return self.body.power_w

    def opened(self, now_s: float) -> None:
        """The host's side opened: most boards reset."""
        self._lived_s = max(self._lived_s, now_s)
        if self.profile.resets_on_open:
            self.reset()

    def receive(self, data: bytes, now_s: float) -> None:
        """Take bytes off the wire, into the ring."""
        self._lived_s = now_s
        data = self.faults.hurt_in(data)
        self.blackbox.record(now_s, "rx", bytes=data.decode("latin-1"))
        if not self._is_up or self.body.is_killed or self.faults.deaf:
            return
        if self.profile.has_emergency_parser:
            for command in self._emergency.see(data):
                self._obey_at_once(command)
        self._work()
        if lost := self._ring.put(data):
            self.blackbox.record(now_s, "overflow", bytes=lost)
        self._work()

    def advance(self, now_s: float) -> bytes:
        """Live up to now."""
        self._lived_s = now_s
        self.body.advance(now_s)
        self._suffer()
        if not self._is_up and now_s >= self._boots_at_s:
            self._is_up = True
            self.blackbox.record(now_s, "banner")
            self.say(BANNER)
        if self._is_up and not self.body.is_killed:
            self._work()
            self.say(self.body.report(now_s))
            if reason := self.body.wants_to_die(now_s):
                self.kill(reason)
        return self._mouth.take(now_s)

    def next_s(self) -> float:
        """When the board acts next, if nobody speaks to it."""
        if not self._is_up:
            return min(self._boots_at_s, self._mouth.next_s)
        if self.body.is_killed:
            return self._mouth.next_s
        instants = [self._lived_s + LOOK_AROUND_S, self._mouth.next_s, self.body.next_report_s]
        if self._blocked is not None:
            instants += [self._busy_at_s, self._blocked.next_s(self._lived_s)]
        return min(instants)

    def runs(self, speed: float) -> None:
        """M85 waits for the host, and the host for the wall clock."""
        self.body.host_slowness = speed

    def say(self, text: str) -> None:
        """Say whole lines."""
        self._mouth.say(text, self._lived_s)

    def reset(self) -> None:
        """Start again, as after a press on the button or a fall of the supply."""
        self._clear()
        self._mouth.clear()
        self._is_up = False
        self._boots_at_s = self._lived_s + self.profile.boot_s
        self.body.reset(self._lived_s)
        self.blackbox.record(self._lived_s, "reset")

    def kill(self, reason: str = "") -> None:
        """Turn everything off, say why, and be deaf until a reset."""
        self.body.kill(self._lived_s)
        self._queue.clear()
        self._blocked = None
        self.say(f"Error:{reason}\n" if reason else "")
        self.say("Error:Printer halted. kill() called!\n//action:poweroff\n")
        self.blackbox.record(self._lived_s, "fault", reason=reason or "kill")

    def push(self, command: str) -> None:
        """Execute a command of the firmware's own before the next of the host; it gets no `ok`."""
        self._own.append(command)

    def _clear(self) -> None:
        self._ring = Ring()
        self._emergency = EmergencyParser()
        self._numbers = LineNumbers(self.profile.dialect)
        self._queue: deque[Command] = deque()
        self._own: deque[str] = deque()
        self._current = None
        self._blocked = None
        self._busy_at_s = math.inf

    def _suffer(self) -> None:
        if self.faults.reset:
            self.faults.reset = False
            self.reset()
        if self.faults.kill:
            reason, self.faults.kill = self.faults.kill, ""
            self.kill(reason)
        for mishap in self.faults.due(self.body.motion.moves):
            self.blackbox.record(self._lived_s, "mishap", what=mishap.incident)
            suffer(self, mishap)
        if self.faults.lie is not self.body.lie:
            self.body.begin_to_lie(self.faults.lie, self._lived_s)

    def _obey_at_once(self, command: str) -> None:
        if command == "M112":
            self.kill()
        elif command == "M108":
            self.body.is_patient = self.body.waits_for_user = False
        else:
            self.body.motion.planner.drop(self._lived_s)

    def _work(self) -> None:
        """Turn Marlin's main loop until it blocks or has nothing left."""
        for _ in range(LINES_A_TURN):
            if self._blocked is not None and not self._unblock(self._blocked):
                self._fetch()  # as `idle()` does while a command lasts
                return
            self._fetch()
            if self.body.is_killed:
                return
            if self._own:
                self._current = None
                self._execute(self._own.popleft())
            elif self._queue:
                self._current = self._queue.popleft()
                self._execute(self._current.text)
            else:
                return

    def _unblock(self, blocked: Blocked) -> bool:
        """Tell whether the command under way is done; a board at work says so."""
        if blocked.is_done(self._lived_s):
            self._blocked = None
            self._acknowledge(blocked.farewell)
            return True
        if self._lived_s >= self._busy_at_s:
            self._await_busy()
            self.say(f"echo:busy: {'paused for user' if self.body.waits_for_user else 'processing'}\n")
        return False

    def _await_busy(self) -> None:
        every_s = self.body.busy_every_s
        self._busy_at_s = self._lived_s + every_s if every_s else math.inf

    def _fetch(self) -> None:
        """Move whole lines from the ring to the queue, where a command that lasts keeps its place."""
        room = QUEUE_LINES - (self._blocked is not None)
        while len(self._queue) < room and (raw := self._ring.take_line()) is not None:
            line = raw.decode("latin-1").partition(";")[0].strip()
            if not line:
                continue
            checked = self._numbers.check(line, self.faults.wish)
            match checked:
                case Command():
                    self._queue.append(checked)
                case Refusal():
                    self._refuse(checked)
                case Ignored():
                    self.blackbox.record(self._lived_s, "ignored", line=line)
                case _:
                    assert_never(checked)

    def _refuse(self, refusal: Refusal) -> None:
        """Ask again; whatever the ring holds is thrown away, even the head of a line still on its way."""
        self._ring.flush()
        self.blackbox.record(self._lived_s, "refused", error=refusal.error.strip())
        self.say(refusal.error)
        for _ in range(2 if self.faults.happens(self.faults.double_resend) else 1):
            self.say(refusal.resend)
        if self.profile.adds_ok_to_resend:
            self._mouth.acknowledge(self._lived_s)

    def _execute(self, text: str) -> None:
        code, words = split(text)
        self.body.commanded_s = self._lived_s
        if code == "M112":
            self.kill()
            return
        command = COMMANDS.get(code)
        self._note(text, is_known=command is not None)
        if command is None:
            self._acknowledge(f'echo:Unknown command: "{text}"\n')
            return
        if code == "M110":
            self._numbers.last = int(words.get("N", self._numbers.last))
        self._conclude(command(self.body, words, self._lived_s))

    def _note(self, text: str, *, is_known: bool) -> None:
        """Write down what was executed, and apart from it what never should have been."""
        current = self._current
        kind = "exec" if is_known else "unknown"
        self.blackbox.record(self._lived_s, kind, line=text, n=current.number if current else None)
        if current is not None and current.is_fragment:
            self.blackbox.record(self._lived_s, "fragment", line=text, executed=is_known)

    def _conclude(self, outcome: str | Blocked) -> None:
        if isinstance(outcome, str):
            self._acknowledge(outcome)
        else:
            self._blocked = outcome
            self._await_busy()

    def _acknowledge(self, text: str = "") -> None:
        """Say what a command answers: `ok` comes last, but M105's temperatures stand behind it."""
        if self._current is None:
            self.say(text)
            return
        behind = text if text.startswith(" T:") else ""
        text = "" if behind else text
        if text and self.faults.happens(self.faults.early_ok):
            self._mouth.acknowledge(self._lived_s, self._state())
            self.say(text)
        else:
            self.say(text)
            self._mouth.acknowledge(self._lived_s, behind or self._state())

    def _state(self) -> str:
        """Line number, room in the planner and in the queue, as ADVANCED_OK tells them."""
        if not self.profile.has_advanced_ok or self._current is None:
            return ""
        number = "" if self._current.number is None else f" N{self._current.number}"
        return f"{number} P{self.body.motion.planner.free} B{QUEUE_LINES - len(self._queue) - 1}"
