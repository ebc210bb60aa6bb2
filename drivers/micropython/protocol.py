"""A micro:bit as a robot: sans-I/O. Our program on it does the work and watches over its own pins."""

import math
from collections import deque
from collections.abc import Sequence
from enum import Enum, auto
from typing import Final

from drivers.micropython import repl
from drivers.micropython.fit import misfit
from drivers.micropython.inputs import abilities, others, senses
from drivers.micropython.lines import Setting, Status, order, read_status
from drivers.micropython.outputs import changed, idle, resting
from drivers.micropython.program import START, digest, halt_program, kept, loop_program
from drivers.robots.events import Failed, Felt, KitEvent, Ready, Tripped
from drivers.robots.types import Abilities, Action, Sound
from drivers.robots.wiring import Wiring
from drivers.types import DeviceState

KNOCK_S: Final = 0.5
GIVE_UP_S: Final = 15.0
ANSWER_S: Final = 0.1
"""A line is answered at once; one that is not is said again."""
SILENT_S: Final = 1.5
MOST_NUMBER: Final = 9999
TRIES: Final = 3

NOBODY: Final = (
    "No micro:bit with MicroPython answers: check its cable, and load MicroPython onto it if it runs "
    "something else."
)
SILENT: Final = "The micro:bit answers no more: it stops by itself. Check its cable, then connect it again."
UNFIT: Final = "The micro:bit cannot run our program: load MicroPython onto it anew. It says:"
ENDED: Final = (
    "The program on the micro:bit has ended, as when its reset button is pressed: connect it again."
)


class Stage(Enum):
    """How far the conversation is."""

    KNOCKING = auto()
    HALTING = auto()
    LOADING = auto()
    STARTING = auto()
    READY = auto()
    OVER = auto()


