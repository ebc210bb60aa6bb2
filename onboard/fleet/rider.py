"""One virtual bike: what happens on it, and what the city has not confirmed; kept in memory only."""

import random
from collections import deque
from dataclasses import dataclass
from typing import Final

from onboard.messages import (
    Clock,
    ClockSource,
    Energy,
    HaltOpened,
    JobDone,
    JobQueued,
    JobStarted,
    Machine,
    MachineKind,
    MachineState,
    Place,
    Record,
    State,
)
from onboard.uplink.outbox import Backlog, OutboxRow, batch_text
from onboard.uplink.pace import Pace, SendWindow

COMMUNES: Final = (
    *("Créteil", "Gentilly", "Antony", "Montreuil", "Saint-Denis", "Nanterre", "Pantin", "Ivry-sur-Seine"),
    *("Arcueil", "Cachan", "Bagneux", "Malakoff", "Bobigny", "Aubervilliers", "Colombes", "Clamart"),
)
_MADE_IN: Final = 12
"""One record of so many begins an object."""


@dataclass(frozen=True, slots=True)
class Name:
    """A bike's place in the topics, and the name of its home for people."""

    city: str
    bike: str
    commune: str


def name_of(number: int) -> Name:
    """The bikes go round the communes: Créteil 1, Gentilly 1 … Créteil 2."""
    commune = COMMUNES[number % len(COMMUNES)]
    short = commune.lower().replace("é", "e")
    return Name(short, f"{short}-{number // len(COMMUNES) + 1}", commune)


class Rider:
    """Makes records when told that time has passed, and offers batches until they are confirmed."""

    def __init__(self, name: Name, chance: random.Random, now_s: float, utc_s: float) -> None:
        self.name = name
        self.boot = f"{chance.getrandbits(64):016x}"
        self.made = 0
        self.confirmed = 0
        self._chance = chance
        self._host = chance.choice(COMMUNES)
        self._rows: deque[OutboxRow] = deque()
        self._pace = Pace()
        self._window = SendWindow(self._pace)
        self._soc_pct = chance.uniform(40, 100)
        self._doing: JobQueued | None = None
        reading = Clock(mono_s=now_s, utc_s=utc_s, error_ms=100, source=ClockSource.NETWORK)
        self._note(reading, now_s)
        self._note(HaltOpened(place="Médiathèque", host_city=self._host, minutes=180), now_s)

    @property
    def waiting(self) -> int:
        """Records that the city has not confirmed."""
        return len(self._rows)

    def live(self) -> None:
        """Nothing of what the broker may have had is sure after a new connection."""
        self._window.connected(0.0, 0, 0.0)

    def happen(self, now_s: float) -> None:
        """One more record: mostly a minute's energy, now and then a step of an object."""
        self._soc_pct = max(5.0, self._soc_pct - 0.05)
        if self._doing is None and self._chance.random() < 1 / _MADE_IN:
            kind = self._chance.choice(list(MachineKind))
            self._doing = JobQueued(kind=kind, minutes=self._chance.randrange(10, 60), energy_wh=30.0)
            self._note(self._doing, now_s)
            self._note(JobStarted(kind=kind, waited_min=5), now_s)
        elif self._doing is not None and self._chance.random() < 2 / _MADE_IN:
            done, self._doing = self._doing, None
            self._note(JobDone(kind=done.kind, minutes=done.minutes, energy_wh=done.energy_wh), now_s)
        else:
            self._note(Energy(seconds=60, used_wh=3.4, soc_pct=round(self._soc_pct)), now_s)

    def state(self, utc_s: float) -> State:
        """How it is doing."""
        running = MachineState.IDLE if self._doing is None else MachineState.RUNNING
        kind = MachineKind.PRINTER if self._doing is None else self._doing.kind
        return State(
            utc_s=utc_s,
            halt=Place(place="Médiathèque", host_city=self._host, left_min=90),
            soc_pct=round(self._soc_pct),
            machines=(Machine(kind=kind, state=running, done_pct=0),),
            queue=self._chance.randrange(0, 6),
            waiting_rows=self.waiting,
        )

    def batches(self, now_s: float) -> list[str]:
        """What is to be published now."""
        if not self._rows:
            return []
        self._window.follow(Backlog(self.boot, self.confirmed), now_s)
        found = []
        while self._window.may_send(now_s):
            start = self._window.after_seq - self.confirmed
            rows = [self._rows[i] for i in range(start, min(len(self._rows), start + self._pace.batch_rows))]
            if not rows:
                break
            found.append(batch_text(rows, self.confirmed, now_s))
            self._window.sent(rows[-1].seq, len(rows), self.waiting, now_s)
        return found

    def acknowledge(self, boot: str, upto: int) -> list[float]:
        """Forget what is confirmed and return the monotonic seconds at which it happened."""
        if boot != self.boot or not self.confirmed < upto <= self.made:
            return []
        self.confirmed = upto
        times = []
        while self._rows and self._rows[0].seq <= upto:
            times.append(self._rows.popleft().mono_s)
        return times

    def _note(self, record: Record, now_s: float) -> None:
        self.made += 1
        payload = record.model_dump_json(exclude_none=True)
        self._rows.append(OutboxRow(self.boot, self.made, round(now_s, 2), record.type, payload))
