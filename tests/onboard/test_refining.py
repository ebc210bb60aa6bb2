"""What was learnt of the machines reaches planner, gate and pages, and only once it is known better."""

from pathlib import Path

import pytest

from drivers.gcode import Program
from drivers.types import DeviceKind
from jobs.energy.refined import ASSUMED_SHARE
from jobs.estimate.cost import estimate
from jobs.machines import I3, MILL
from jobs.types import Estimate
from onboard.energy.refining import Refining, refined_job
from onboard.plan.planning import build_instance
from tests.onboard.rig import Rig
from tests.onboard.test_learning import an_hour, learning

PROGRAM = Program.from_lines(
    [
        *(
            b"M140 S60",
            b"M104 S205",
            b"M190 S60",
            b"M109 S205",
            b"G28",
            b"M83",
            b"M106 S204",
            b"G1 Z0.2 F600",
        ),
        *(b"G1 X%d Y%d E0.8 F1800" % (20 + 100 * (n % 2), 20 + n % 150) for n in range(600)),
    ]
)


def costs(folder: Path, *, dearer: float, jobs: int = 0) -> tuple[Estimate, Estimate]:
    """The model's estimate, and that after an hour of a printer which draws and takes more."""
    known = an_hour(folder, dearer=dearer)
    for _ in range(jobs):
        known.finished("printer", 1000, 1150)
    cost = estimate(PROGRAM, I3)
    return cost, Refining(known, {"printer": I3, "mill": MILL}).cost(cost, DeviceKind.PRINTER)


def test_nothing_learnt_changes_nothing(tmp_path: Path):
    """A new bike trusts the model, with the model's own width."""
    cost = estimate(PROGRAM, I3)
    same = Refining(learning(tmp_path), {"printer": I3, "mill": MILL}).cost(cost, DeviceKind.PRINTER)
    assert (same.energy_wh, same.energy_high_wh) == (cost.energy_wh, cost.energy_high_wh)
    assert (same.duration_s, same.model_s) == (cost.duration_s, cost.duration_s)


def test_a_dear_printer_costs_more_and_is_known_more_narrowly(tmp_path: Path):
    """Three tenths dearer for an hour: most of it is in the estimate, within the assumed width."""
    cost, found = costs(tmp_path, dearer=1.3)
    assert 1.1 * cost.energy_wh < found.energy_wh < 1.35 * cost.energy_wh
    assert found.energy_low_wh < found.energy_wh < found.energy_high_wh
    assert found.energy_high_wh <= (1 + ASSUMED_SHARE) * found.energy_wh
    assert found.duration_s == cost.duration_s


def test_the_pace_of_finished_jobs_moves_minutes_and_energy_and_twice_is_once(tmp_path: Path):
    """Eight jobs 15 % late: so is the next one, and what runs longer draws longer."""
    cost, found = costs(tmp_path, dearer=1.0, jobs=8)
    assert found.duration_s == pytest.approx(1.15 * cost.duration_s, rel=0.02)
    assert found.duration_low_s < found.duration_s < found.duration_high_s
    assert found.energy_wh > 1.03 * cost.energy_wh
    again = Refining(_again(tmp_path, jobs=8), {"printer": I3, "mill": MILL}).cost(found, DeviceKind.PRINTER)
    assert again == found


def _again(folder: Path, *, jobs: int):
    known = an_hour(folder, dearer=1.0)
    for _ in range(jobs):
        known.finished("printer", 1000, 1150)
    return known


async def test_planner_and_gate_see_the_refined_cost(rig: Rig):
    """The question to the planner holds what was learnt, not what the queue kept from the day before."""
    await rig.open_halt()
    job = await rig.ready("refined")
    assert job.prepared is not None
    before = job.prepared.estimate

    def dearer(cost: Estimate, _kind: DeviceKind) -> Estimate:
        return Estimate(
            *(2 * value for value in (cost.duration_s, cost.duration_low_s, cost.duration_high_s)),
            *(2 * value for value in (cost.energy_wh, cost.energy_low_wh, cost.energy_high_wh)),
            cost.peak_w,
        )

    rig.bike.refine = dearer
    (asked,) = build_instance(rig.bike, [refined_job(rig.bike, job)], 500.0, {}).jobs
    assert asked.run_wh == pytest.approx(2 * before.energy_wh)