class MicrobitProtocol:
    """One connection to one board."""

    stop_bytes = repl.INTERRUPT

    def __init__(self, wiring: Wiring, *, feels_light: bool = True) -> None:
        self._wiring = wiring
        self._feels_light = feels_light
        self._stage = Stage.OVER
        self._outbox: deque[bytes] = deque()
        self._pieces: deque[str] = deque()
        self._paste: repl.Paste | None = None
        self._heard = b""
        self._firmware = ""
        self._setting = self._said = idle(wiring)
        self._number = 0
        self._status: Status | None = None
        self._begun_s = self._heard_s = 0.0
        self._tries = 0
        self._knock_s = self._answer_s = self._quiet_s = self._end_s = math.inf

    @property
    def is_over(self) -> bool:
        """Our program runs no more."""
        return self._stage is Stage.OVER

    def connect(self, now_s: float) -> Sequence[KitEvent]:
        """Stop what runs, then ask for the raw REPL."""
        if (wrong := misfit(self._wiring)) is not None:
            return self._fail(DeviceState.FAULT, wrong)
        self._stage = Stage.KNOCKING
        self._begun_s = self._heard_s = now_s
        self._outbox.append(repl.INTERRUPT)
        self._knock_s = now_s + ANSWER_S
        return []

    def act(self, action: Action, now_s: float) -> Sequence[KitEvent]:
        """Do it; the board goes on with it as long as it is given signs of life."""
        self._setting = changed(self._setting, action, self._wiring)
        if isinstance(action, Sound):
            self._quiet_s = now_s + action.duration_s if action.pitch_hz else math.inf
        self._state(now_s)
        return []

    def beat(self, now_s: float) -> Sequence[KitEvent]:
        """Say the last line again."""
        if self._stage is Stage.READY and self._answer_s == math.inf:
            self._outbox.append(order(self._number, self._said))
        self._state(now_s)
        return []

    def rest(self, now_s: float) -> Sequence[KitEvent]:
        """Turn everything off and lift the pen."""
        self._setting = resting(self._wiring)
        self._quiet_s = math.inf
        self._state(now_s)
        return []

    def receive(self, data: bytes, now_s: float) -> Sequence[KitEvent]:
        """Take bytes from the board."""
        self._heard = (self._heard + data)[-repl.MOST_HEARD :]
        match self._stage:
            case Stage.KNOCKING:
                return self._enter(now_s)
            case Stage.HALTING | Stage.LOADING:
                return self._go_on(now_s)
            case Stage.STARTING | Stage.READY:
                return self._listen(now_s)
            case _:
                return []

    def tick(self, now_s: float) -> Sequence[KitEvent]:
        """Let timers run out."""
        if now_s >= self._end_s:
            return self._ended(now_s)
        match self._stage:
            case Stage.OVER:
                return []
            case Stage.READY:
                return self._watch(now_s)
            case _ if now_s - self._begun_s >= GIVE_UP_S:
                return self._fail(DeviceState.OFFLINE, NOBODY)
            case _:
                if now_s >= self._knock_s:
                    self._outbox.append(repl.INTERRUPT + repl.ENTER)
                    self._knock_s = now_s + KNOCK_S
                return []

    def take_output(self, now_s: float) -> bytes:
        """Return the next line, or the next piece of a program."""
        if self._outbox:
            return self._outbox.popleft()
        if self._paste is None or self._paste.is_sent:
            return b""
        return self._paste.take(now_s)

    def deadline_s(self) -> float | None:
        """The next instant at which something is due."""
        match self._stage:
            case Stage.OVER:
                return None
            case Stage.READY:
                return min(self._answer_s, self._quiet_s, self._end_s, self._heard_s + SILENT_S)
            case _:
                paste_s = math.inf if self._paste is None or self._paste.is_sent else self._paste.due_s
                return min(self._knock_s, paste_s, self._end_s, self._begun_s + GIVE_UP_S)

    def _enter(self, now_s: float) -> Sequence[KitEvent]:
        """Once in the raw REPL, first turn off whatever another program may have left on."""
        if self._heard.endswith(repl.GREETING):
            self._stage = Stage.HALTING
            self._knock_s = math.inf
            self._send(halt_program(self._wiring), now_s)
        return []

    def _go_on(self, now_s: float) -> Sequence[KitEvent]:
        """Once all is off send our program piece by piece, and start it once it has arrived whole."""
        result = repl.outcome(self._heard)
        if result is None:
            return []
        printed, error = result
        if error or (self._stage is Stage.LOADING and printed != digest(self._pieces.popleft())):
            return self._try_again(error or "its program arrived damaged", now_s)
        if self._stage is Stage.HALTING:
            self._firmware = f"micro:bit MicroPython {printed}"
            self._stage = Stage.LOADING
            self._pieces = deque(loop_program(self._wiring, feels_light=self._feels_light))
        if self._pieces:
            self._send(kept(self._pieces[0]), now_s)
        else:
            self._stage = Stage.STARTING
            self._send(START, now_s)
        return []

    def _try_again(self, error: str, now_s: float) -> Sequence[KitEvent]:
        """What was sent may have been damaged on its way; what fails again and again was not."""
        self._tries += 1
        if self._tries >= TRIES:
            return self._fail(DeviceState.FAULT, f"{UNFIT} {error}")
        self._stage = Stage.KNOCKING
        self._paste, self._end_s = None, math.inf
        self._knock_s = now_s
        return []

    def _send(self, program: str, now_s: float) -> None:
        self._heard = b""
        self._paste = repl.Paste(program)
        self._paste.due_s = now_s

    def _listen(self, now_s: float) -> Sequence[KitEvent]:
        """Take each line that is whole; our program never says Ctrl-D, the REPL does when it is over."""
        if repl.RUN in self._heard:
            self._end_s = min(self._end_s, now_s + ANSWER_S)
            return self._ended(now_s) if repl.outcome(repl.ACCEPTED + self._heard) else []
        *lines, self._heard = self._heard.split(b"\n")
        events: list[KitEvent] = []
        for line in lines:
            status = read_status(line.removeprefix(repl.ACCEPTED), self._others)
            if status is not None:
                events += self._take(status, now_s)
            elif b"MicroPython" in line:
                return [*events, *self._fail(DeviceState.FAULT, ENDED)]
        return events

    @property
    def _others(self) -> int:
        return others(self._wiring, feels_light=self._feels_light)

    def _take(self, status: Status, now_s: float) -> Sequence[KitEvent]:
        self._heard_s = now_s
        before, self._status = self._status, status
        felt = Felt(senses(status, self._wiring, now_s, feels_light=self._feels_light))
        if self._stage is Stage.STARTING:
            self._stage = Stage.READY
            return [Ready(self._firmware, self._abilities), felt]
        if status.number == self._number:
            self._answer_s = math.inf
            if status.is_off and before is not None and not before.is_off:
                self._setting = self._said = idle(self._wiring)
                return [felt, Tripped()]
        self._state(now_s)
        return [felt]

    @property
    def _abilities(self) -> Abilities:
        return abilities(self._wiring, feels_light=self._feels_light)

    def _state(self, now_s: float) -> None:
        """Say what the robot shall do, unless it was said or the answer to the line before is awaited."""
        if self._stage is Stage.READY and self._answer_s == math.inf and self._setting != self._said:
            self._number = self._number % MOST_NUMBER + 1
            self._said = self._setting
            self._say(self._said, now_s)

    def _say(self, setting: Setting, now_s: float) -> None:
        self._outbox.append(order(self._number, setting))
        self._answer_s = now_s + ANSWER_S

    def _watch(self, now_s: float) -> Sequence[KitEvent]:
        if now_s - self._heard_s >= SILENT_S:
            return self._fail(DeviceState.OFFLINE, SILENT)
        if now_s >= self._quiet_s:
            self.act(Sound(0.0, 0.0), now_s)
        if now_s >= self._answer_s:
            self._say(self._said, now_s)
        return []

    def _ended(self, now_s: float) -> Sequence[KitEvent]:
        """Tell why: a board that is short of memory says so."""
        result = repl.outcome(repl.ACCEPTED + self._heard)
        error = result[1] if result is not None else ""
        if self._stage is Stage.STARTING:
            return self._try_again(error or "its program ended at once", now_s)
        return self._fail(DeviceState.FAULT, f"{ENDED} It says: {error}" if error else ENDED)

    def _fail(self, state: DeviceState, message: str) -> Sequence[KitEvent]:
        self._stage = Stage.OVER
        self._end_s = math.inf
        self._outbox.clear()
        self._paste = None
        return [Failed(state, message)]
