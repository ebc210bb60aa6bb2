"""GRBL's protocol without any I/O: bytes and instants in, events and bytes out."""

from typing import Final, assert_never

from drivers.gcode import Program
from drivers.grbl import codes, phases
from drivers.grbl import events as tell
from drivers.grbl import replies as said
from drivers.grbl.events import Ending, Event
from drivers.grbl.expected import Expected
from drivers.grbl.greeting import Greeting
from drivers.grbl.health import Counts
from drivers.grbl.helm import RESET, STOP, Helm
from drivers.grbl.holding import Holding
from drivers.grbl.jogger import Jogger
from drivers.grbl.lookout import Lookout
from drivers.grbl.phases import IN_PROGRAM, MUTE, Phase
from drivers.grbl.window import check_program

GAP_S: Final = 0.5
"""The status is asked for five times a second: whoever was away for longer was kept from the wire."""


class GrblProtocol:
    """Streams one program at a time; what is unanswered always fits the machine's receive buffer.

    Nothing is ever unlocked, homed or resumed without being asked: after `Failed` the protocol is mute.
    """

    def __init__(self, profile: Expected | None = None) -> None:
        self.counts = Counts()
        self._profile = profile or Expected()
        self._ear = said.Ear()
        self._greeting = Greeting(self._profile)
        self._helm = Helm()
        self._expires_s = 0.0
        self._holding = Holding(self._helm)
        self.jogger = Jogger(self._helm)
        self._turn_s = 0.0
        self._is_blind = False

    @property
    def phase(self) -> Phase:
        """What the protocol is about."""
        return self._helm.phase

    @property
    def outstanding_bytes(self) -> int:
        """Bytes of the program that are sent and not answered."""
        return self._helm.delivery.outstanding_bytes if self._helm.delivery else 0

    def connect(self, now_s: float) -> list[Event]:
        """Wait for the banner, ask for the settings, become ready."""
        self._greeting, self._ear = Greeting(self._profile), said.Ear()
        self._helm.lookout = Lookout()
        self._helm.enter(Phase.GREETING, now_s + phases.BANNER_WAIT_S)
        self._expires_s = now_s + phases.CONNECT_S
        return []

    def start(self, program: Program, now_s: float, *, dry: bool = False) -> list[Event]:
        """Begin a program as soon as a fresh report says Idle; a dry one is only read and checked by GRBL.

        Raises:
            LineRefusedError: a line must never reach a mill; nothing was sent.
        """
        check_program(program)
        if self.phase is Phase.READY:
            limit_bytes = self._greeting.limit_bytes(self._helm.lookout.rx_room_bytes)
            self._helm.begin(program, limit_bytes, now_s, dry=dry)
        return []

    def pause(self, now_s: float) -> list[Event]:
        """Open the safety door: a feed hold alone would leave the spindle turning."""
        self.jogger.cancel(now_s)
        return self._helm.open_door(now_s) if self.phase in {Phase.RUNNING, Phase.RESUMING} else []

    def resume(self, now_s: float) -> list[Event]:
        """Go on as soon as the machine says that it may."""
        if self.phase is Phase.PAUSED:
            self._holding.resume(now_s)
        return []

    def cancel(self, now_s: float) -> list[Event]:
        """Hold, wait for the axes, reset: spindle off, position kept; a jog just stands still."""
        self.jogger.cancel(now_s)
        return self._helm.end(tell.Cancelled(), now_s) if self.phase in IN_PROGRAM else []

    def stop(self, _now_s: float) -> list[Event]:
        """Stop at once, whatever the machine does, and fall mute."""
        self._helm.latch(STOP)
        return []

    def receive(self, data: bytes, now_s: float) -> list[Event]:
        """Take bytes from the machine and return what they mean."""
        self.counts.bytes_heard += len(data)
        self._take_turn(now_s)
        if self._helm.phase is Phase.RUNNING and (oks := self._ear.take_oks(data)):
            return self._on_oks(oks, now_s)
        events: list[Event] = []
        for reply in self._ear.take(data):
            if self.phase not in MUTE:
                events += self._hear(reply, now_s)
        return events

    @property
    def is_over(self) -> bool:
        """Nothing of a program goes to this mill any more."""
        return self.phase in MUTE

    def take_output(self, now_s: float) -> bytes:
        """Return the bytes that may go on the wire now: realtime first, then a question, then one line."""
        helm = self._helm
        self._take_turn(now_s)
        if helm.urgent:
            return helm.take_urgent()
        if self.phase in MUTE:
            return b""
        if self.phase is Phase.GREETING and (question := self._greeting.take()):
            return question
        if now_s >= helm.lookout.next_s and self._asks and helm.lookout.take(now_s):
            self.counts.questions += 1
            self.counts.unanswered = helm.lookout.unanswered
            if helm.delivery is not None:
                helm.delivery.mark()
            return b"?"
        return b"" if self._is_blind else self._take_line(now_s)

    def _take_line(self, now_s: float) -> bytes:
        """Return the next line of a program or of a jog, if it may go now."""
        helm = self._helm
        if helm.phase is Phase.JOGGING:
            return self.jogger.take(now_s)
        if helm.phase is not Phase.RUNNING or helm.delivery is None:
            return b""
        line = helm.delivery.take()
        if line:
            self.counts.bytes_sent += len(line)
            helm.lookout.stir(now_s)
        return line

    def _take_turn(self, now_s: float) -> None:
        """After a gap the mill may have restarted: no line goes out before a report asked for since then."""
        if now_s - self._turn_s > GAP_S:
            self._is_blind = True
            self._helm.lookout.look(now_s)
        elif self._is_blind:
            self._is_blind = not self._helm.lookout.fresh
        self._turn_s = now_s

    def deadline_s(self) -> float | None:
        """The instant at which `tick` wants to be called."""
        helm = self._helm
        if helm.phase in MUTE:
            return None
        if not self._asks:
            return helm.deadline_s
        look_s = min(helm.lookout.next_s, helm.lookout.patience_ends_s, self.jogger.deadline_s)
        return look_s if helm.deadline_s is None else min(look_s, helm.deadline_s)

    def tick(self, now_s: float) -> list[Event]:
        """Let timers run out and return what that means."""
        if self.phase in MUTE:
            return []
        if self._asks and now_s >= self._helm.lookout.patience_ends_s:
            return self._helm.fail(Ending.SILENT, codes.FELL_SILENT, last=STOP)
        self.jogger.tick(now_s)
        if self._helm.deadline_s is None or now_s < self._helm.deadline_s:
            return []
        return self._run_out(now_s)

    def _run_out(self, now_s: float) -> list[Event]:
        """Act on the deadline of the phase."""
        match self.phase:
            case Phase.GREETING if now_s < self._expires_s:
                if not self._greeting.heard:
                    self._helm.urgent = RESET
                self._helm.deadline_s = now_s + phases.BANNER_WAIT_S
                return []
            case Phase.GREETING | Phase.RESETTING:
                return self._helm.fail(Ending.SILENT, codes.NO_ANSWER)
            case Phase.ENDING:
                self._helm.reset(now_s)
                return []
            case Phase.RESUMING:
                self._helm.enter(Phase.PAUSED)
                return [tell.ResumeRefused("The mill does not go on: is its door closed?")]
            case _:
                self._helm.deadline_s = None
                return []

    @property
    def _asks(self) -> bool:
        return self._greeting.heard and self._helm.phase is not Phase.RESETTING

    def _hear(self, reply: said.Reply, now_s: float) -> list[Event]:
        match reply:
            case said.Banner():
                return self._on_banner(reply, now_s)
            case said.Ok() | said.Refusal() | said.Noise():
                return self._on_answer(reply, now_s)
            case said.Alarm():
                return self._on_alarm(reply)
            case said.Status():
                return [self._helm.lookout.see(reply, now_s), *self._on_status(reply, now_s)]
            case said.StartLine() | said.Setting() | said.Remark() | said.Buffers():
                self._greeting.note(reply)
                return []
            case _:
                assert_never(reply)

    def _on_banner(self, banner: said.Banner, now_s: float) -> list[Event]:
        if self.phase is Phase.GREETING:
            self._greeting = self.jogger.greeting = Greeting(self._profile, banner)
            self._helm.lookout.start(now_s)
            return []
        if self.phase is not Phase.RESETTING:
            return self._helm.fail(Ending.INTERRUPTED, codes.RESTARTED)
        return self._helm.on_reset(now_s)

    def _on_answer(self, reply: said.Ok | said.Refusal | said.Noise, now_s: float) -> list[Event]:
        """Take what answers a question or a line, or what a bad wire has made of it."""
        self.counts.damaged += isinstance(reply, said.Noise)
        self.counts.refused += isinstance(reply, said.Refusal)
        if self.phase is Phase.GREETING:
            if isinstance(reply, said.Noise):
                self._greeting.note(reply)
            else:
                self._greeting.answered()
            return []
        if self.phase is Phase.JOGGING:
            return self.jogger.hear(reply, now_s)
        if (delivery := self._helm.delivery) is None:
            return []
        self._helm.lookout.stir(now_s)
        verdict = delivery.hear(reply)
        return self._helm.end(verdict, now_s) if verdict else []

    def _on_oks(self, count: int, now_s: float) -> list[Event]:
        """Take answers that come alone, as nearly all do, by the shortest way."""
        if (delivery := self._helm.delivery) is None:
            return []
        self._helm.lookout.stir(now_s)
        for _ in range(count):
            if verdict := delivery.acknowledge():
                return self._helm.end(verdict, now_s)
        return []

    def _on_alarm(self, alarm: said.Alarm) -> list[Event]:
        if self.phase is Phase.RESETTING and alarm.code == 3:
            self._helm.note_lost_steps(codes.explain_alarm(3))
            return []
        last = b"" if alarm.code in codes.RESETS_ITSELF else RESET
        return self._helm.fail(Ending.FAULT, codes.explain_alarm(alarm.code), last)

    def _on_status(self, status: said.Status, now_s: float) -> list[Event]:
        if status.state == "Alarm" and self.phase in IN_PROGRAM | {Phase.READY, Phase.JOGGING}:
            return self._helm.fail(Ending.FAULT, codes.LOCKED)
        match self.phase:
            case Phase.GREETING if self._greeting.complete:
                return self._greet(status)
            case Phase.RUNNING:
                return self._watch_run(status, now_s)
            case Phase.JOGGING:
                return self.jogger.watch(status, now_s)
            case Phase.PAUSING | Phase.PAUSED | Phase.RESUMING:
                return self._holding.watch(status, now_s)
            case Phase.ENDING if status.still and self._helm.lookout.fresh:
                self._helm.reset(now_s)
            case _:
                pass
        return []

    def _greet(self, status: said.Status) -> list[Event]:
        if refusal := self._greeting.refusal(status):
            return self._helm.fail(Ending.FAULT, refusal)
        self._helm.enter(Phase.READY)
        return [tell.Ready(self._greeting.firmware, self._greeting.degraded)]

    def _watch_run(self, status: said.Status, now_s: float) -> list[Event]:
        delivery = self._helm.delivery
        if delivery is None:
            return []
        if delivery.begun and (status.held or status.slowing):
            return self._helm.open_door(now_s)  # a hold pressed at the machine leaves the spindle on
        before = delivery.lost_answers
        verdict = delivery.judge(status, self._helm.lookout, now_s)
        self.counts.lost += delivery.lost_answers - before
        return [*delivery.progress(), *(self._helm.conclude(verdict, now_s) if verdict else [])]
