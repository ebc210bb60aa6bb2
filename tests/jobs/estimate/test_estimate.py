"""Estimates of whole programs, and of the slicer's own against ours."""

import math
import re
import subprocess
import time
from pathlib import Path

import manifold3d
import numpy as np
import pytest

from drivers.gcode import Program
from jobs.estimate.cost import estimate
from jobs.estimate.timeline import plan_program
from jobs.machines import I3, MILL, Motion

PROFILE = Path(__file__).parents[3] / "jobs" / "profiles" / "i3.ini"
SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
PRINT = [
    b"M140 S60", b"M104 S210", b"G28", b"M190 S60", b"M109 S210", b"G90", b"M83", b"M106 S255",
    b"G1 Z0.2 F600", b"G1 X50 Y50 F6000", b"G1 X90 E2 F1800", b"G1 Y80 E2", b"G1 Z0.4", b"G1 X50 E2",
    b"G1 E-1 F2400", b"G1 X0 Y0 F6000", b"M104 S0", b"M140 S0", b"M84",
]  # fmt: skip


def test_a_print_is_weighed_measured_and_bounded():
    """Mass follows the filament, layers the heights, bounds the moves that extrude."""
    found = estimate(Program.from_lines(PRINT), I3)
    assert found.length_mm == pytest.approx(6.0)
    assert found.mass_g == pytest.approx(6.0 * math.pi * 0.875**2 * 1.24 / 1000)
    assert found.layers == 2
    assert found.bounds_mm == pytest.approx((50, 50, 0.2, 90, 80, 0.4))


def test_the_heat_up_is_told_apart():
    """Heat-up ends where the first line is drawn and is part of the whole."""
    found = estimate(Program.from_lines(PRINT), I3)
    assert 125 < found.heat_s < found.duration_s < found.heat_s + 20
    assert 0 < found.heat_wh < found.energy_wh


def test_estimates_are_ranges():
    """Every value lies inside its own range."""
    found = estimate(Program.from_lines(PRINT), I3)
    assert found.duration_low_s < found.duration_s < found.duration_high_s
    assert found.energy_low_wh < found.energy_wh < found.energy_high_wh


def test_a_colder_room_costs_more():
    """The ambient temperature is an input."""
    program = Program.from_lines(PRINT)
    assert estimate(program, I3, ambient_c=5.0).energy_wh > estimate(program, I3, ambient_c=25.0).energy_wh


def test_a_program_of_nothing_costs_nothing():
    """No moves, no bounds, no error."""
    for profile in (I3, MILL):
        found = estimate(Program.from_lines([b"G21", b"G90"]), profile)
        assert (found.duration_s, found.energy_wh, found.bounds_mm, found.layers) == (0, 0, None, 0)


def test_the_mill_pays_for_spindle_and_cut():
    """A cut with the spindle on costs more than the same moves in the air."""
    cutting = [
        b"G90",
        b"G0 Z3",
        b"M3 S10000",
        b"G4 P2",
        b"G1 Z-0.8 F200",
        b"G1 X100 F600",
        b"G0 Z3",
        b"M5",
        b"M2",
    ]
    found = estimate(Program.from_lines(cutting), MILL)
    airy = estimate(Program.from_lines(line.replace(b"Z-0.8", b"Z0.8") for line in cutting), MILL)
    assert found.energy_wh > airy.energy_wh
    assert found.peak_w > airy.peak_w
    assert found.heat_s == 0
    assert found.bounds_mm is not None
    assert found.bounds_mm[2] == pytest.approx(-0.8)
    assert airy.bounds_mm is None


def test_two_hundred_thousand_lines_are_quick():
    """A long print is estimated in about a second of CPU, here with room for a busy machine."""
    lines = [b"G90", b"M83", b"F1800"]
    for row in range(200_000):
        angle = row * 2 * math.pi / 250
        lines.append(b"G1 X%.3f Y%.3f E0.02513" % (100 + 30 * math.cos(angle), 100 + 30 * math.sin(angle)))
    program = Program.from_lines(lines)
    began_s = time.process_time()
    found = estimate(program, I3)
    assert time.process_time() - began_s < 3.0
    assert found.duration_s > 200_000 * 0.75 / 30


@pytest.mark.slicer
@pytest.mark.parametrize("name", ["cube", "cylinder", "ball"])
def test_motion_agrees_with_the_slicer(name: str, tmp_path: Path):
    """Our planner is within 3 % of PrusaSlicer's own time when both know the same machine."""
    program = sliced(shape(name), tmp_path)
    said = re.search(rb"estimated printing time \(normal mode\) = (.*)", program)
    assert said is not None
    said_s = sum(int(value) * SECONDS[unit] for value, unit in re.findall(r"(\d+)([dhms])", said[1].decode()))
    ours_s = float(plan_program(Program.from_bytes(program), I3).times_s.sum())
    assert ours_s == pytest.approx(said_s, rel=0.03)


def shape(name: str) -> manifold3d.Manifold:
    """Make a small solid."""
    match name:
        case "cube":
            return manifold3d.Manifold.cube([20, 20, 10])
        case "cylinder":
            return manifold3d.Manifold.cylinder(10, 12, 12, 128)
        case _:
            return manifold3d.Manifold.sphere(10, 96).translate([0, 0, 9])


def sliced(solid: manifold3d.Manifold, folder: Path) -> bytes:
    """Slice a shape with our profile and the limits of our machine."""
    mesh = solid.to_mesh()
    corners = np.asarray(mesh.vert_properties)[:, :3][np.asarray(mesh.tri_verts)]
    records = np.zeros(len(corners), np.dtype([("normal", "<3f4"), ("corners", "<9f4"), ("spare", "<u2")]))
    records["corners"] = corners.reshape(-1, 9)
    (folder / "part.stl").write_bytes(b"\0" * 80 + np.uint32(len(corners)).tobytes() + records.tobytes())
    command = ["prusa-slicer", "--load", str(PROFILE), *limits(I3.motion), "--center", "110,110"]
    command += ["--export-gcode", "-o", str(folder / "part.gcode"), str(folder / "part.stl")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return (folder / "part.gcode").read_bytes()


def limits(motion: Motion) -> list[str]:
    """Tell the slicer the limits of our machine, for its time estimate only."""
    options = {
        "limits-usage": "time_estimate_only",
        "max-acceleration-extruding": motion.accel_mm_s2,
        "max-acceleration-retracting": motion.retract_accel_mm_s2,
        "max-acceleration-travel": motion.travel_accel_mm_s2,
    }
    assert motion.jerk_mm_s is not None
    for row, axis in enumerate("xyze"):
        options[f"max-feedrate-{axis}"] = motion.max_mm_s[row]
        options[f"max-acceleration-{axis}"] = motion.axis_accel_mm_s2[row]
        options[f"max-jerk-{axis}"] = motion.jerk_mm_s[row]
    return [word for name, value in options.items() for word in (f"--machine-{name}", str(value))]
