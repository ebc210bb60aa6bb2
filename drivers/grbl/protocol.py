"""GRBL's protocol without any I/O: bytes and instants in, events and bytes out."""

from typing import Final, assert_never

from drivers.gcode import Program
from drivers.grbl import codes, phases
from drivers.grbl import events as tell
from drivers.grbl import replies as said
from drivers.grbl.events import Ending, Event
from drivers.grbl.greeting import Greeting
from drivers.grbl.lookout import Lookout
from drivers.grbl.phases import IN_PROGRAM, MUTE, Phase
from drivers.grbl.window import Window, check_program

HOLD, RESUME, RESET, DOOR = b"!", b"~", b"\x18", b"\x84"
STOP: Final = HOLD + RESET


class GrblProtocol:
    """Streams one program at a time; `rx_bytes` and `lines_ahead` bound what is unanswered.

    Nothing is ever unlocked, homed or resumed without being asked: after `Failed` the protocol is mute.
    """

    def __init__(self, rx_bytes: int = 127, lines_ahead: int = 1) -> None:
        self.phase = Phase.CLOSED
        self._rx_bytes = rx_bytes
        self._lines_ahead = lines_ahead
        self._ear = said.Ear()
        self._urgent = b""
        self._greeting = Greeting()
        self._lookout = Lookout()
        self._window: Window | None = None
        self._deadline_s: float | None = None
        self._expires_s = 0.0
        self._verdict: Event = tell.Cancelled()
        self._resume_sent = False

    def connect(self, now_s: float) -> list[Event]:
        """Wait for the banner, ask for the settings, become ready."""
        self._greeting, self._lookout, self._ear = Greeting(), Lookout(), said.Ear()
        self._enter(Phase.GREETING, now_s + phases.BANNER_WAIT_S)
        self._expires_s = now_s + phases.CONNECT_S
        return []

    def start(self, program: Program, now_s: float) -> list[Event]:
        """Begin a program.

        Raises:
            LineRefusedError: a line must never reach a mill; nothing was sent.
        """
        check_program(program)
        if self.phase is Phase.READY:
            self._window = Window(program, self._rx_bytes, self._lines_ahead)
            self._lookout.stir(now_s)
            self._enter(Phase.RUNNING)
        return []

    def pause(self, now_s: float) -> list[Event]:
        """Open the safety door: a feed hold alone would leave the spindle turning."""
        return self._open_door(now_s) if self.phase in {Phase.RUNNING, Phase.RESUMING} else []

    def resume(self, now_s: float) -> list[Event]:
        """Go on as soon as the machine says that it may."""
        if self.phase is Phase.PAUSED:
            self._lookout.look(now_s)
            self._resume_sent = False
            self._enter(Phase.RESUMING, now_s + phases.RESUME_S)
        return []

    def cancel(self, now_s: float) -> list[Event]:
        """Hold, wait for the axes, reset: spindle off, position kept."""
        return self._end(tell.Cancelled(), now_s) if self.phase in IN_PROGRAM else []

    def stop(self, _now_s: float) -> list[Event]:
        """Stop at once, whatever the machine does, and fall mute."""
        self._latch(STOP)
        return []

    def receive(self, data: bytes, now_s: float) -> list[Event]:
        """Take bytes from the machine and return what they mean."""
        events: list[Event] = []
        for reply in self._ear.take(data):
            if self.phase not in MUTE:
                events += self._hear(reply, now_s)
        return events

    def take_output(self, now_s: float) -> bytes:
        """Return the bytes that may go on the wire now: realtime first, then a question, then one line."""
        if self._urgent:
            data, self._urgent = self._urgent, b""
            return data
        if self.phase in MUTE:
            return b""
        if self.phase is Phase.GREETING and (question := self._greeting.take()):
            return question
        if self._asks and self._lookout.take(now_s):
            return b"?"
        if self.phase is Phase.RUNNING and self._window is not None:
            line = self._window.take()
            if line:
                self._lookout.stir(now_s)
            return line
        return b""

    def deadline_s(self) -> float | None:
        """The instant at which `tick` wants to be called."""
        if self.phase in MUTE:
            return None
        waits = [] if self._deadline_s is None else [self._deadline_s]
        if self._asks:
            waits += [self._lookout.next_s, self._lookout.patience_ends_s]
        return min(waits, default=None)

    def tick(self, now_s: float) -> list[Event]:
        """Let timers run out and return what that means."""
        if self.phase in MUTE:
            return []
        if self._asks and now_s >= self._lookout.patience_ends_s:
            return self._fail(Ending.SILENT, codes.FELL_SILENT, last=STOP)
        if self._deadline_s is None or now_s < self._deadline_s:
            return []
        return self._run_out(now_s)

    def _run_out(self, now_s: float) -> list[Event]:
        """Act on the deadline of the phase."""
        match self.phase:
            case Phase.GREETING if now_s < self._expires_s:
                if not self._greeting.heard:
                    self._urgent = RESET
                self._deadline_s = now_s + phases.BANNER_WAIT_S
                return []
            case Phase.GREETING | Phase.RESETTING:
                return self._fail(Ending.SILENT, codes.NO_ANSWER)
            case Phase.ENDING:
                self._reset(now_s)
                return []
            case Phase.RESUMING:
                self._enter(Phase.PAUSED)
                return [tell.ResumeRefused("The mill does not go on: is its door closed?")]
            case _:
                self._deadline_s = None
                return []

    @property
    def _asks(self) -> bool:
        return self._greeting.heard and self.phase is not Phase.RESETTING

    def _enter(self, phase: Phase, deadline_s: float | None = None) -> None:
        self.phase, self._deadline_s = phase, deadline_s

    def _latch(self, last: bytes = b"") -> None:
        """Drop everything that was queued; only `last` still goes out."""
        self._window = None
        self._urgent = last
        self._enter(Phase.LATCHED)

    def _fail(self, ending: Ending, message: str, last: bytes = b"") -> list[Event]:
        self._latch(last)
        return [tell.Failed(ending, message)]

    def _end(self, verdict: Event, now_s: float) -> list[Event]:
        """Bring the program to an end that keeps the position, then say the verdict."""
        self._verdict = verdict
        self._window = None
        self._urgent += HOLD
        self._lookout.look(now_s)
        self._enter(Phase.ENDING, now_s + phases.STAND_STILL_S)
        return []

    def _open_door(self, now_s: float) -> list[Event]:
        self._urgent += DOOR
        self._lookout.look(now_s)
        self._enter(Phase.PAUSING)
        return []

    def _reset(self, now_s: float) -> None:
        self._urgent += RESET
        self._enter(Phase.RESETTING, now_s + phases.STAND_STILL_S)

    def _hear(self, reply: said.Reply, now_s: float) -> list[Event]:
        match reply:
            case said.Banner():
                return self._on_banner(reply, now_s)
            case said.Ok():
                return self._on_ok(now_s)
            case said.Refusal():
                return self._on_refusal(reply, now_s)
            case said.Alarm():
                return self._on_alarm(reply)
            case said.Status():
                return [self._lookout.see(reply, now_s), *self._on_status(reply, now_s)]
            case said.StartLine() | said.Setting() | said.Remark() | said.Noise():
                self._greeting.note(reply)
                return []
            case _:
                assert_never(reply)

    def _on_banner(self, banner: said.Banner, now_s: float) -> list[Event]:
        if self.phase is Phase.GREETING:
            self._greeting = Greeting(banner)
            self._lookout.start(now_s)
            return []
        if self.phase is not Phase.RESETTING:
            return self._fail(Ending.INTERRUPTED, codes.RESTARTED)
        self._lookout.start(now_s)
        if isinstance(self._verdict, tell.Failed):
            self._latch()
        else:
            self._enter(Phase.READY)
        return [self._verdict]

    def _on_ok(self, now_s: float) -> list[Event]:
        if self.phase is Phase.GREETING:
            self._greeting.answered()
        elif self._window is not None and self._window.acknowledge():
            self._lookout.stir(now_s)
            return [tell.Acknowledged(self._window.lines_done, self._window.bytes_done)]
        return []

    def _on_refusal(self, refusal: said.Refusal, now_s: float) -> list[Event]:
        if self.phase is Phase.GREETING:
            return self._fail(Ending.FAULT, codes.explain_error(refusal.code, self._greeting.question))
        if self._window is not None:
            message = codes.explain_error(refusal.code, self._window.oldest)
            return self._end(tell.Failed(Ending.FAULT, message), now_s)
        return []

    def _on_alarm(self, alarm: said.Alarm) -> list[Event]:
        if self.phase is Phase.RESETTING and alarm.code == 3:
            if isinstance(self._verdict, tell.Cancelled):
                self._verdict = tell.Failed(Ending.CANCELLED, codes.explain_alarm(3))
            return []
        last = b"" if alarm.code in codes.RESETS_ITSELF else RESET
        return self._fail(Ending.FAULT, codes.explain_alarm(alarm.code), last)

    def _on_status(self, status: said.Status, now_s: float) -> list[Event]:
        if status.state == "Alarm" and self.phase in IN_PROGRAM | {Phase.READY}:
            return self._fail(Ending.FAULT, codes.LOCKED)
        match self.phase:
            case Phase.GREETING if self._greeting.complete:
                return self._greet(status)
            case Phase.RUNNING:
                return self._watch_run(status, now_s)
            case Phase.PAUSING | Phase.PAUSED | Phase.RESUMING:
                return self._watch_pause(status, now_s)
            case Phase.ENDING if status.still and self._lookout.fresh:
                self._reset(now_s)
                return []
            case _:
                return []

    def _greet(self, status: said.Status) -> list[Event]:
        if refusal := self._greeting.refusal(status):
            return self._fail(Ending.FAULT, refusal)
        self._enter(Phase.READY)
        return [tell.Ready(self._greeting.firmware, self._greeting.degraded)]

    def _watch_run(self, status: said.Status, now_s: float) -> list[Event]:
        if status.held or status.slowing:
            return self._open_door(now_s)  # somebody pressed hold at the machine, which leaves the spindle on
        window = self._window
        if window is None or status.state != "Idle":
            return []
        if window.finished and self._lookout.idle_for(now_s) >= phases.IDLE_S:
            self._window = None
            self._enter(Phase.READY)
            return [tell.Finished()]
        if window.waiting and self._lookout.idle_for(now_s) > phases.LOST_OK_S + window.dwell_s:
            message = f"The mill's answer to {window.oldest!r} was lost: the program cannot go on."
            return self._end(tell.Failed(Ending.INTERRUPTED, message), now_s)
        return []

    def _watch_pause(self, status: said.Status, now_s: float) -> list[Event]:
        if not self._lookout.fresh:
            return []
        if self.phase is Phase.RESUMING:
            return self._watch_resume(status, now_s)
        if status.state != "Door" or (self.phase is Phase.PAUSED and not status.held):
            return self._open_door(now_s)
        if self.phase is Phase.PAUSED or not status.held:
            return []
        self._enter(Phase.PAUSED)
        return [tell.Paused(codes.explain_pause(status))]

    def _watch_resume(self, status: said.Status, now_s: float) -> list[Event]:
        """`~` goes out once, only on a fresh report that it will be obeyed."""
        if not self._resume_sent and status.may_resume:
            self._urgent += RESUME
            self._resume_sent = True
            self._lookout.look(now_s)
        elif not self._resume_sent and status.held:
            self._enter(Phase.PAUSED)
            return [tell.ResumeRefused("The door of the mill is open: close it first.")]
        elif self._resume_sent and status.state in {"Run", "Idle"}:
            self._lookout.stir(now_s)
            self._enter(Phase.RUNNING)
            return [tell.Resumed()]
        return []
