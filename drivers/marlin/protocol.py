"""Marlin's side of the bargain, sans-I/O: bytes and instants in, events and bytes out."""

import math
from collections.abc import Iterable, Sequence
from typing import Final, assert_never

from drivers.gcode import Program
from drivers.marlin import events as ev
from drivers.marlin import replies as say
from drivers.marlin.clockwork import Clockwork
from drivers.marlin.course import Course
from drivers.marlin.feed import Feed
from drivers.marlin.habits import Habits
from drivers.marlin.heatwatch import HeatWatch
from drivers.marlin.link import Link
from drivers.marlin.phases import FED, MUTE, POLLED, Phase
from drivers.marlin.recovery import Verdict
from drivers.types import Temperature

LONGEST_REPLY: Final = 4096


class MarlinProtocol:
    """Numbered lines through a window of bytes, executed exactly once and in order."""

    def __init__(self, habits: Habits | None = None) -> None:
        habits = habits or Habits()
        self._clock = Clockwork()
        self._link = Link(self._clock, habits.window_bytes)
        self._feed = Feed()
        self._course = Course(self._clock, self._link, self._feed, habits)
        self._stage, self._clearing = self._course.stage, self._course.clearing
        self._pausing, self._firmware = self._course.pausing, self._course.firmware
        self._heat = HeatWatch()
        self._buffer = b""
        self._is_shut = False

    def run(self, program: Program, now_s: float) -> Sequence[ev.Event]:
        """Begin to feed a program; only an idle board takes one."""
        self._awake(now_s)
        if self._stage.phase is Phase.IDLE:
            self._stage.phase = Phase.RUNNING
            self._pausing.reset()
            self._link.begin()
            self._feed.start(program)
        return self._course.go_on()

    @property
    def can_level(self) -> bool:
        """The board tells that it measures its bed with a probe."""
        return self._firmware.levels

    def insert(self, commands: Iterable[bytes], now_s: float) -> Sequence[ev.Event]:
        """Put commands of ours before the next line of the program, numbered like all."""
        self._awake(now_s)
        if self._stage.phase in POLLED:
            self._feed.add(commands)
        return ()

    def pause(self, now_s: float) -> Sequence[ev.Event]:
        """Feed no more; what the board already holds is executed, then the tool leaves the part."""
        self._awake(now_s)
        return self._pausing.pause(now_s)

    def pause_after_layer(self, keep_hot_s: float, keep_bed_s: float, now_s: float) -> Sequence[ev.Event]:
        """Pause between two layers, and stay warm for no longer than told."""
        self._awake(now_s)
        self._pausing.pause_after_layer(keep_hot_s, keep_bed_s)
        return self._course.go_on()

    def resume(self, now_s: float) -> Sequence[ev.Event]:
        """Put everything back and feed again, or tell a board that waits for a person that one is there."""
        self._awake(now_s)
        return self._pausing.resume()

    def cancel(self, now_s: float) -> Sequence[ev.Event]:
        """Drop the program; heat off goes out at once, whatever the board still owes us."""
        self._awake(now_s)
        if self._stage.phase in FED:
            self._course.clear()
        return []

    def receive(self, data: bytes, now_s: float) -> Sequence[ev.Event]:
        """Take bytes from the board."""
        self._awake(now_s)
        self._clock.sound()
        *lines, rest = (self._buffer + data).split(b"\n")
        self._buffer = rest[-LONGEST_REPLY:]
        told: list[ev.Event] = []
        for line in lines:
            told += self._hear(say.parse(line))
        if rest and self._stage.phase not in MUTE:
            self._link.suspect(rest)
        told += self._course.go_on()
        return told

    def tick(self, now_s: float) -> Sequence[ev.Event]:
        """Act on what did not come."""
        self._awake(now_s)
        told: Sequence[ev.Event] = []
        if self._stage.phase is Phase.WAITING:
            if now_s >= self._clock.banner_s:
                self._course.clear()
        elif self._link.ledger.is_waiting and now_s >= self._clock.silent_s:
            told = self._course.break_silence()
        if self._stage.phase is Phase.CLEARING:
            self._clearing.tick(now_s)
            if now_s >= self._clock.doubt_s:
                self._clearing.doubt()
        elif self._stage.phase not in MUTE:
            self._link.tick()
            self._pausing.tick(now_s)
        return [*told, *self._course.go_on()]

    def deadline_s(self) -> float | None:
        """The next instant at which silence means something."""
        match self._stage.phase:
            case Phase.DEAD:
                return None
            case Phase.WAITING:
                return self._clock.banner_s
            case Phase.CLEARING:
                return min(self._clearing.next_s(self._clock.doubt_s), self._clock.silent_s)
            case _:
                return self._pausing.sooner(self._link.deadline_s(is_polled=self._stage.phase in POLLED))

    @property
    def is_over(self) -> bool:
        """Nothing of a program goes to this printer any more."""
        return self._stage.phase is Phase.DEAD

    def take_output(self, now_s: float) -> bytes:
        """Return the next line, or nothing while the window is shut."""
        if self._is_shut:
            return b""
        self._clock.set(now_s)
        if self._clearing.is_waiting:
            out = self._link.ledger.send_unnumbered(self._clearing.take())
        else:
            out = self._take_numbered()
        if out:
            self._clock.speak()
        else:
            self._is_shut = True
        return out

    def _awake(self, now_s: float) -> None:
        """Something happens: what was shut may be open now."""
        self._clock.set(now_s)
        self._is_shut = False

    def _take_numbered(self) -> bytes:
        phase = self._stage.phase
        if phase in MUTE:
            return b""
        if self._clock.now_s >= self._link.check_s and phase in POLLED:
            self._link.check(self._feed)
        return self._link.take(
            self._feed, of_program=phase is Phase.RUNNING, one_by_one=phase is Phase.SETTLING
        )

    def _hear(self, reply: say.Reply) -> Sequence[ev.Event]:
        if self._stage.phase is Phase.DEAD:
            return ()
        match reply:
            case say.Ok():
                self._clock.hear()
                return self._acknowledge(reply)
            case say.Resend() | say.LineError() | say.Busy():
                return self._hear_flow(reply)
            case say.Banner() | say.Fault() | say.Action():
                return self._hear_ending(reply)
            case say.Heat() | say.Where() | say.Chatter():
                return self._hear_news(reply)
            case say.FirmwareName() | say.Capability() | say.Unknown():
                self._firmware.hear(reply)
                return ()
            case _:
                assert_never(reply)

    def _hear_flow(self, reply: say.Trouble) -> Sequence[ev.Event]:
        self._clock.hear(is_busy=isinstance(reply, say.Busy))
        match reply:
            case say.Resend():
                return self._send_again(reply.number)
            case say.LineError():
                if self._stage.phase not in MUTE:
                    self._link.accuse(reply)
            case say.Busy():
                return self._keep_patience(reply)
            case _:
                assert_never(reply)
        return ()

    def _keep_patience(self, busy: say.Busy) -> Sequence[ev.Event]:
        if self._stage.phase not in MUTE:
            self._link.await_long()
        return self._pausing.wait_for_person(goes_on_alone=True) if busy.waits_for_person else ()

    def _hear_ending(self, reply: say.Ending) -> Sequence[ev.Event]:
        match reply:
            case say.Banner():
                return self._course.start_over()
            case say.Fault():
                if self._stage.phase is Phase.WAITING:
                    return []  # the last words of the life before the reset
                return self._course.end(ev.Faulted(reply.text), heat_off=False)
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
        if reply.answer is not None:
            told += self._hear(reply.answer)
        if reply.temperatures:
            told += self._warm(reply.temperatures)
        if self._feed.is_news(self._clock.now_s) and self._stage.phase in FED:
            told.append(self._feed.advanced(self._clock.now_s, self._link.resends, self._link.health))
        return told

    def _send_again(self, number: int) -> Sequence[ev.Event]:
        if self._stage.phase in MUTE:
            return []
        verdict = self._link.ask(number, is_settling=self._stage.phase is Phase.SETTLING)
        if verdict in {Verdict.STORM, Verdict.NONSENSE}:
            return self._course.end(ev.Faulted(verdict))
        return []

    def _feel(self, heat: say.Heat) -> Sequence[ev.Event]:
        if self._stage.phase is Phase.WAITING:
            self._course.clear()
        if heat.waiting:
            self._clock.hear(is_busy=True)
            if self._stage.phase in {Phase.CLEARING, Phase.SETTLING}:
                self._clearing.break_wait()  # the one before came too early: M109 had not yet begun to wait
            if self._stage.phase not in MUTE:
                self._link.await_long()
        return self._warm(heat.temperatures)

    def _warm(self, told: dict[str, Temperature]) -> Sequence[ev.Event]:
        """Show what is plausible, and give up a heater that is not."""
        wrong = self._heat.feel(told, self._clock.now_s) if self._course.is_ready else None
        sound = {name: heater for name, heater in told.items() if math.isfinite(heater.actual_c)}
        self._pausing.feel(sound)
        heated = [ev.Heated(sound, self._clock.now_s)]
        return [*heated, *self._course.end(ev.Faulted(wrong))] if wrong else heated

    def _obey_panel(self, word: str) -> Sequence[ev.Event]:
        if word == "paused":
            return self._pausing.wait_for_person(goes_on_alone=False)
        commands = {"cancel": self.cancel, "pause": self.pause, "resume": self.resume, "resumed": self.resume}
        command = commands.get(word)
        return command(self._clock.now_s) if command else []
