"""What a halt came to, counted from the journal: steps of jobs in, figures out."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from statistics import median
from typing import Final

from jobs.journal import Item, Step
from jobs.lent import LoanStep, RobotUse, robot_uses
from jobs.types import ON_A_MACHINE, DesignKind, Halt, JobState

_LINE: Final = frozenset({JobState.WAITING, JobState.APPROVED})
_BEGUN: Final = frozenset({JobState.STARTING, JobState.WAITING, JobState.APPROVED})
_ENDS: Final = frozenset({JobState.DONE, JobState.FAILED, JobState.INTERRUPTED, JobState.CANCELLED})
LOW_BATTERY: Final = "low battery"
BATTERY: Final = "battery-"
"""How the notes begin of runs that the battery's protection has ended."""
_CODES: Final = {"the daemon restarted": "restart"}


class Outcome(StrEnum):
    """What became of an object during a halt."""

    GOOD = "good"
    SPOILED = "spoiled"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    CANCELLED = "cancelled"
    REFUSED = "refused"
    ON_MACHINE = "on-machine"
    CARRIED = "carried"


class Incident(StrEnum):
    """What went wrong beside the objects; the first three are acts in the audit journal."""

    STOP = "stop"
    FAULT = "fault"
    RUNOUT = "runout"
    CALL = "call"
    PROTECTION = "protection"


