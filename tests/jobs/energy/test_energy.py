"""The energy model against the sanity values of its own formulas."""

import pytest

from drivers.gcode import Program
from jobs.energy.meters import HOMING_S
from jobs.energy.supply import DIRECT, INVERTER, Supply
from jobs.energy.thermal import HeaterState
from jobs.errors import ProgramRefusedError
from jobs.estimate.cost import estimate
from jobs.estimate.removal import removed_mm3
from jobs.estimate.timeline import plan_program
from jobs.machines import I3, MILL
from jobs.types import Estimate

AT_THE_MACHINE = Supply(idle_w=0.0, gain=1.0, efficiency=1.0)
HEAT_TOGETHER = ["M140 S60", "M104 S210", "G28", "M190 S60", "M109 S210"]


def cost(lines: list[str], supply: Supply = AT_THE_MACHINE) -> Estimate:
    """Estimate a printer program."""
    return estimate(Program.from_lines(line.encode() for line in lines), I3, supply=supply)


def test_heating_bed_and_hotend_together():
    """60 and 210 °C take about 128 s and 9.4 Wh, with a peak of 280 W; 357 W at the battery."""
    heat = cost(HEAT_TOGETHER)
    assert heat.duration_s == pytest.approx(128, rel=0.04)
    assert heat.energy_wh == pytest.approx(9.6, abs=0.6)
    assert heat.peak_w == pytest.approx(280)
    assert cost(HEAT_TOGETHER, INVERTER).peak_w == pytest.approx(357, abs=1)


def test_heating_one_after_the_other_takes_the_sum():
    """M190 before M109 without M104 waits for the bed first."""
    bed = cost(["M190 S60"]).duration_s
    hotend = cost(["M109 S210"]).duration_s
    assert cost(["M190 S60", "M109 S210"]).duration_s == pytest.approx(bed + hotend)
    assert cost(["M140 S60", "M104 S210", "M190 S60", "M109 S210"]).duration_s == pytest.approx(
        max(bed, hotend)
    )


def test_setting_without_waiting_takes_no_time():
    """M104 and M140 go on at once, and M109 S does not wait for a cooler target."""
    assert cost(["M104 S210", "M140 S60"]).duration_s == 0
    assert cost(["M109 S210", "M109 S180"]).duration_s == cost(["M109 S210"]).duration_s
    assert cost(["M109 S210", "M109 R180"]).duration_s > cost(["M109 S210"]).duration_s


@pytest.mark.parametrize(("supply", "bed", "wh"), [(INVERTER, 60, 49), (DIRECT, 60, 40), (INVERTER, 0, 23)])
def test_a_tag_of_twenty_minutes(supply: Supply, bed: int, wh: float):
    """49 Wh through an inverter, 40 on direct current, 23 with the bed off."""
    heat = [f"M140 S{bed}", "M104 S210", "G28", f"M190 S{bed}", "M109 S210", "M106 S255"]
    rest_s = 1200 - cost(heat).duration_s
    assert cost([*heat, f"G4 S{rest_s:.3f}"], supply).energy_wh == pytest.approx(wh, abs=1.5)


def test_a_temperature_out_of_reach_is_refused():
    """A bed that can never reach its target makes the program unusable instead of endless."""
    with pytest.raises(ProgramRefusedError) as refusal:
        cost(["M190 S300"])
    assert refusal.value.code == "unreachable_temperature"


def test_a_heater_advances_alike_in_one_step_or_many():
    """Stepping finely changes neither the temperature nor the joules."""
    once, often = (HeaterState.hotend(I3.hotend, 20.0) for _ in range(2))
    once.target_c = often.target_c = 210.0
    joules = once.advance(200.0, 300.0)
    parts = sum(often.advance(0.5, 0.75) for _ in range(400))
    assert parts == pytest.approx(joules, rel=1e-6)
    assert often.now_c == pytest.approx(once.now_c)


def test_a_heater_switched_off_cools_towards_the_room_without_power():
    """The last minutes of a print cost no heat."""
    heater = HeaterState.bed(I3.bed, 20.0)
    heater.now_c = 60.0
    assert heater.advance(600.0) == 0.0
    assert 20.0 < heater.now_c < 40.0


def test_pauses_are_milliseconds_for_marlin_and_seconds_for_grbl():
    """The same `G4 P2` is a blink on the printer and two seconds on the mill."""
    program = Program.from_lines([b"G4 P2"])
    assert estimate(program, I3).duration_s == pytest.approx(0.002)
    assert estimate(program, MILL).duration_s == pytest.approx(2.0)
    assert cost(["G4 S3"]).duration_s == pytest.approx(3.0)
    assert cost(["G28"]).duration_s == pytest.approx(sum(HOMING_S.values()))
    assert cost(["G28 X0 Y"]).duration_s == pytest.approx(HOMING_S["X"] + HOMING_S["Y"])


def test_the_fan_counts_by_its_speed():
    """`M106` alone is full speed, `S0` and `M107` are off, half is half."""
    waits = {
        fan: cost(["M109 S200", *fan.split(","), "G4 S600"]).energy_wh for fan in ("", "M106", "M106 S127.5")
    }
    assert waits["M106"] > waits[""]
    assert waits["M106 S127.5"] == pytest.approx((waits[""] + waits["M106"]) / 2)
    for off in ("M106,M106 S0", "M106,M107"):
        assert cost(["M109 S200", *off.split(","), "G4 S600"]).energy_wh == pytest.approx(waits[""])


def test_a_negative_pause_takes_no_time():
    """Nobody gains time or energy."""
    for profile in (I3, MILL):
        assert estimate(Program.from_lines([b"G4 P-5"]), profile).duration_s == 0


def test_the_spindle_pays_for_the_material_it_removes_once():
    """A slot costs its volume; a second pass at the same depth costs only its time."""
    slot = ["G90", "M3 S10000", "G1 Z-1 F200", "G1 X100 F600"]
    once, twice = (
        removed_mm3(
            plan_program(Program.from_lines(line.encode() for line in lines), MILL).moves, MILL.tool_mm
        )
        for lines in (slot, [*slot, "G1 X0"])
    )
    assert once == pytest.approx(100 * 3.175 + 7.9, rel=0.06)
    assert twice == pytest.approx(once)
