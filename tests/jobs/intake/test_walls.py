"""How thin walls are, on shapes whose walls are known."""

import time

import pytest

from jobs.intake.judging import judged
from jobs.intake.mesh import Mesh
from jobs.intake.walls import thinnest_mm
from tests.jobs import solids
from tests.jobs.solids import ball, block, roof, round_bar

KNOWN = solids.meshes_of(
    {
        "plate on edge": block(40, 0.6, 20),
        "turned by 22.5°": block(40, 0.6, 20).rotate((0, 0, 22.5)),
        "turned by 37°": block(40, 0.6, 20).rotate((0, 0, 37)),
        "leaning by 30°, as a layer cuts it": block(40, 0.6, 20).rotate((30, 0, 0)),
        "box of 0.4 mm": block(40, 40, 40) - block(39.2, 39.2, 45, (0.4, 0.4, 1)),
        "tube of 0.5 mm": round_bar(30, 10) - round_bar(30, 9.5),
        "pin of 0.6 mm": round_bar(20, 0.3) + block(10, 10, 2, (-5, -5, -2)),
        "hollow ball of 0.6 mm": ball(10) - ball(9.4),
    }
)
WALLS_MM = (0.6, 0.6, 0.6, 0.693, 0.4, 0.5, 0.6, 0.6)
THICK = solids.meshes_of(
    {
        "cube": block(20, 20, 20),
        "plate of 1 mm": block(40, 1, 20),
        "ball": ball(10),
        "cone": round_bar(30, 10, 0.01),
        "roof": roof(),
        "lying sheet of 0.5 mm": block(40, 40, 0.5),
    }
)


@pytest.mark.parametrize(
    ("mesh", "wall_mm"), list(zip(KNOWN.values(), WALLS_MM, strict=True)), ids=KNOWN.keys()
)
def test_thin_walls_are_measured(mesh: Mesh, wall_mm: float) -> None:
    """A wall thinner than two nozzle widths is found, to a tenth of a millimetre."""
    assert thinnest_mm(mesh, 0.8) == pytest.approx(wall_mm, abs=0.11)


@pytest.mark.parametrize("mesh", THICK.values(), ids=THICK.keys())
def test_thick_walls_tips_and_ridges_are_no_thin_walls(mesh: Mesh) -> None:
    """Nothing is said of shapes that print well."""
    assert thinnest_mm(mesh, 0.8) is None


def test_many_triangles_are_measured_in_time() -> None:
    """300,000 triangles take seconds at most."""
    many = solids.mesh(solids.Solid.sphere(80, 776))
    assert len(many.triangles) > 300_000
    started_s = time.process_time()
    assert thinnest_mm(many, 0.8) is None
    assert time.process_time() - started_s < 10


def test_thin_walls_are_said() -> None:
    """The sentence names the width found and the width wanted, with a comma in French."""
    (said,) = judged(solids.mesh(block(40, 0.6, 20)), 0.4)
    assert said.code == "thin-walls"
    assert ("0,6" in said.fr, "0,8" in said.fr, "0.6" in said.en) == (True, True, True)
