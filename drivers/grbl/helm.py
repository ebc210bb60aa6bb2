"""What is being done with the mill: the phase, the bytes that go ahead of everything, the ways to an end."""

from typing import Final

from drivers.gcode import Program
from drivers.grbl import events as tell
from drivers.grbl import phases
from drivers.grbl.delivery import Delivery
from drivers.grbl.events import Ending, Event
from drivers.grbl.lookout import Lookout
from drivers.grbl.phases import Phase
from drivers.grbl.reckoning import Reckoning

HOLD, RESUME, RESET, DOOR, JOG_CANCEL = b"!", b"~", b"\x18", b"\x84", b"\x85"
STOP: Final = HOLD + RESET + RESET
"""The reset twice: one flipped bit would leave the spindle on, and GRBL takes two in a row for one."""


class Helm:
    """Turns the mill to pauses and ends; what it returns is to be told."""

    def __init__(self) -> None:
        self.phase = Phase.CLOSED
        self.deadline_s: float | None = None
        self.urgent = b""
        self.lookout = Lookout()
        self.delivery: Delivery | None = None
        self._reckoning = Reckoning()
        self._verdict: tell.Verdict = tell.Cancelled()

    def enter(self, phase: Phase, deadline_s: float | None = None) -> None:
        """Be about something else from now on."""
        self.phase, self.deadline_s = phase, deadline_s

    def take_urgent(self) -> bytes:
        """Return what goes ahead of everything."""
        data, self.urgent = self.urgent, b""
        return data

    def begin(self, program: Program, limit_bytes: int, now_s: float, *, dry: bool) -> None:
        """Start a program; its first line waits for a fresh report."""
        self.delivery = Delivery(program, limit_bytes, self._reckoning, dry=dry)
        self.lookout.look(now_s)
        self.lookout.stir(now_s)
        self.enter(Phase.RUNNING)

    def open_door(self, now_s: float) -> list[Event]:
        """Hold the axes and turn the spindle off."""
        self.urgent += DOOR
        self.lookout.look(now_s)
        self.enter(Phase.PAUSING)
        return []

    def go_on(self, now_s: float) -> None:
        """Send the one `~` of a resume."""
        self.urgent += RESUME
        self.lookout.look(now_s)

    def conclude(self, verdict: tell.Verdict, now_s: float) -> list[Event]:
        """End a program as its verdict asks; one that is done or never began leaves the mill as it is."""
        delivery = self.delivery
        done = isinstance(verdict, tell.Finished) and delivery is not None and not delivery.dry
        if done or (delivery is not None and not delivery.begun):
            self.enter(Phase.READY)
            return [*self._put_away(), verdict]
        return self.end(verdict, now_s)

    def end(self, verdict: tell.Verdict, now_s: float) -> list[Event]:
        """Hold, wait for the axes, reset, then say the verdict: spindle off, position kept."""
        self._verdict = verdict
        self.urgent += HOLD
        self.lookout.look(now_s)
        self.enter(Phase.ENDING, now_s + phases.STAND_STILL_S)
        return self._put_away()

    def reset(self, now_s: float) -> None:
        """Ask for the banner that ends a program."""
        self.urgent += RESET
        self.enter(Phase.RESETTING, now_s + phases.STAND_STILL_S)

    def on_reset(self, now_s: float) -> list[Event]:
        """The banner has come: the machine is back at its defaults."""
        self.lookout.start(now_s)
        self._reckoning = Reckoning()
        if isinstance(self._verdict, tell.Failed):
            self.latch()
        else:
            self.enter(Phase.READY)
        return [self._verdict]

    def note_lost_steps(self, message: str) -> None:
        """The reset came while the axes turned: even a cancel ends latched then."""
        if not isinstance(self._verdict, tell.Failed):
            self._verdict = tell.Failed(Ending.CANCELLED, message)

    def latch(self, last: bytes = b"") -> None:
        """Drop everything that was queued; only `last` still goes out."""
        self.delivery = None
        self.urgent = last
        self.enter(Phase.LATCHED)

    def fail(self, ending: Ending, message: str, last: bytes = b"") -> list[Event]:
        """Fall mute until a person re-arms the mill."""
        progress = self._put_away()
        self.latch(last)
        return [*progress, tell.Failed(ending, message)]

    def _put_away(self) -> list[Event]:
        """Let the program go; return what is still to be told of it."""
        delivery, self.delivery = self.delivery, None
        return [*delivery.progress()] if delivery is not None else []
