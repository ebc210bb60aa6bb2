"""A printer that was just left is planned as warm, and one that heats counts for the power cap."""

import math

import pytest

from drivers.types import DeviceKind, Temperature
from jobs.energy.thermal import HeaterState
from jobs.errors import Sentence
from jobs.machines import I3
from jobs.planner.instance import Held, PlannedStart
from jobs.types import JobState
from onboard.energy.warmth import AMBIENT_C, BED_C, HOLD_MIN, heating_left_s, warm_share, warm_until_min
from onboard.plan.planning import build_instance, still_announced
from tests.onboard.rig import HEATING, PRINT, Rig, until


def bed(actual_c: float, target_c: float = 0.0) -> dict[str, Temperature]:
    """What a printer tells of its bed."""
    return {"bed": Temperature(actual_c, target_c)}


def test_a_warm_start_is_cheaper_but_never_free():
    """Less energy and less time than from cold, and still most of the hotend."""
    share = warm_share(I3)
    assert 0.4 < share.energy < share.time < 1.0


@pytest.mark.parametrize("actual_c", [AMBIENT_C - 5, AMBIENT_C, 30.0, math.nan])
def test_a_cold_bed_is_cold(actual_c: float):
    """Neither a cool bed nor a broken sensor is taken for warm."""
    assert warm_until_min(I3, bed(actual_c)) == -1


def test_a_bed_nobody_reads_is_cold():
    """Unknown is not warm."""
    assert warm_until_min(I3, {}) == -1


def test_warmth_lasts_as_long_as_the_heater_model_says():
    """A bed left at its usual temperature is warm for HOLD_MIN; then the model has it at the same limit."""
    minutes = warm_until_min(I3, bed(BED_C))
    assert minutes in {HOLD_MIN - 1, HOLD_MIN}
    cooling = HeaterState(I3.bed, AMBIENT_C, BED_C)
    cooling.advance(minutes * 60.0)
    assert warm_until_min(I3, bed(cooling.now_c + 0.5)) >= 0
    assert warm_until_min(I3, bed(cooling.now_c - 3.0)) == -1


def test_heating_ends_when_every_heater_holds_its_target():
    """From cold it takes minutes, at the target none; a broken sensor counts as cold."""
    hot = {"bed": Temperature(59.0, 60.0), "hotend": Temperature(209.0, 210.0)}
    assert heating_left_s(I3, hot) == 0.0
    half = hot | {"hotend": Temperature(100.0, 210.0)}
    assert 0 < heating_left_s(I3, half) < heating_left_s(I3, {})
    broken = hot | {"bed": Temperature(math.nan, 60.0)}
    assert heating_left_s(I3, broken) > 60


async def test_a_printer_that_heats_now_is_asked_about_as_such(rig: Rig):
    """While a running job heats, the plan counts its heater for the cap; a mill has none."""
    await rig.open_halt(minutes=90)
    await rig.clear()
    running = await rig.approved("runs", HEATING)
    await rig.is_in(running, JobState.RUNNING)
    await until(lambda: rig.station().device.snapshot.temperatures["bed"].target_c > 0)
    waiting = await rig.approved("waits", PRINT)
    question = build_instance(rig.bike, [waiting], 123.0, {})
    printer = next(device for device in question.devices if device.kind is DeviceKind.PRINTER)
    assert printer.warm_hold_min == HOLD_MIN
    assert printer.warm_until_min == -1
    assert printer.heat_warm_wh <= printer.heat_cold_wh
    assert all(d.warm_hold_min == 0 for d in question.devices if d.kind is DeviceKind.MILL)


def test_what_the_last_look_found_impossible_is_no_longer_announced():
    """Else a job that takes more than the gate allows would keep its machine from everybody."""
    starts = (PlannedStart("a", "printer", 0), PlannedStart("b", "mill", 0))
    sentence = Held("a", "energy", Sentence("f", "e"))
    assert still_announced(starts, (sentence,)) == starts[1:]
    assert still_announced(starts, (Held("b", "arm", Sentence("f", "e")),)) == starts
