"""A batch is taken apart without losing or changing anything."""

import pytest

from city.store import Delivery
from onboard.messages import (
    Batch,
    Clock,
    ClockSource,
    Energy,
    FailureReason,
    Fault,
    FaultCode,
    Gap,
    HaltClosed,
    HaltOpened,
    HeldReason,
    JobDone,
    JobFailed,
    JobHeld,
    JobQueued,
    JobStarted,
    MachineKind,
    Record,
    row,
)
from tests.city.setting import BOOT, DONE, delivery

CLOCK = Clock(mono_s=5.0, utc_s=10.0, error_ms=100, source=ClockSource.CHIP)
EACH: list[Record] = [
    Energy(seconds=60, used_wh=1.5),
    JobQueued(kind=MachineKind.PRINTER, minutes=10, energy_wh=2.0),
    JobStarted(kind=MachineKind.MILL, waited_min=5),
    JobDone(kind=MachineKind.MILL, minutes=5, energy_wh=0.25),
    JobFailed(kind=MachineKind.PRINTER, minutes=5, reason=FailureReason.LINK),
    JobHeld(kind=MachineKind.PRINTER, reason=HeldReason.ENERGY),
    HaltOpened(place="Place de l’Abbaye, [10],[12]", host_city="Créteil", minutes=120),
    HaltClosed(place="Parc", host_city="Gentilly", minutes=115),
    CLOCK,
    Gap(first=3, dropped=6),
    Fault(part="mill", code=FaultCode.STALLED),
]


def test_every_record_is_kept_as_its_model_writes_it():
    """Text, number, second and type; a value that is missing stays missing, one by default is written."""
    rows = tuple(row(seq, seq / 2, record) for seq, record in enumerate(EACH, 1))
    found = Delivery("creteil", "creteil-1", Batch(boot=BOOT, after=7, sent_s=9.0, r=rows), 12.0)
    assert found.records == [
        (seq, mono_s, record.type, record.model_dump_json(exclude_none=True))
        for seq, mono_s, _kind, record in rows
    ]
    assert (found.boot, found.after, found.sent_s, found.clocks) == (BOOT, 7, 9.0, [CLOCK])


@pytest.mark.parametrize(
    ("records", "spans"),
    [
        ([(4, DONE), (5, DONE), (6, DONE)], [(4, 6)]),
        ([(4, DONE), (6, DONE), (7, DONE)], [(4, 4), (6, 7)]),
        ([(6, DONE), (4, DONE), (5, DONE)], [(4, 6)]),
        ([(4, DONE), (4, DONE)], [(4, 4)]),
        ([(4, DONE), (9, Gap(first=5, dropped=5))], [(4, 9)]),
        ([(1, DONE), (10, Gap(first=2, dropped=9)), (3, DONE)], [(1, 10)]),
        ([(4, DONE), (5, Gap(dropped=2))], [(4, 5)]),
    ],
)
def test_a_batch_accounts_for_its_numbers_and_its_gaps(
    records: list[tuple[int, Record]], spans: list[tuple[int, int]]
):
    """In order or not, once or twice."""
    assert delivery(*[(seq, 1.0, record) for seq, record in records]).spans == spans
