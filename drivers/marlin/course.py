"""The way from one phase to the next: clearing, settling, idling, running, the end."""

from collections.abc import Sequence
from typing import Final

from drivers.marlin import events as ev
from drivers.marlin.clearing import Clearing
from drivers.marlin.clockwork import SILENCE_S, SILENCE_WITHOUT_BUSY_S, Clockwork
from drivers.marlin.commands import AFTER_CANCEL, SET_UP
from drivers.marlin.feed import Feed
from drivers.marlin.firmware import Firmware
from drivers.marlin.habits import Habits
from drivers.marlin.link import Link
from drivers.marlin.pausing import Pausing
from drivers.marlin.phases import Phase, Stage

PROBES_BEFORE_READY: Final = 2
_SILENT: Final = "The printer no longer answers: check its cable and its power."
_NOWHERE: Final = "The printer does not tell where it stands, so nobody knows whether it has finished."


class Course:
    """Takes each step once what was sent before it is acknowledged."""

    def __init__(self, clock: Clockwork, link: Link, feed: Feed, habits: Habits) -> None:
        self.stage = Stage()
        self.firmware = Firmware()
        self.clearing = Clearing()
        self.pausing = Pausing(self.stage, feed, self.clearing, habits)
        self.is_ready = False
        self._clock = clock
        self._link = link
        self._feed = feed

    def clear(self) -> None:
        """Drop everything; heat off goes out at once."""
        self._feed.drop()
        self._link.reset()
        self.pausing.reset()
        self._clock.hear()
        self.clearing.begin(self._clock.now_s)
        self.stage.phase = Phase.CLEARING

    def end(self, event: ev.Event, *, heat_off: bool = True) -> Sequence[ev.Event]:
        """Say nothing more, but perhaps heat off."""
        self.stage.phase = Phase.DEAD
        self.clearing.end(heat_off=heat_off)
        return [event]

    def start_over(self) -> Sequence[ev.Event]:
        """The board has started, or started again."""
        if self.is_ready:
            return self.end(ev.Restarted())
        if self.stage.phase is not Phase.CLEARING:
            self.clear()
        return []

    def break_silence(self) -> Sequence[ev.Event]:
        """Probe a board that has said nothing for long, or give it up."""
        if self.stage.phase is Phase.CLEARING:
            self._link.ledger.forget()
            return []
        if self._clock.probe() and (self.is_ready or self._clock.probes <= PROBES_BEFORE_READY):
            self._link.probe()
            return []
        return self.end(ev.Faulted(_SILENT)) if self.is_ready else self.end(ev.Unanswered(), heat_off=False)

    def go_on(self) -> Sequence[ev.Event]:
        """Take the step that everything acknowledged allows."""
        if not self._link.ledger.is_clear or self._feed.has_own or self.clearing.is_waiting:
            return ()
        match self.stage.phase:
            case Phase.CLEARING:
                self._link.ledger.restart()
                self._feed.add(AFTER_CANCEL if self.is_ready else SET_UP)
                self.stage.phase = Phase.SETTLING
            case Phase.SETTLING:
                return self._settle()
            case Phase.PAUSED:
                self.pausing.go_on()
            case Phase.RUNNING if self._feed.is_between_layers:
                return [self._advanced(), *self.pausing.pause(self._clock.now_s)]
            case Phase.RUNNING if self._feed.is_exhausted:
                return self._finish()
            case _:
                pass
        return ()

    def _settle(self) -> Sequence[ev.Event]:
        self.stage.phase = Phase.IDLE
        if self.is_ready:
            return [ev.Cancelled()]
        self.is_ready = True
        self._link.reports_by_itself = self.firmware.reports_temperatures
        self._clock.silence_s = SILENCE_S if self.firmware.says_busy else SILENCE_WITHOUT_BUSY_S
        return [ev.Ready(self.firmware.name, self.firmware.degraded)]

    def _finish(self) -> Sequence[ev.Event]:
        if self._feed.where is None:
            return () if self._feed.ask_where() else self.end(ev.Faulted(_NOWHERE))
        self.stage.phase = Phase.IDLE
        return [self._advanced(), ev.Finished(self._feed.where)]

    def _advanced(self) -> ev.Advanced:
        return self._feed.advanced(self._clock.now_s, self._link.resends, self._link.health)
