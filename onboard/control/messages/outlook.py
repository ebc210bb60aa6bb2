"""What lies ahead until the halt ends: the charge, the machines, what accepting a job means."""

from typing import Literal

from onboard.control.messages.base import Identifier, MachineName, Message


class ChargeView(Message):
    """The charge so many minutes from now, in percent: nearly always between low and high."""

    minute: float
    low_pct: float
    middle_pct: float
    high_pct: float


class OccupationView(Message):
    """A job on a machine, in minutes from now; `planned` is False when it only may get a turn."""

    job: Identifier
    machine: MachineName
    start_min: int
    heated_min: int
    end_min: int
    running: bool = False
    planned: bool = True


class AcceptanceView(Message):
    """The charge at the end if a waiting job is accepted, and what this queue leaves too little of for it."""

    job: Identifier
    end_pct: float
    lacks: Literal["", "energy", "time"] = ""


class OutlookView(Message):
    """The band of the charge with the reserve it must not fall below, and the machines' work under it."""

    charge: tuple[ChargeView, ...]
    reserve_pct: float
    occupations: tuple[OccupationView, ...] = ()
    acceptances: tuple[AcceptanceView, ...] = ()
