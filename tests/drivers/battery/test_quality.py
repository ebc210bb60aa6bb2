"""Which samples may be believed, one by one and one after the other."""

import math
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.battery.judge import Judge
from drivers.battery.quality import COUNTER, KERNEL, Quality
from drivers.battery.sample import Sample

GOOD = Sample(80.0, 26.4, -5.0, -132.0, 100.0)
REST = Sample(80.0, 26.6, 0.0, 0.0, 0.0)


def judged(*samples: Sample, loaded: bool = False) -> Judge:
    """Let a judge of a pack of 960 Wh hear samples."""
    judge = Judge(COUNTER, 960.0)
    for sample in samples:
        judge.take(sample, loaded=loaded)
    return judge


def quality(judge: Judge) -> Quality:
    """Return what a judge thinks of the last sample as it arrived."""
    return judge.doubt.quality if judge.doubt else Quality.GOOD


def seconds(sample: Sample, count: int) -> Iterable[Sample]:
    """Repeat a sample once a second."""
    return (replace(sample, at_s=float(n)) for n in range(count))


def drawn(power_w: float, duration_s: int, told_pct_s: float = 0.0, step_s: int = 1) -> list[Sample]:
    """A pack at 80 % under a load, whose monitor tells a charge that changes at a pace of its own."""
    return [
        Sample(80.0 + told_pct_s * t, 26.0, power_w / 26.0, power_w, float(t))
        for t in range(0, duration_s, step_s)
    ]


def test_a_good_sample_is_believed():
    """A plausible sample passes unchanged, alone or after its like, with its age."""
    report = judged(replace(GOOD, soc_pct=80.1, at_s=99.0), GOOD).report(101.0, 15.0)
    assert (report.quality, report.sentence, report.age_s) == (Quality.GOOD, "", 1.0)
    assert report.reading is not None
    assert report.reading.soc_pct == 80.0


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        (replace(GOOD, soc_pct=None), Quality.NO_CHARGE),
        (replace(GOOD, power_w=None), Quality.INCOMPLETE),
        (replace(GOOD, soc_pct=math.nan), Quality.NOT_A_NUMBER),
        (replace(GOOD, power_w=math.inf), Quality.NOT_A_NUMBER),
        (replace(GOOD, soc_pct=100.1), Quality.OUT_OF_RANGE),
        (replace(GOOD, soc_pct=-1.0), Quality.OUT_OF_RANGE),
        (replace(GOOD, voltage_v=0.0), Quality.OUT_OF_RANGE),
        (replace(GOOD, current_a=900.0), Quality.OUT_OF_RANGE),
        (replace(GOOD, power_w=300.0), Quality.CONTRADICTORY),
        (replace(GOOD, soc_pct=50.0), Quality.JUMPING),
        (replace(GOOD, voltage_v=13.2, power_w=-66.0), Quality.JUMPING),
    ],
)
def test_lies_are_named(sample: Sample, expected: Quality):
    """Each lie has its word and its sentence, and no reading is left behind."""
    report = judged(replace(GOOD, at_s=99.0), sample).report(101.0, 15.0)
    assert report.quality is expected
    assert report.sentence.endswith(".")
    assert report.reading is None


def test_an_old_reading_is_stale_and_says_how_old():
    """A monitor that fell silent is no monitor."""
    report = judged(GOOD).report(130.0, 15.0)
    assert (report.quality, report.reading, report.age_s) == (Quality.STALE, None, 30.0)
    assert "30 s" in report.sentence


def test_before_the_first_sample_and_after_the_last_there_is_silence():
    """What hangs on a cable after a loss may be another pack."""
    judge = judged()
    assert judge.report(0.0, 15.0).quality is Quality.SILENT
    judge = judged(GOOD)
    judge.silence()
    assert judge.report(100.0, 15.0) == replace(judged().report(100.0, 15.0))
    judge.take(replace(GOOD, soc_pct=20.0, at_s=101.0))
    assert quality(judge) is Quality.GOOD


