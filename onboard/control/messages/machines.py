"""What a person who stands at the machines may ask of them."""

from typing import Literal

from onboard.control.messages.base import Identifier, MachineName, Message


class ClearPlate(Message):
    """A person has cleared a printer's plate."""

    op: Literal["clear-plate"] = "clear-plate"
    machine: MachineName


class ArmMill(Message):
    """A person has gone through the mill's list for one job: one start of it within 120 s.

    Refused while its outline was not traced, its program not read in a dry run, or the lid is open; for a
    paused mill it is the job on it, which may then go on.
    """

    op: Literal["arm"] = "arm"
    machine: MachineName
    job: Identifier


class TraceOutline(Message):
    """A person stands at an idle mill: draw its next job's outline in the air, spindle off."""

    op: Literal["trace"] = "trace"
    machine: MachineName


class StopEverything(Message):
    """Emergency stop of every machine, latched; answered after the bytes are handed to the ports."""

    op: Literal["stop"] = "stop"


class RearmMachine(Message):
    """A person has looked at a stopped or faulty machine: connect it again, everything off."""

    op: Literal["rearm"] = "rearm"
    machine: MachineName
