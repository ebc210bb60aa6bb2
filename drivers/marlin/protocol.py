"""Marlin's side of the bargain, sans-I/O: bytes and instants in, events and bytes out."""

import math
from collections.abc import Sequence
from typing import Final, assert_never

from drivers.gcode import Program
from drivers.marlin import events as ev
from drivers.marlin import replies as say
from drivers.marlin.clearing import Clearing
from drivers.marlin.clockwork import SILENCE_S, SILENCE_WITHOUT_BUSY_S, Clockwork
from drivers.marlin.commands import AFTER_CANCEL, SET_UP
from drivers.marlin.feed import Feed
from drivers.marlin.firmware import Firmware
from drivers.marlin.heatwatch import HeatWatch
from drivers.marlin.ledger import WINDOW_BYTES
from drivers.marlin.link import Link
from drivers.marlin.pausing import Pausing
from drivers.marlin.phases import FED, MUTE, POLLED, Phase, Stage
from drivers.marlin.recovery import Verdict
from drivers.types import Temperature

LONGEST_REPLY: Final = 4096
PROBES_BEFORE_READY: Final = 2
_SILENT: Final = "The printer no longer answers: check its cable and its power."
_NOWHERE: Final = "The printer does not tell where it stands, so nobody knows whether it has finished."