def test_a_long_silence_excuses_a_change():
    """After an hour without readings another charge is no jump."""
    assert quality(judged(replace(GOOD, soc_pct=20.0, at_s=-3500.0), GOOD)) is Quality.GOOD


def test_after_a_jump_the_monitor_must_be_steady_for_a_while():
    """One coherent pair of samples after a jump is not enough."""
    judge = judged(GOOD, *(replace(GOOD, soc_pct=60.0, at_s=101.0 + n) for n in range(6)))
    assert quality(judge) is Quality.JUMPING
    judge.take(replace(GOOD, soc_pct=60.0, at_s=107.0))
    assert quality(judge) is Quality.GOOD


def test_an_idle_pack_may_say_the_same_for_days():
    """Nothing flows: nothing has to move."""
    assert quality(judged(*(replace(REST, at_s=60.0 * n) for n in range(3000)))) is Quality.GOOD


@given(st.floats(0.0, 60.0), st.integers(1, 9))
def test_an_honest_pack_is_never_stuck(power_w: float, step_s: int):
    """Whatever is drawn, a charge told in tenths of a percent moves in time."""
    samples = drawn(-power_w, 3000, step_s=step_s)
    honest = [replace(s, soc_pct=round(80.0 - power_w * s.at_s / 36 / 960, 1)) for s in samples]
    assert quality(judged(*honest)) is Quality.GOOD


@pytest.mark.parametrize(("power_w", "within_s"), [(-300.0, 130), (-100.0, 360), (-40.0, 900)])
def test_a_charge_that_does_not_move_with_the_energy_is_stuck(power_w: float, within_s: int):
    """One percent of the pack has flowed by the monitor's own watts, and the charge still stands."""
    judge = judged(*drawn(power_w, within_s))
    assert quality(judge) is Quality.STUCK
    assert judge.doubt is not None
    assert "still stands at 80.0 %" in judge.doubt.sentence


def test_a_pack_that_is_charged_to_the_end_is_not_stuck():
    """Near full a charger pushes for hours while the monitor waits to call it full."""
    assert quality(judged(*(replace(s, soc_pct=98.0) for s in drawn(60.0, 4000)))) is Quality.GOOD


def test_a_monitor_that_froze_at_rest_is_found_out_when_machines_work():
    """The frame of an idle bike, repeated while the daemon knows that a machine runs."""
    assert quality(judged(*seconds(REST, 600))) is Quality.GOOD
    judge = judged(*seconds(REST, 125), loaded=True)
    assert quality(judge) is Quality.STUCK
    judge.take(replace(REST, voltage_v=26.5, at_s=126.0), loaded=True)
    assert quality(judge) is Quality.GOOD


def test_a_charge_that_stays_too_high_drifts():
    """The monitor tells 100 W drawn, and hardly loses charge: what it tells is more than is there."""
    hourly_pct = 100 / 9.6
    slow = drawn(-100.0, 3 * 3600, told_pct_s=-0.3 * hourly_pct / 3600, step_s=10)
    judge = judged(*slow)
    assert quality(judge) is Quality.DRIFTING
    assert judge.doubt is not None
    assert "capacity_wh" in judge.doubt.sentence
    honest = drawn(-100.0, 3 * 3600, told_pct_s=-0.8 * hourly_pct / 3600, step_s=10)
    assert quality(judged(*honest)) is Quality.GOOD


def test_less_charge_than_counted_is_believed():
    """A pack that loses a cell empties faster than its watts say: the lower number is the safe one."""
    falling = drawn(-100.0, 3600, told_pct_s=-0.01, step_s=10)
    assert quality(judged(*falling)) is Quality.GOOD


def test_a_whole_percent_gauge_is_given_more_time():
    """The kernel tells whole percents: two percent without a move are honest there."""
    judge = Judge(KERNEL, 960.0)
    for sample in drawn(-300.0, 220):
        judge.take(sample)
    assert quality(judge) is Quality.GOOD
    for sample in drawn(-300.0, 700)[220:]:
        judge.take(sample)
    assert quality(judge) is Quality.STUCK
