"""Jogs by hand, from the first line to a tool that stands still."""

import math

from drivers.byhand import Axis
from drivers.grbl import codes, jogging
from drivers.grbl.events import Cancelled, Ending, Event, Failed, Verdict
from drivers.grbl.greeting import Greeting
from drivers.grbl.helm import JOG_CANCEL, STOP, Helm
from drivers.grbl.phases import Phase
from drivers.grbl.replies import Noise, Ok, Refusal, Status


class Jogger:
    """One jog at a time; whatever else latches the mill drops it."""

    def __init__(self, helm: Helm) -> None:
        self._helm = helm
        self._jog: jogging.Jog | None = None
        self._is_cancelled = False
        self.greeting: Greeting | None = None

    @property
    def deadline_s(self) -> float:
        """When the finger counts as gone, or the next line is due."""
        return self._jog.deadline_s if self._jog is not None and self._is_on else math.inf

    def step(self, axis: Axis, by_mm: float, room_mm: float, now_s: float) -> list[Event]:
        """Jog by one step."""
        settings = self.greeting.settings if self.greeting else {}
        return self._begin(jogging.step(axis, by_mm, settings), room_mm, now_s)

    def hold(self, axis: Axis, sign: int, room_mm: float, now_s: float) -> list[Event]:
        """Jog for as long as `beat` is called."""
        settings = self.greeting.settings if self.greeting else {}
        return self._begin(jogging.hold(axis, sign, settings), room_mm, now_s)

    def beat(self, now_s: float) -> list[Event]:
        """The finger is still there."""
        if self._jog is not None:
            self._jog.beat(now_s)
        return []

    def release(self, now_s: float) -> list[Event]:
        """Stand still: 0x85 ends what was planned."""
        if self._jog is not None and self._is_on:
            self._helm.urgent += JOG_CANCEL
            self._helm.lookout.stir(now_s)
            self._helm.lookout.look(now_s)
            self._jog.stop()
        return []

    def cancel(self, now_s: float) -> list[Event]:
        """Stand still, and tell that it was cancelled."""
        self._is_cancelled = self._is_on
        return self.release(now_s)

    def tick(self, now_s: float) -> None:
        """Stand still when the finger has not been heard of."""
        if self._jog is not None and self._is_on and self._jog.is_left(now_s):
            self.release(now_s)

    def take(self, now_s: float) -> bytes:
        """Return the next line if it is due."""
        line = self._jog.take(now_s) if self._jog is not None else b""
        if line:
            self._helm.lookout.stir(now_s)
        return line

    def hear(self, reply: Ok | Refusal | Noise, now_s: float) -> list[Event]:
        """Take an answer to a line."""
        if self._jog is None:
            return []
        self._helm.lookout.stir(now_s)
        outcome = self._jog.hear(reply)
        if not isinstance(outcome, bool):
            return self._end(outcome)
        if outcome:
            self.release(now_s)
        return []

    def watch(self, status: Status, now_s: float) -> list[Event]:
        """Take a report."""
        if self._jog is None:
            return []
        if status.state in codes.STRANGE_STATES or status.state == "Door":
            return self._end(Failed(Ending.FAULT, codes.explain_state(status.state)))
        verdict = self._jog.judge(status, self._helm.lookout, now_s)
        return self._end(verdict) if verdict else []

    @property
    def _is_on(self) -> bool:
        return self._helm.phase is Phase.JOGGING

    def _begin(self, way: jogging.Way, room_mm: float, now_s: float) -> list[Event]:
        """The first line waits for a fresh report."""
        if self._helm.phase is Phase.READY:
            self._jog, self._is_cancelled = jogging.Jog(way, room_mm, now_s), False
            self._helm.lookout.look(now_s)
            self._helm.lookout.stir(now_s)
            self._helm.enter(Phase.JOGGING)
        return []

    def _end(self, verdict: Verdict) -> list[Event]:
        """The tool stands where it was sent, or was not moved."""
        self._jog = None
        if isinstance(verdict, Failed):
            return self._helm.fail(verdict.ending, verdict.message, last=STOP)
        self._helm.enter(Phase.READY)
        return [Cancelled() if self._is_cancelled else verdict]