@dataclass(frozen=True, slots=True)
class Records:
    """All that a report is made of: `steps` hold every step, in their order, of each job that was in play."""

    halts: tuple[Halt, ...]
    items: Mapping[str, Item]
    steps: tuple[Step, ...]
    incidents: Mapping[str, int]
    thumbs_up: int
    thumbs_down: int
    lent: tuple[LoanStep, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """One time on a machine; `end` is None while it goes on."""

    start: Step
    end: Step | None

    @property
    def machine(self) -> str:
        """The store notes the machine at the start."""
        return self.start.note

    @property
    def minutes(self) -> float:
        """How long it occupied its machine."""
        return max(0.0, self.end.at_s - self.start.at_s) / 60 if self.end else 0.0

    @property
    def outcome(self) -> Outcome:
        """How it ended; a mediator's word counts more than the machine's."""
        return _outcome(self.end) if self.end else Outcome.ON_MACHINE


@dataclass(frozen=True, slots=True)
class MachineUse:
    """What one machine did."""

    name: str
    minutes: float
    runs: int
    good: int
    energy_wh: float


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of one halt or several; None where there is nothing to make a figure of.

    `brought` objects waited already when the (first) halt opened, `fresh` ones were sent or ordered again;
    together they are the sum of `outcomes`, where each object stands once.
    """

    halts: tuple[Halt, ...]
    open_minutes: float
    outcomes: Mapping[Outcome, int]
    fresh: int
    brought: int
    kinds: Mapping[DesignKind, int]
    participants: int
    groups: Mapping[str, int]
    runs: int
    machines: tuple[MachineUse, ...]
    energy_wh: float
    measured_runs: int
    mass_g: float
    lost_g: float
    wait_median_min: float | None
    wait_longest_min: float | None
    incidents: Mapping[Incident, int]
    reasons: Mapping[str, int]
    thumbs_up: int
    thumbs_down: int
    robots: tuple[RobotUse, ...] = ()

    @property
    def good(self) -> int:
        """Objects that a participant could take home."""
        return self.outcomes.get(Outcome.GOOD, 0)

    @property
    def energy_a_part_wh(self) -> float | None:
        """All energy of all runs, failed ones too, by good object."""
        made = sum(machine.good for machine in self.machines)
        return self.energy_wh / made if made else None

    @property
    def success_pct(self) -> float | None:
        """Good runs among those that ended."""
        made = sum(machine.good for machine in self.machines)
        return 100.0 * made / self.runs if self.runs else None


def report(records: Records, now_s: float) -> Report:
    """Count; `now_s` stands for the end of a halt that is still open."""
    runs = [run for run in runs_of(records.steps) if run.start.halt in _ids(records.halts)]
    ended = [run for run in runs if run.end is not None]
    plays = [play for halt in records.halts for play in _plays(records, halt)]
    met = [records.items[play.job] for play in plays if play.met]
    people = {item.participant: item.group for item in met}
    waits = [wait for play in plays if (wait := play.wait_min) is not None]
    first = {play.job: play.brought for play in reversed(plays)}
    good = [run for run in ended if run.outcome is Outcome.GOOD]
    bad = [run for run in ended if run.outcome is not Outcome.GOOD]
    return Report(
        halts=records.halts,
        open_minutes=sum(max(0.0, (h.closed_s or now_s) - h.opened_s) for h in records.halts) / 60,
        outcomes=Counter({play.job: play.outcome for play in plays}.values()),
        fresh=sum(not brought for brought in first.values()),
        brought=sum(first.values()),
        kinds=Counter(records.items[run.start.job].kind for run in good),
        participants=len(people),
        groups=Counter(group for group in people.values() if group),
        runs=len(ended),
        machines=_uses(ended),
        energy_wh=sum(_took_wh(run) for run in ended),
        measured_runs=sum(run.end is not None and run.end.is_measured for run in ended),
        mass_g=sum(_took_g(run) for run in ended),
        lost_g=sum(_took_g(run) for run in bad),
        wait_median_min=median(waits) if waits else None,
        wait_longest_min=max(waits, default=None),
        incidents=_incidents(records, runs),
        reasons=Counter(why for run in bad if (why := _why(run))),
        thumbs_up=records.thumbs_up,
        thumbs_down=records.thumbs_down,
        robots=robot_uses(records.lent, _ids(records.halts)),
    )


def runs_of(steps: Iterable[Step]) -> Iterator[Run]:
    """Every time that a job was on a machine."""
    for _, story in groupby(sorted(steps, key=lambda step: step.job), key=lambda step: step.job):
        start: Step | None = None
        for step in story:
            if step.to_state is JobState.STARTING:
                start = step
            elif start is not None and step.to_state in _ENDS:
                yield Run(start, step)
                start = None
        if start is not None:
            yield Run(start, None)


@dataclass(frozen=True, slots=True)
class _Play:
    """One object during one halt."""

    job: str
    brought: bool
    outcome: Outcome
    met: bool
    wait_min: float | None


def _plays(records: Records, halt: Halt) -> Iterator[_Play]:
    """Every object that waited, was decided about or was made during a halt."""
    for job, story in groupby(sorted(records.steps, key=lambda step: step.job), key=lambda step: step.job):
        steps = list(story)
        here = [step for step in steps if step.halt == halt.id]
        before = here[0].from_state if here else _state_at(steps, halt.opened_s)
        brought = before in _LINE
        if not brought and not any(step.to_state in _BEGUN for step in here):
            continue
        outcome = _outcome(here[-1]) if here else Outcome.CARRIED
        met = any(step.to_state in {JobState.WAITING, JobState.STARTING} for step in here)
        yield _Play(job, brought, outcome, met, _wait_min(here, halt.opened_s if brought else None))


def _state_at(steps: Sequence[Step], at_s: float) -> JobState | None:
    """Where a job was at an instant."""
    return next((step.to_state for step in reversed(steps) if step.at_s < at_s), None)


def _outcome(step: Step) -> Outcome:
    """Where an object stands after a step."""
    if step.to_state is JobState.DONE:
        return Outcome.SPOILED if step.judged_good is False else Outcome.GOOD
    if step.to_state in ON_A_MACHINE:
        return Outcome.ON_MACHINE
    if step.to_state in {*_ENDS, JobState.REFUSED}:
        return Outcome(step.to_state.value)
    return Outcome.CARRIED


def _wait_min(here: Sequence[Step], since_s: float | None) -> float | None:
    """From sending, or from the opening of the halt, to the first start; None without both."""
    start = next((step.at_s for step in here if step.to_state is JobState.STARTING), None)
    if since_s is None:
        since_s = next((step.at_s for step in here if step.to_state is JobState.WAITING), None)
    return max(0.0, start - since_s) / 60 if start is not None and since_s is not None else None


def _uses(ended: Sequence[Run]) -> tuple[MachineUse, ...]:
    uses = []
    for name, group in groupby(sorted(ended, key=lambda run: run.machine), key=lambda run: run.machine):
        runs = list(group)
        good = sum(run.outcome is Outcome.GOOD for run in runs)
        minutes, energy_wh = sum(run.minutes for run in runs), sum(_took_wh(run) for run in runs)
        uses.append(MachineUse(name, minutes, len(runs), good, energy_wh))
    return tuple(uses)


def _incidents(records: Records, runs: Sequence[Run]) -> Mapping[Incident, int]:
    """What was written down as it happened, and what the notes of steps tell of the battery's protection."""
    told = {Incident(name): count for name, count in records.incidents.items()}
    here = _ids(records.halts)
    paused = sum(step.note == LOW_BATTERY and step.halt in here for step in records.steps)
    cut = sum(run.end is not None and run.end.note.startswith(BATTERY) for run in runs)
    return {**dict.fromkeys(Incident, 0), **told, Incident.PROTECTION: paused + cut}


def _why(run: Run) -> str:
    """The mediator's reason, else the bike's own code: the first word of its note."""
    if run.end is None:
        return ""
    note = _CODES.get(run.end.note, run.end.note)
    return run.end.reason or (note.split() or [run.end.to_state.value])[0]


def _took_wh(run: Run) -> float:
    return (run.end.took_wh if run.end else None) or 0.0


def _took_g(run: Run) -> float:
    return (run.end.took_g if run.end else None) or 0.0


def _ids(halts: Sequence[Halt]) -> frozenset[str]:
    return frozenset(halt.id for halt in halts)
