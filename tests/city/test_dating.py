"""A boot is dated by the bike's clock where it may be believed, and by the arrival where not."""

import pytest

from city.dating import Dating
from onboard.messages import Clock, ClockSource

YEAR_S = 365 * 86_400.0
BEGAN_S = 1_795_345_200.0
"""When the boot really began."""


def clock(wrong_s: float, source: ClockSource, mono_s: float = 50.0) -> Clock:
    """A reading of a clock that is wrong by so much."""
    error_ms = {ClockSource.NETWORK: 100, ClockSource.CHIP: 120_000, ClockSource.NONE: 10**12}[source]
    return Clock(mono_s=mono_s, utc_s=BEGAN_S + mono_s + wrong_s, error_ms=error_ms, source=source)


@pytest.mark.parametrize(
    ("source", "wrong_s", "late_s", "error_s"),
    [
        (ClockSource.NETWORK, 0.0, 2 * 86_400.0, 0.0),  # believed, however late its records come
        (ClockSource.CHIP, 30.0, 0.5, 0.5),  # a clock ahead of the arrival is wrong
        (ClockSource.CHIP, -30.0, 0.5, -30.0),  # drifted a little, and nobody can tell
        (ClockSource.CHIP, -8 * 3600.0, 0.5, 0.5),  # went on where it was switched off
        (ClockSource.CHIP, 5 * YEAR_S, 0.5, 0.5),
        (ClockSource.NETWORK, 5 * YEAR_S, 0.5, 0.5),  # the network itself lied
        (ClockSource.NONE, -50 * YEAR_S, 0.5, 0.5),
    ],
)
def test_the_better_of_clock_and_arrival_dates_a_boot(
    source: ClockSource, wrong_s: float, late_s: float, error_s: float
):
    """The error that is left is that of the better one."""
    dating = Dating().with_clock(clock(wrong_s, source)).with_arrival(BEGAN_S + 100.0 + late_s, 100.0)
    assert dating.offset_s == pytest.approx(BEGAN_S + error_s)


def test_a_better_clock_replaces_a_worse_one_and_not_the_other_way_round():
    """Once set from the network, later readings of the chip change nothing."""
    dating = (
        Dating().with_clock(clock(-9 * YEAR_S, ClockSource.CHIP)).with_clock(clock(0, ClockSource.NETWORK))
    )
    assert dating.offset_s == BEGAN_S
    assert dating.with_clock(clock(77.0, ClockSource.CHIP)).offset_s == BEGAN_S


def test_the_earliest_arrival_counts():
    """A message that the broker kept for hours dates nothing when another came at once."""
    dating = Dating().with_arrival(BEGAN_S + 9000.0, 100.0).with_arrival(BEGAN_S + 130.5, 130.0)
    assert dating.with_arrival(BEGAN_S + 9000.0, 140.0).offset_s == pytest.approx(BEGAN_S + 0.5)


def test_without_any_clue_there_is_no_date():
    """Then the arrival of each record must do."""
    assert Dating().offset_s is None
