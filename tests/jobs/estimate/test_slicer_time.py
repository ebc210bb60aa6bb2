"""Our time against PrusaSlicer's own, on every kind of solid and three machines."""

import re
from pathlib import Path

import pytest

from drivers.gcode import Program
from jobs.estimate.cost import estimate, estimate_file
from jobs.estimate.slicer_settings import told_limits
from jobs.machines import I3
from jobs.types import Estimate
from tests.jobs.estimate.solids import MACHINES, OTHER, OURS, SOLIDS, sliced

NEAR = 0.03
_COMMENTS = re.compile(rb";.*")


def run_s(cost: Estimate) -> float:
    """What PrusaSlicer's time covers: everything but heat-up and homing."""
    return cost.duration_s - cost.heat_s


@pytest.mark.slicer
@pytest.mark.parametrize("machine", MACHINES)
def test_times_are_within_three_percent_of_the_slicers_own(machine: str, tmp_path: Path):
    """Thirteen solids: what the slicer said of its own time is cut out first."""
    errors: dict[str, float] = {}
    for name, (solid, options) in SOLIDS.items():
        found = sliced(solid(), [*MACHINES[machine], *options], tmp_path)
        program = tmp_path / "asked.gcode"
        program.write_bytes(found.program)
        errors[name] = run_s(estimate_file(program, I3)) / found.said_s - 1
    worst = max(errors, key=lambda name: abs(errors[name]))
    print(f"{machine}: worst {worst} {errors[worst]:+.2%} of {len(errors)}")  # noqa: T201 - the measurement
    assert abs(errors[worst]) < NEAR, errors


@pytest.mark.slicer
@pytest.mark.parametrize("options", [OURS, OTHER])
def test_bare_programs_need_no_comments(options: tuple[str, ...], tmp_path: Path):
    """Without any comment the machine's own limits hold, or those the program sets."""
    solid, own = SOLIDS["gear"]
    found = sliced(solid(), [*options, *own], tmp_path)
    bare = Program.from_bytes(_COMMENTS.sub(b"", found.program))
    assert run_s(estimate(bare, I3)) == pytest.approx(found.said_s, rel=NEAR)


@pytest.mark.slicer
def test_the_slicer_knows_our_machine(tmp_path: Path):
    """Our profile tells PrusaSlicer the very limits our estimate uses, so that M73 is right."""
    found = sliced(SOLIDS["cube"][0](), OURS, tmp_path)
    program = tmp_path / "asked.gcode"
    program.write_bytes(found.program)
    assert told_limits(program, I3.motion) == I3.motion