class MarlinProtocol:
    """Numbered lines through a window of bytes, executed exactly once and in order."""

    def __init__(self, window_bytes: int = WINDOW_BYTES) -> None:
        self._stage = Stage()
        self._clock = Clockwork()
        self._link = Link(self._clock, window_bytes)
        self._feed = Feed()
        self._firmware = Firmware()
        self._heat = HeatWatch()
        self._buffer = b""
        self._clearing = Clearing()
        self._pausing = Pausing(self._stage, self._feed, self._clearing)
        self._is_ready = False

    def run(self, program: Program, now_s: float) -> Sequence[ev.Event]:
        """Begin to feed a program; only an idle board takes one."""
        self._clock.set(now_s)
        if self._stage.phase is Phase.IDLE:
            self._stage.phase = Phase.RUNNING
            self._pausing.reset()
            self._link.begin()
            self._feed.start(program)
        return self._go_on()

    def pause(self, now_s: float) -> Sequence[ev.Event]:
        """Feed no more; what the board already holds is executed, then the tool leaves the part."""
        self._clock.set(now_s)
        return self._pausing.pause(now_s)

    def resume(self, now_s: float) -> Sequence[ev.Event]:
        """Put everything back and feed again, or tell a board that waits for a person that one is there."""
        self._clock.set(now_s)
        return self._pausing.resume()

    def cancel(self, now_s: float) -> Sequence[ev.Event]:
        """Drop the program; heat off goes out at once, whatever the board still owes us."""
        self._clock.set(now_s)
        if self._stage.phase in FED:
            self._clear()
        return []

    def receive(self, data: bytes, now_s: float) -> Sequence[ev.Event]:
        """Take bytes from the board."""
        self._clock.set(now_s)
        self._clock.sound()
        *lines, rest = (self._buffer + data).split(b"\n")
        self._buffer = rest[-LONGEST_REPLY:]
        told: list[ev.Event] = []
        for line in lines:
            told += self._hear(say.parse(line.strip()))
        if rest and self._stage.phase not in MUTE:
            self._link.suspect(rest)
        return [*told, *self._go_on()]

    def tick(self, now_s: float) -> Sequence[ev.Event]:
        """Act on what did not come."""
        self._clock.set(now_s)
        told: Sequence[ev.Event] = []
        if self._stage.phase is Phase.WAITING:
            if now_s >= self._clock.banner_s:
                self._clear()
        elif self._link.ledger.is_waiting and now_s >= self._clock.silent_s:
            told = self._break_silence()
        if self._stage.phase is Phase.CLEARING:
            self._clearing.tick(now_s)
        elif self._stage.phase not in MUTE:
            self._link.tick()
            self._pausing.tick(now_s)
        return [*told, *self._go_on()]

    def deadline_s(self) -> float | None:
        """The next instant at which silence means something."""
        if self._stage.phase is Phase.DEAD:
            return None
        if self._stage.phase is Phase.WAITING:
            return self._clock.banner_s
        if self._stage.phase is Phase.CLEARING:
            return min(self._clearing.again_s, self._clock.silent_s)
        link_s = self._link.deadline_s
        if link_s is None:
            link_s = self._check_s if self._stage.phase in POLLED else None
        return self._pausing.sooner(link_s)

    def take_output(self, now_s: float) -> bytes:
        """Return the next line, or nothing while the window is shut."""
        self._clock.set(now_s)
        if self._clearing.is_waiting:
            out, lines = self._clearing.take()
            self._link.ledger.note_unnumbered(lines)
        else:
            out = self._take_numbered()
        if out:
            self._clock.speak()
        return out

    def _take_numbered(self) -> bytes:
        if self._stage.phase in MUTE:
            return b""
        if self._clock.now_s >= self._check_s and self._stage.phase in POLLED:
            self._link.check(self._feed)
        of_program = self._stage.phase is Phase.RUNNING
        one_by_one = self._stage.phase is Phase.SETTLING
        return self._link.take(self._feed, of_program=of_program, one_by_one=one_by_one)

    @property
    def _check_s(self) -> float:
        return self._link.check_s(reports_by_itself=self._firmware.reports_temperatures)

    def _hear(self, reply: say.Reply) -> Sequence[ev.Event]:
        if self._stage.phase is Phase.DEAD:
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
        self._clock.hear(is_busy=isinstance(reply, say.Busy))
        match reply:
            case say.Ok():
                return self._acknowledge(reply)
            case say.Resend():
                return self._send_again(reply.number)
            case say.LineError():
                if self._stage.phase not in MUTE:
                    self._link.accuse(reply)
            case say.Busy():
                return self._pausing.wait_for_person(goes_on_alone=True) if reply.waits_for_person else []
            case _:
                assert_never(reply)
        return []

    def _hear_ending(self, reply: say.Ending) -> Sequence[ev.Event]:
        match reply:
            case say.Banner():
                return self._start_over()
            case say.Fault():
                if self._stage.phase is Phase.WAITING:
                    return []  # the last words of the life before the reset
                return self._end(ev.Faulted(reply.text), heat_off=False)
            case say.Action():
                return self._obey_panel(reply.word)
            case _:
                assert_never(reply)

    def _hear_news(self, reply: say.News) -> Sequence[ev.Event]:
        self._link.dismiss()
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
        told: list[ev.Event] = []
        for line in self._link.acknowledge(reply):
            self._feed.acknowledge(line)
            told += self._pausing.board_goes_on()
        if reply.temperatures:
            told += self._warm(reply.temperatures)
        if self._stage.phase in FED:
            told += self._feed.advance(self._clock.now_s, self._link.resends, self._link.health)
        return told

    def _send_again(self, number: int) -> Sequence[ev.Event]:
        if self._stage.phase in MUTE:
            return []
        verdict = self._link.ask(number, is_settling=self._stage.phase is Phase.SETTLING)
        if verdict in {Verdict.STORM, Verdict.NONSENSE}:
            return self._end(ev.Faulted(verdict))
        return []

    def _break_silence(self) -> Sequence[ev.Event]:
        if self._stage.phase is Phase.CLEARING:
            self._link.ledger.forget()
            return []
        if self._clock.probe() and (self._is_ready or self._clock.probes <= PROBES_BEFORE_READY):
            self._link.probe()
            return []
        return (
            self._end(ev.Faulted(_SILENT)) if self._is_ready else self._end(ev.Unanswered(), heat_off=False)
        )

    def _feel(self, heat: say.Heat) -> Sequence[ev.Event]:
        if self._stage.phase is Phase.WAITING:
            self._clear()
        if heat.waiting:
            self._clock.hear(is_busy=True)
            if self._stage.phase in {Phase.CLEARING, Phase.SETTLING}:
                self._clearing.break_wait()  # the one before came too early: M109 had not yet begun to wait
        return self._warm(heat.temperatures)

    def _warm(self, told: dict[str, Temperature]) -> Sequence[ev.Event]:
        """Show what is plausible, and give up a heater that is not."""
        wrong = self._heat.feel(told, self._clock.now_s) if self._is_ready else None
        sound = {name: heater for name, heater in told.items() if math.isfinite(heater.actual_c)}
        self._pausing.feel(sound)
        heated = [ev.Heated(sound, self._clock.now_s)]
        return [*heated, *self._end(ev.Faulted(wrong))] if wrong else heated

    def _obey_panel(self, word: str) -> Sequence[ev.Event]:
        if word == "paused":
            return self._pausing.wait_for_person(goes_on_alone=False)
        commands = {"cancel": self.cancel, "pause": self.pause, "resume": self.resume, "resumed": self.resume}
        command = commands.get(word)
        return command(self._clock.now_s) if command else []

    def _start_over(self) -> Sequence[ev.Event]:
        if self._is_ready:
            return self._end(ev.Restarted())
        if self._stage.phase is not Phase.CLEARING:
            self._clear()
        return []

    def _clear(self) -> None:
        self._feed.drop()
        self._link.reset()
        self._pausing.reset()
        self._clock.hear()
        self._clearing.begin(self._clock.now_s)
        self._stage.phase = Phase.CLEARING

    def _end(self, event: ev.Event, *, heat_off: bool = True) -> Sequence[ev.Event]:
        self._stage.phase = Phase.DEAD
        self._clearing.end(heat_off=heat_off)
        return [event]

    def _go_on(self) -> Sequence[ev.Event]:
        """Take the step that everything acknowledged allows."""
        if self._clearing.is_waiting or self._feed.has_own or not self._link.ledger.is_clear:
            return []
        if self._stage.phase is Phase.CLEARING:
            self._link.ledger.restart()
            self._feed.add(AFTER_CANCEL if self._is_ready else SET_UP)
            self._stage.phase = Phase.SETTLING
        elif self._stage.phase is Phase.SETTLING:
            return self._settle()
        elif self._stage.phase is Phase.PAUSED:
            self._pausing.go_on()
        elif self._stage.phase is Phase.RUNNING and self._feed.is_exhausted:
            return self._finish()
        return []

    def _settle(self) -> Sequence[ev.Event]:
        self._stage.phase = Phase.IDLE
        if self._is_ready:
            return [ev.Cancelled()]
        self._is_ready = True
        self._clock.silence_s = SILENCE_S if self._firmware.says_busy else SILENCE_WITHOUT_BUSY_S
        return [ev.Ready(self._firmware.name, self._firmware.degraded)]

    def _finish(self) -> Sequence[ev.Event]:
        if self._feed.where is None:
            return [] if self._feed.ask_where() else self._end(ev.Faulted(_NOWHERE))
        self._stage.phase = Phase.IDLE
        last = self._feed.advance(self._clock.now_s, self._link.resends, self._link.health, is_last=True)
        return [*last, ev.Finished(self._feed.where)]
