"""Solids of every kind, sliced by the real PrusaSlicer: what the estimate is judged on."""

import math
import re
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from manifold3d import CrossSection, Manifold, OpType

from jobs.arrays import FloatArray
from jobs.intake.mesh import Mesh
from jobs.intake.stl import write_stl

PROFILES = Path(__file__).parents[3] / "jobs" / "profiles"
SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_SAID = re.compile(rb"^; estimated .*printing time.*\n", re.MULTILINE)
_NORMAL = re.compile(rb"estimated printing time \(normal mode\) = (.*)")

OURS = ("--load", str(PROFILES / "i3.ini"), "--load", str(PROFILES / "normal.ini"))
OTHER = (
    "--gcode-flavor=marlin2",
    "--machine-limits-usage=emit_to_gcode",
    *(
        f"--machine-max-feedrate-{axis}={speed}"
        for axis, speed in zip("xyze", (300, 280, 15, 80), strict=True)
    ),
    *(
        f"--machine-max-acceleration-{axis}={a}"
        for axis, a in zip("xyze", (2500, 2400, 400, 8000), strict=True)
    ),
    *(f"--machine-max-jerk-{axis}={jerk}" for axis, jerk in zip("xyze", (12, 12, 0.6, 3), strict=True)),
    "--machine-max-acceleration-extruding=2500",
    "--machine-max-acceleration-travel=2200",
    "--machine-max-acceleration-retracting=2000",
    "--default-acceleration=1500",
    "--perimeter-acceleration=800",
    "--infill-acceleration=2000",
    "--first-layer-acceleration=500",
    "--perimeter-speed=90",
    "--infill-speed=140",
    "--travel-speed=220",
    "--layer-height=0.25",
    "--brim-width=5",
)
"""Another machine, which writes its limits into the program, with absolute E and accelerations by feature."""

MACHINES: dict[str, tuple[str, ...]] = {"ours": OURS, "other": OTHER, "defaults": ()}


@dataclass(frozen=True, slots=True)
class Sliced:
    """A program without a word of the slicer's own time, and that time."""

    program: bytes
    said_s: int


