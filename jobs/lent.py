"""What the robots came to that were lent in a halt, counted from the journal of loans."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from jobs.loans import LoanState


@dataclass(frozen=True, slots=True)
class LoanStep:
    """A row of the journal of loans; `note` is the robot where it is lent, `took_wh` stands at the end."""

    loan: str
    to_state: LoanState
    at_s: float
    note: str
    halt: str | None
    took_wh: float | None = None


@dataclass(frozen=True, slots=True)
class RobotUse:
    """What one robot did in loans that are over; `charge_wh` is what charging it takes for them."""

    name: str
    loans: int
    minutes: float
    charge_wh: float


@dataclass(frozen=True, slots=True)
class _Lent:
    """One time that a robot was lent and came back."""

    robot: str
    minutes: float
    charge_wh: float


def robot_uses(steps: Iterable[LoanStep], halts: Collection[str]) -> tuple[RobotUse, ...]:
    """Count the loans that are over by robot; a loan belongs to the halt in which the robot was lent."""
    lent = sorted(_lent(steps, halts), key=lambda one: one.robot)
    uses = []
    for name, group in groupby(lent, key=lambda one: one.robot):
        mine = list(group)
        minutes, charge_wh = sum(one.minutes for one in mine), sum(one.charge_wh for one in mine)
        uses.append(RobotUse(name, len(mine), minutes, charge_wh))
    return tuple(uses)


def _lent(steps: Iterable[LoanStep], halts: Collection[str]) -> Iterator[_Lent]:
    for _, story in groupby(sorted(steps, key=lambda step: step.loan), key=lambda step: step.loan):
        start: LoanStep | None = None
        for step in story:
            if step.to_state is LoanState.LENT:
                start = step
            elif start is not None and step.to_state is LoanState.ENDED:
                if start.halt in halts:
                    minutes = max(0.0, step.at_s - start.at_s) / 60
                    yield _Lent(start.note, minutes, step.took_wh or 0.0)
                start = None
