"""Marlin's side of the bargain, sans-I/O: bytes and instants in, events and bytes out."""

from collections.abc import Sequence
from typing import Final, assert_never

from drivers.gcode import Program
from drivers.marlin import events as ev
from drivers.marlin import replies as say
from drivers.marlin.clockwork import RESEND_OK_S, SILENCE_S, SILENCE_WITHOUT_BUSY_S, Clockwork
from drivers.marlin.commands import AFTER_CANCEL, BREAK_WAIT, CLEARING, SET_UP
from drivers.marlin.feed import Feed
from drivers.marlin.firmware import Firmware
from drivers.marlin.ledger import PROBE, Ledger
from drivers.marlin.phases import FED, MUTE, POLLED, Phase
from drivers.marlin.resends import Resends, Verdict

LONGEST_REPLY: Final = 4096
PROBES_BEFORE_READY: Final = 2
_SILENT: Final = "The printer no longer answers: check its cable and its power."
_NOWHERE: Final = "The printer does not tell where it stands, so nobody knows whether it has finished."


class MarlinProtocol:
    """Numbered lines, each acknowledged before the next, executed exactly once and in order."""

    def __init__(self) -> None:
        self._phase = Phase.WAITING
        self._clock = Clockwork()
        self._ledger = Ledger()
        self._feed = Feed()
        self._firmware = Firmware()
        self._buffer = b""
        self._raw: list[bytes] = []
        self._is_ready = False
        self._owes_probe = False
        self._owes_ok_of_resend = False
        self._resends = Resends()

    def run(self, program: Program, now_s: float) -> Sequence[ev.Event]:
        """Begin to feed a program; only an idle board takes one."""
        self._clock.set(now_s)
        if self._phase is Phase.IDLE:
            self._phase = Phase.RUNNING
            self._feed.start(program)
        return []

    def pause(self, now_s: float) -> Sequence[ev.Event]:
        """Feed no more; what the board already holds is executed."""
        self._clock.set(now_s)
        return [ev.Paused()] if self._change(Phase.RUNNING, Phase.PAUSED) else []

    def resume(self, now_s: float) -> Sequence[ev.Event]:
        """Feed again."""
        self._clock.set(now_s)
        return [ev.Resumed()] if self._change(Phase.PAUSED, Phase.RUNNING) else []

    def cancel(self, now_s: float) -> Sequence[ev.Event]:
        """Drop the program; heat off goes out at once, whatever the board still owes us."""
        self._clock.set(now_s)
        if self._phase in FED:
            self._clear()
        return []

    def receive(self, data: bytes, now_s: float) -> Sequence[ev.Event]:
        """Take bytes from the board."""
        self._clock.set(now_s)
        *lines, rest = (self._buffer + data).split(b"\n")
        self._buffer = rest[-LONGEST_REPLY:]
        told: list[ev.Event] = []
        for line in lines:
            told += self._hear(say.parse(line.strip()))
        return [*told, *self._go_on()]

    def tick(self, now_s: float) -> Sequence[ev.Event]:
        """Act on what did not come."""
        self._clock.set(now_s)
        told: Sequence[ev.Event] = []
        if self._phase is Phase.WAITING:
            if now_s >= self._clock.banner_s:
                self._clear()
        elif self._ledger.is_waiting and now_s >= self._clock.silent_s:
            told = self._break_silence()
        return [*told, *self._go_on()]

    def deadline_s(self) -> float | None:
        """The next instant at which silence means something."""
        if self._phase is Phase.DEAD:
            return None
        if self._phase is Phase.WAITING:
            return self._clock.banner_s
        if self._clock.is_held:
            return self._clock.release_s
        if self._ledger.is_waiting:
            return self._clock.silent_s
        return self._poll_s if self._phase in POLLED else None

    def take_output(self, now_s: float) -> bytes:
        """Return the next line, or nothing while the board owes us an answer."""
        self._clock.set(now_s)
        out = self._take_raw() if self._raw else self._take_numbered()
        if out:
            self._clock.speak()
        return out

    def _take_raw(self) -> bytes:
        lines, self._raw = self._raw, []
        if self._phase is not Phase.DEAD:
            self._ledger.note_unnumbered(sum(map(bool, lines)))
        return b"".join(line + b"\n" for line in lines)

    def _take_numbered(self) -> bytes:
        if self._phase in MUTE or self._clock.is_held:
            return b""
        if self._owes_probe:
            self._owes_probe = False
            return self._ledger.send_probe()
        if not self._ledger.has_room:
            return b""
        if self._ledger.is_behind:
            return self._ledger.send_next()
        return self._take_new()

    def _take_new(self) -> bytes:
        if self._phase in POLLED and not self._feed.has_own and self._clock.now_s >= self._poll_s:
            self._clock.poll()
            self._feed.add([PROBE])
        text = self._feed.take(of_program=self._phase is Phase.RUNNING)
        return b"" if text is None else self._ledger.send(text, *self._feed.fed)

    @property
    def _poll_s(self) -> float:
        return self._clock.keep_alive_s if self._firmware.reports_temperatures else self._clock.poll_s

    def _hear(self, reply: say.Reply) -> Sequence[ev.Event]:
        if self._phase is Phase.DEAD:
            return []
        match reply:
            case say.Ok() | say.Resend() | say.LineError() | say.Busy():
                return self._hear_flow(reply)
            case say.Banner() | say.Fault() | say.Action():
                return self._hear_ending(reply)
            case say.Heat() | say.Where() | say.Chatter():
                return self._hear_news(reply)
            case say.FirmwareName() | say.Capability() | say.Unknown():
                self._firmware.hear(reply)
                return []
            case _:
                assert_never(reply)

    def _hear_flow(self, reply: say.Flow) -> Sequence[ev.Event]:
        self._clock.hear()
        match reply:
            case say.Ok():
                return self._acknowledge(reply)
            case say.Resend():
                return self._send_again(reply.number)
            case say.LineError():
                self._clock.hold(RESEND_OK_S)
            case say.Busy():
                pass
            case _:
                assert_never(reply)
        return []

    def _hear_ending(self, reply: say.Ending) -> Sequence[ev.Event]:
        match reply:
            case say.Banner():
                return self._start_over()
            case say.Fault():
                return self._die(reply.text, heat_off=False)
            case say.Action():
                return self._obey_panel(reply.word)
            case _:
                assert_never(reply)

    def _hear_news(self, reply: say.News) -> Sequence[ev.Event]:
        match reply:
            case say.Heat():
                return self._feel(reply)
            case say.Where():
                self._feed.where = reply.position
            case say.Chatter():
                pass
            case _:
                assert_never(reply)
        return []

    def _acknowledge(self, reply: say.Ok) -> Sequence[ev.Event]:
        if self._owes_ok_of_resend:
            self._owes_ok_of_resend = False
            self._clock.release()
        for _ in range(reply.count):
            if line := self._ledger.acknowledge(is_probe=bool(reply.temperatures)):
                self._feed.acknowledge(line)
        told: list[ev.Event] = [ev.Heated(reply.temperatures)] if reply.temperatures else []
        if self._phase in FED:
            told += self._feed.advance(self._clock.now_s)
        return told

    def _send_again(self, number: int) -> Sequence[ev.Event]:
        if self._phase in MUTE:
            return []
        verdict = self._resends.judge(number, self._ledger, is_settling=self._phase is Phase.SETTLING)
        if verdict in {Verdict.STORM, Verdict.NONSENSE}:
            return self._die(verdict, heat_off=True)
        if verdict is Verdict.AGAIN:
            self._feed.resends += 1
            self._owes_ok_of_resend = True
            self._clock.hold(RESEND_OK_S)
        return []

    def _break_silence(self) -> Sequence[ev.Event]:
        if self._phase is Phase.CLEARING:
            self._ledger.forget()
            return []
        if self._clock.probe() and (self._is_ready or self._clock.probes <= PROBES_BEFORE_READY):
            self._owes_probe = True
            return []
        if self._is_ready:
            return self._die(_SILENT, heat_off=True)
        self._phase = Phase.DEAD
        return [ev.Unanswered()]

    def _feel(self, heat: say.Heat) -> Sequence[ev.Event]:
        if self._phase is Phase.WAITING:
            self._clear()
        if heat.waiting:
            self._clock.hear()
            if self._phase in {Phase.CLEARING, Phase.SETTLING} and not self._raw:
                self._raw = [BREAK_WAIT]  # the one before came too early: M109 had not yet begun to wait
        return [ev.Heated(heat.temperatures)]

    def _obey_panel(self, word: str) -> Sequence[ev.Event]:
        commands = {"cancel": self.cancel, "pause": self.pause, "resume": self.resume}
        command = commands.get(word.removesuffix("d"))
        return command(self._clock.now_s) if command else []

    def _change(self, before: Phase, after: Phase) -> bool:
        if self._phase is not before:
            return False
        self._phase = after
        return True

    def _start_over(self) -> Sequence[ev.Event]:
        if self._is_ready:
            self._fall_dead(heat_off=True)
            return [ev.Restarted()]
        if self._phase is not Phase.CLEARING:
            self._clear()
        return []

    def _clear(self) -> None:
        self._feed.drop()
        self._ledger.abandon()
        self._clock.release()
        self._clock.hear()
        self._owes_probe = self._owes_ok_of_resend = False
        self._raw = list(CLEARING)
        self._phase = Phase.CLEARING

    def _die(self, text: str, *, heat_off: bool) -> Sequence[ev.Event]:
        self._fall_dead(heat_off=heat_off)
        return [ev.Faulted(text)]

    def _fall_dead(self, *, heat_off: bool) -> None:
        self._feed.drop()
        self._raw = list(CLEARING) if heat_off else []
        self._phase = Phase.DEAD

    def _go_on(self) -> Sequence[ev.Event]:
        """Take the step that everything acknowledged allows."""
        if self._raw or self._feed.has_own or not self._ledger.is_clear:
            return []
        if self._phase is Phase.CLEARING:
            self._ledger.restart()
            self._feed.add(AFTER_CANCEL if self._is_ready else SET_UP)
            self._phase = Phase.SETTLING
        elif self._phase is Phase.SETTLING:
            return self._settle()
        elif self._phase is Phase.RUNNING and self._feed.is_exhausted:
            return self._finish()
        return []

    def _settle(self) -> Sequence[ev.Event]:
        self._phase = Phase.IDLE
        if self._is_ready:
            return [ev.Cancelled()]
        self._is_ready = True
        self._clock.silence_s = SILENCE_S if self._firmware.says_busy else SILENCE_WITHOUT_BUSY_S
        return [ev.Ready(self._firmware.name, self._firmware.degraded)]

    def _finish(self) -> Sequence[ev.Event]:
        if self._feed.where is None:
            return [] if self._feed.ask_where() else self._die(_NOWHERE, heat_off=True)
        self._phase = Phase.IDLE
        return [*self._feed.advance(self._clock.now_s, is_last=True), ev.Finished(self._feed.where)]