def sliced(solid: Manifold, options: Sequence[str], folder: Path) -> Sliced:
    """Slice a solid in the middle of our bed."""
    stl, gcode = folder / "part.stl", folder / "part.gcode"
    stl.write_bytes(_stl(solid))
    bed = "--bed-shape=0x0,220x0,220x220,0x220"
    command = [
        "prusa-slicer",
        *options,
        bed,
        "--center",
        "110,110",
        "--export-gcode",
        "-o",
        str(gcode),
        str(stl),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    text = gcode.read_bytes()
    said = _NORMAL.search(text)
    assert said is not None
    parts = re.findall(r"(\d+)([dhms])", said[1].decode())
    return Sliced(_SAID.sub(b"", text), sum(int(value) * SECONDS[unit] for value, unit in parts))


def _stl(solid: Manifold) -> bytes:
    mesh = solid.to_mesh()
    corners = np.asarray(mesh.vert_properties, np.float32)[:, :3][np.asarray(mesh.tri_verts)]
    return write_stl(Mesh(corners))


def _cube() -> Manifold:
    return Manifold.cube([20, 20, 15])


def _tower() -> Manifold:
    return Manifold.cube([6, 6, 40])


def _boat() -> Manifold:
    hull = Manifold.sphere(14, 64).scale([2, 0.8, 1]).translate([0, 0, 10])
    hull ^= Manifold.cube([70, 40, 10]).translate([-35, -20, 0])
    hold = Manifold.sphere(12, 64).scale([2, 0.75, 1]).translate([0, 0, 12])
    cabin = Manifold.cube([10, 9, 8], center=True).translate([-4, 0, 12])
    window = Manifold.cube([7, 20, 3], center=True).translate([-4, 0, 13])
    return hull - hold + (cabin - window) + Manifold.cylinder(8, 2, 2, 32).translate([-4, 0, 14])


def _text() -> Manifold:
    ring = CrossSection.circle(5, 48) - CrossSection.circle(3.4, 48)
    bars = CrossSection.square([1.6, 10], center=True) + CrossSection.square([7, 1.6], center=True)
    signs = CrossSection()
    for place in range(5):
        signs += (ring if place % 2 else bars).translate([12 * place, 0])
    plate = Manifold.cube([66, 16, 1.6]).translate([-9, -8, 0])
    return plate + Manifold.extrude(signs, 1.2).translate([0, 0, 1.6])


def _islands() -> Manifold:
    places = [(7 * column, 7 * row, 0) for column in range(6) for row in range(6)]
    return Manifold.batch_boolean([Manifold.cube([3, 3, 3]).translate(place) for place in places], OpType.Add)


def _star(points: int = 120) -> CrossSection:
    angles = np.linspace(0, 2 * math.pi, points, endpoint=False)
    radius = 9 * (1 + 0.25 * np.cos(5 * angles))
    return CrossSection([np.stack([radius * np.cos(angles), radius * np.sin(angles)], axis=1).tolist()])


def _vase() -> Manifold:
    return Manifold.extrude(_star(), 20, 30, 60, (0.7, 0.7))


def _plate() -> Manifold:
    holes = [
        Manifold.cylinder(3, 2, 2, 24).translate([8 + 12 * column, 8 + 12 * row, -1])
        for column in range(7)
        for row in range(4)
    ]
    return Manifold.cube([90, 50, 1]) - Manifold.batch_boolean(holes, OpType.Add)


def _ball() -> Manifold:
    return Manifold.sphere(10, 80).translate([0, 0, 9]) ^ Manifold.cube([40, 40, 40]).translate([-20, -20, 0])


def _organic() -> Manifold:
    def wavy(points: FloatArray) -> FloatArray:
        radius = 1 + 0.15 * np.sin(points[:, 0] / 1.5) * np.cos(points[:, 1] / 1.8) * np.sin(
            points[:, 2] / 1.4
        )
        return points * radius[:, None]

    lump = Manifold.sphere(11, 100).warp_batch(wavy).translate([0, 0, 9])
    return lump ^ Manifold.cube([60, 60, 60]).translate([-30, -30, 0])


def _mushroom() -> Manifold:
    return Manifold.cylinder(10, 4, 4, 48) + Manifold.cylinder(3, 11, 11, 64).translate([0, 0, 10])


def _ring() -> Manifold:
    return Manifold.cylinder(5, 18, 18, 180) - Manifold.cylinder(7, 15, 15, 180).translate([0, 0, -1])


def _gear() -> Manifold:
    teeth = [(16 if step % 4 < 2 else 13, 2 * math.pi * step / 120) for step in range(120)]
    outline = [(radius * math.cos(angle), radius * math.sin(angle)) for radius, angle in teeth]
    return Manifold.extrude(CrossSection([outline]), 5) - Manifold.cylinder(7, 3, 3, 48).translate([0, 0, -1])


def _cone() -> Manifold:
    return Manifold.cylinder(30, 10, 0.5, 96)


SOLIDS: dict[str, tuple[Callable[[], Manifold], tuple[str, ...]]] = {
    "cube": (_cube, ()),
    "tower": (_tower, ()),
    "boat": (_boat, ()),
    "text": (_text, ()),
    "islands": (_islands, ()),
    "vase": (_vase, ()),
    "plate": (_plate, ()),
    "ball": (_ball, ("--support-material", "--support-material-auto")),
    "organic": (_organic, ()),
    "mushroom": (_mushroom, ("--support-material", "--support-material-auto")),
    "ring": (_ring, ("--brim-width=8",)),
    "gear": (_gear, ()),
    "cone": (_cone, ()),
}
"""What is sliced and with which options of its own."""
