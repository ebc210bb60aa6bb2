"""Records of a bike as the tests of the city's sums use them."""

import random
from collections.abc import Iterator
from typing import Final

from onboard.messages import (
    Clock,
    ClockSource,
    Energy,
    FailureReason,
    HaltClosed,
    HaltOpened,
    JobDone,
    JobFailed,
    JobQueued,
    JobStarted,
    MachineKind,
    Record,
)

QUEUED: Final = JobQueued(kind=MachineKind.PRINTER, minutes=30, energy_wh=41.0)
STARTED: Final = JobStarted(kind=MachineKind.PRINTER, waited_min=10)
PRINTED: Final = JobDone(kind=MachineKind.PRINTER, minutes=30, energy_wh=40.0)
MILLED: Final = JobDone(kind=MachineKind.MILL, minutes=10, energy_wh=8.0)
BROKEN: Final = JobFailed(kind=MachineKind.PRINTER, minutes=5, reason=FailureReason.MACHINE)
TAKEN_BACK: Final = JobFailed(kind=MachineKind.PRINTER, minutes=5, reason=FailureReason.CANCELLED)
MINUTE: Final = Energy(seconds=60, used_wh=3.0, charged_wh=0.5)
AT_GENTILLY: Final = HaltOpened(place="Médiathèque", host_city="Gentilly", minutes=180)
LEFT: Final = HaltClosed(place="Médiathèque", host_city="Gentilly", minutes=120)
AT_ANTONY: Final = HaltOpened(place="Parc Heller", host_city="Antony", minutes=60)


def network(utc_s: float, mono_s: float = 0.0) -> Clock:
    """A clock that is right."""
    return Clock(mono_s=mono_s, utc_s=utc_s, error_ms=100, source=ClockSource.NETWORK)


def job(chance: random.Random, at_s: float) -> Iterator[tuple[float, Record]]:
    """An object is asked for, made or spoilt, and the energy of its minutes."""
    kind = chance.choice((MachineKind.PRINTER, MachineKind.MILL))
    used_wh = chance.uniform(12.0, 40.0)
    yield at_s, JobQueued(kind=kind, minutes=25, energy_wh=30.0)
    yield at_s + 60.0, JobStarted(kind=kind, waited_min=chance.choice((5, 10, 20)))
    yield at_s + 1100.0, Energy(seconds=1100, used_wh=used_wh + 8.0)
    if chance.random() < 0.88:
        yield at_s + 1110.0, JobDone(kind=kind, minutes=25, energy_wh=used_wh)
    else:
        yield at_s + 1110.0, JobFailed(kind=kind, minutes=5, reason=FailureReason.MACHINE)
