"""A host that is kept from the wire for longer than a restart of the mill takes; by an injected clock."""

import pytest

from drivers.grbl import events as told
from drivers.grbl.events import Ending
from drivers.grbl.sim import BOOT_S
from tests.drivers.grbl.bench import Bench, bare

LINES = (b"G21 G90", *(b"G1 X%.3f Y%.3f F6000" % (n % 7 / 5, n % 5 / 5) for n in range(200)))


def streaming() -> Bench:
    """A mill in the middle of a program."""
    b = Bench()
    b.connect()
    b.start(*LINES)
    b.until(lambda: len(b.executed()) > 60)
    return b


@pytest.mark.parametrize("away_s", [0.6, 1.5])
@pytest.mark.parametrize("late_ms", range(-16, 24, 8))
def test_nothing_reaches_a_mill_that_restarted_meanwhile(away_s: float, late_ms: int):
    """The host wakes a moment before, at or after the banner: the restarted board executes nothing."""
    b = streaming()
    b.starve(away_s)
    b.mill.opened(b.now_s)
    count = len(b.box.entries)
    b.starve(BOOT_S + late_ms / 1000)
    failed = b.until_event(told.Failed)
    assert failed.ending is Ending.INTERRUPTED
    b.wait(1.0)
    assert not [entry for entry in b.box.entries[count:] if entry["kind"] == "exec"]


@pytest.mark.parametrize("away_s", [0.3, 1.5])
def test_a_gap_alone_costs_one_question(away_s: float):
    """Without a restart the program goes on, every line once."""
    b = streaming()
    b.starve(away_s)
    b.until_event(told.Finished, 200)
    assert b.executed() == bare(LINES)
    assert not b.kinds("fault")
