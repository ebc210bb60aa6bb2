"""Halts played on a real queue by its own rules: sent, refused, made, failed, redone, carried over."""

import random
from dataclasses import dataclass, field
from pathlib import Path

from drivers.types import DeviceKind
from jobs.loans import LoanEnd
from jobs.store.accounts import Act
from jobs.store.again import Copies
from jobs.store.change import JobChange
from jobs.store.groups import Group
from jobs.store.queue import Store
from jobs.types import Design, DesignKind, Estimate, Halt, Job, JobState, Prepared

START_S = 1_750_000_000.0
SHAPES = (
    (DesignKind.NAME_TAG, DeviceKind.PRINTER),
    (DesignKind.KEY_RING, DeviceKind.PRINTER),
    (DesignKind.DRAWING, DeviceKind.MILL),
)
MACHINES = {DeviceKind.PRINTER: "prusa", DeviceKind.MILL: "fraiseuse"}
ENDS = (JobState.DONE,) * 7 + (JobState.FAILED, JobState.INTERRUPTED, JobState.CANCELLED)
NOTES = {
    JobState.FAILED: "fault",
    JobState.INTERRUPTED: "battery-short layer 4",
    JobState.CANCELLED: "cancelled",
}


@dataclass
class Afternoon:
    """A player with a seed and a clock of its own; it keeps its own tally of what it has done."""

    store: Store
    clock: list[float]
    dice: random.Random = field(default_factory=lambda: random.Random(11))  # noqa: S311 - repeatable
    tally: dict[str, int] = field(default_factory=dict)
    number: int = 0

    def count(self, what: str) -> None:
        """One more of it."""
        self.tally[what] = self.tally.get(what, 0) + 1

    def go_by(self, minutes: float) -> None:
        """Time passes."""
        self.clock[0] += minutes * 60

    def play(self, objects: int, group: Group) -> Halt:
        """A halt with so many new objects, some of them of participants who have had one; it stays open."""
        halt = self.store.open_halt("École Victor-Hugo", "Créteil", self.clock[0] + 4 * 3600, 100.0, group)
        for _ in range(objects):
            self.send()
            self.go_by(self.dice.uniform(0.2, 4))
            self.judge_some()
            self.make_one()
            if self.number % 7 == 0:
                self.lend_one()
        for act in ("stop", "call", "fault", "runout", "call", "approve"):
            self.store.keep_act(Act(self.clock[0], act, halt.id))
        return halt

    def send(self) -> None:
        """A child sends something."""
        self.number += 1
        kind, device = self.dice.choice(SHAPES)
        job = self.store.create(Design(kind, device), f"key-{self.number:06}")
        wh, grams = (
            self.dice.uniform(5, 40),
            self.dice.uniform(2, 20) if device is DeviceKind.PRINTER else 0.0,
        )
        cost = Estimate(900, 800, 1200, wh, wh * 0.9, wh * 1.3, 260, mass_g=grams)
        self.store.transition(
            job.id, JobState.READY, change=JobChange(prepared=Prepared("a", "b", "c", cost))
        )
        known = [holder.ticket for holder in self.store.holders() if holder.here]
        holder = self.dice.choice(known) if known and self.dice.random() < 0.3 else None
        self.store.send(job.id, holder)

    def lend_one(self) -> None:
        """A robot goes out, stays out longer than was asked at first, and comes back; some ask once more."""
        robot = self.dice.choice(("robi", "thymio"))
        loan = self.store.ask_robot('{"version": 1, "steps": []}', f"loan-{self.number:06}")
        for again in range(self.dice.choice((1, 2))):
            if again:
                self.store.ask_again(loan.id)
            for minutes in (5, 10):
                self.store.lend(loan.id, robot, minutes, f"lend-{self.number:04}-{again}-{minutes}")
                self.go_by(self.dice.uniform(1, 5))
            self.store.end_loan(loan.id, self.dice.choice(list(LoanEnd)), self.dice.uniform(0.1, 1))
            self.count("loans")
        if self.dice.random() < 0.5:
            self.store.erase_loan(loan.id)

    def judge_some(self) -> None:
        """The mediator looks at the inbox now and then."""
        for job in self.store.jobs({JobState.WAITING}):
            fate = self.dice.random()
            if fate < 0.1:
                self.store.transition(job.id, JobState.REFUSED)
            elif fate < 0.15:
                self.store.transition(job.id, JobState.CANCELLED)
            elif fate < 0.8:
                self.store.transition(job.id, JobState.APPROVED)

    def make_one(self) -> None:
        """One of the accepted objects is made, and everything that may follow."""
        approved = self.store.jobs({JobState.APPROVED})
        if not approved or self.dice.random() < 0.2:
            return
        job = self.begin(approved[0])
        self.go_by(self.dice.uniform(2, 12))
        if self.dice.random() < 0.2:
            self.store.transition(job.id, JobState.PAUSED, note="low battery")
            self.go_by(3)
            self.store.transition(job.id, JobState.RUNNING)
        self.follow(self.end(job, self.dice.choice(ENDS)))

    def begin(self, job: Job) -> Job:
        """An object gets its machine."""
        machine = MACHINES[job.design.device]
        self.store.set_plate(machine, clear=True)
        self.store.claim(job.id, machine)
        self.go_by(0.1)
        return self.store.transition(job.id, JobState.RUNNING)

    def end(self, job: Job, state: JobState) -> Job:
        """The machine is done with it, measured or not."""
        used_wh = self.dice.uniform(4, 45) if self.dice.random() < 0.5 else None
        self.count(state)
        return self.store.transition(
            job.id, state, note=NOTES.get(state, ""), change=JobChange(used_wh=used_wh)
        )

    def follow(self, job: Job) -> None:
        """Thumbs, verdicts, second orders, and objects that are erased at once."""
        chance = self.dice.random()
        if job.state is JobState.DONE:
            if chance < 0.5:
                self.store.rate(job.id, good=chance < 0.4)
            if chance > 0.8:
                self.store.judge(job.id, good=False, reason="warped")
                self.count("spoiled")
            if 0.6 < chance < 0.75:
                self.store.repeat(job.id, f"again-{job.id[:8]}", Copies(f"{self.number:032x}", None))
            if chance < 0.3:
                self.store.erase(job.id)
        elif job.state is not JobState.CANCELLED and chance < 0.7:
            self.store.transition(job.id, JobState.APPROVED)


def play_two(path: Path, start_s: float = START_S) -> tuple[Afternoon, list[Halt]]:
    """What waits after the first halt is made in the second one, or waits on; a run ends in between."""
    path.parent.mkdir(parents=True, exist_ok=True)
    clock = [start_s]
    store = Store.open(path, lambda: clock[0])
    afternoon = Afternoon(store, clock)
    first = afternoon.play(30, Group.SUN)
    for _ in range(3):
        afternoon.send()
    late = afternoon.begin(store.jobs({JobState.APPROVED})[0])
    store.close_halt()
    afternoon.go_by(40)
    afternoon.end(late, JobState.DONE)
    second = afternoon.play(40, Group.NOBODY)
    afternoon.send()
    store.close_halt()
    store.close()
    return afternoon, [first, second]
