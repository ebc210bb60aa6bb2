"""One program on its way to the mill, and the judgement whether all of it has arrived."""

from enum import StrEnum
from typing import Final, assert_never

from drivers.gcode import Program
from drivers.grbl import codes
from drivers.grbl.events import Acknowledged, Ending, Failed, Finished, Refused, Verdict
from drivers.grbl.lookout import Lookout
from drivers.grbl.reckoning import Reckoning
from drivers.grbl.replies import Noise, Ok, Refusal, Status
from drivers.grbl.resync import Resync
from drivers.grbl.window import Window
from drivers.types import Position

CHECK_MODE: Final = b"$C\n"
IDLE_S: Final = 0.5
"""Idle for so long after the last `ok` means executed."""
LOST_OK_S: Final = 3.0
"""At rest for so long in a dry run with an unanswered line means that its answer was lost."""
TOLERATED_NOISE: Final = 5
"""Damaged answers in one program after which its lines cannot be trusted either."""


class Stage(StrEnum):
    """How far the mill has let the program in."""

    WAITING = "waiting"
    ASKING = "asking"
    ASKED = "asked"
    GRANTED = "granted"
    OPEN = "open"


class Delivery:
    """Lets lines out once a fresh report says Idle (or Check, for a dry run), and says how it ends."""

    def __init__(self, program: Program, limit_bytes: int, reckoning: Reckoning, *, dry: bool) -> None:
        self._window = Window(program, limit_bytes)
        self._reckoning = reckoning
        self._resync = Resync(self._window)
        self._start: Position | None = None
        self._has_moved = False
        self._stage = Stage.WAITING
        self._noise = 0
        self._told_lines = 0
        self.dry = dry

    @property
    def begun(self) -> bool:
        """Whether the mill was sent anything."""
        return self._stage not in {Stage.WAITING, Stage.ASKING}

    @property
    def lost_answers(self) -> int:
        """How many answers were lost and done without."""
        return self._resync.found

    @property
    def outstanding_bytes(self) -> int:
        """Bytes of the program that are sent and not answered."""
        return self._window.outstanding_bytes

    def take(self) -> bytes:
        """Return what may be sent now: the way into the dry run, or the next line."""
        if self._stage is Stage.ASKING:
            self._stage = Stage.ASKED
            return CHECK_MODE
        if self._stage is not Stage.OPEN:
            return b""
        if probe := self._resync.take_probe():
            return probe
        line = self._window.take()
        if line:
            self._reckoning.follow(line)
        return line

    def mark(self) -> None:
        """A `?` goes out now."""
        self._window.mark()

    def hear(self, answer: Ok | Refusal | Noise) -> Verdict | None:
        """Take an answer, and say how the program ends by it, if it does."""
        match answer:
            case Ok():
                return self.acknowledge()
            case Refusal():
                return self._refuse(answer.code)
            case Noise() if codes.resembles_error(answer.text):
                return Failed(Ending.FAULT, codes.explain_damaged_error(answer.text))
            case Noise():
                self._noise += 1
                too_much = self._noise > TOLERATED_NOISE
                return Failed(Ending.INTERRUPTED, codes.explain_noise(self._noise)) if too_much else None
            case _:
                assert_never(answer)

    def acknowledge(self) -> Verdict | None:
        """Count an `ok`; one that answers nothing proves that lines and answers no longer match."""
        if self._stage is Stage.ASKED:
            self._stage = Stage.GRANTED
        elif self._stage is Stage.OPEN and not self._window.acknowledge():
            return Failed(Ending.INTERRUPTED, codes.SURPLUS_ANSWER)
        self._resync.hear()
        return None

    def _refuse(self, code: int) -> Verdict:
        """Say what an `error:` means: only in a dry run is the mill none the worse."""
        if not self.dry:
            return Failed(Ending.FAULT, codes.explain_error(code, self._window.oldest))
        if self._stage is not Stage.OPEN:
            return Refused(codes.explain_error(code, "$C"))
        reason = codes.explain_error(code, self._window.oldest)
        return Refused(f"Line {self._window.lines_done + 1} of the program: {reason}", line=True)

    def progress(self) -> list[Acknowledged]:
        """Tell what was taken since it was last told."""
        lines = self._window.lines_done
        if lines == self._told_lines:
            return []
        self._told_lines = lines
        return [Acknowledged(lines, self._window.bytes_done)]

    def judge(self, status: Status, lookout: Lookout, now_s: float) -> Verdict | None:
        """Say what a report means for the program, nothing when it simply goes on."""
        if self._stage is not Stage.OPEN:
            return self._admit(status, lookout, now_s)
        self._has_moved = self._has_moved or lookout.position != self._start
        if wrong := self._wrong(status, lookout):
            return Failed(Ending.FAULT, wrong)
        rest_s = lookout.idle_for(now_s)
        if self._window.finished and rest_s >= (0.0 if self.dry else IDLE_S) and lookout.resting:
            return self._arrive(lookout)
        if self._has_lost(status, lookout, now_s):
            return Failed(Ending.INTERRUPTED, codes.explain_lost(self._window.oldest))
        return None

    def _has_lost(self, status: Status, lookout: Lookout, now_s: float) -> bool:
        """Whether an answer is lost for good; in a dry run none may be: it could have been a refusal."""
        if not self.dry:
            return self._resync.watch(status, lookout, now_s)
        return self._window.waiting and lookout.idle_for(now_s) > self._window.quiet_s + LOST_OK_S

    def _wrong(self, status: Status, lookout: Lookout) -> str:
        """Say what must not be while a program runs, or nothing."""
        if self.dry:
            return "" if status.state == "Check" else codes.LEFT_DRY_RUN
        if status.state in codes.STRANGE_STATES:
            return codes.explain_state(status.state)
        if lookout.position is not None and self._reckoning.strays(lookout.position):
            return codes.explain_stray(lookout.position)
        return ""

    def _admit(self, status: Status, lookout: Lookout, now_s: float) -> Verdict | None:
        if not lookout.fresh:
            return None
        match self._stage, status.state:
            case Stage.WAITING, "Idle":
                self._start = lookout.position
                self._reckoning.begin(self._start)
                self._stage = Stage.ASKING if self.dry else Stage.OPEN
            case Stage.GRANTED, "Check":
                self._stage = Stage.OPEN
            case ((Stage.ASKED | Stage.GRANTED), ("Idle" | "Check")):
                if lookout.idle_for(now_s) > LOST_OK_S:
                    return Refused(codes.NO_DRY_RUN)
            case _, state:
                return Refused(codes.explain_unready(state))
        return None

    def _arrive(self, lookout: Lookout) -> Verdict:
        """Everything is taken and the axes stand: is the tool where the program ends?

        A firmware whose reports never move tells nothing about its tool.
        """
        at = lookout.position
        if not self.dry and self._has_moved and at is not None and self._reckoning.misses(at):
            return Failed(Ending.FAULT, codes.explain_miss(self._reckoning.end, at))
        return Finished()
