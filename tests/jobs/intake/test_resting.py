"""On which side shapes stand."""

import pytest

from jobs.intake.choices import Orientation
from jobs.intake.mesh import Mesh, open_edges
from jobs.intake.resting import oriented, resting
from tests.jobs import solids
from tests.jobs.solids import ball, block, roof, round_bar

LETTER_T = solids.mesh(block(10, 10, 40, (20, 0, 0)) + block(50, 10, 10, (0, 0, 40)))
LAID = {
    "bar on its end": (solids.mesh(block(10, 10, 80)), 10),
    "plate on edge": (solids.mesh(block(70, 3, 30)), 3),
    "T on its foot": (LETTER_T, 10),
    "cone on its tip": (solids.mesh(round_bar(30, 0.5, 12)), 30),
    "brick askew": (solids.mesh(block(30, 30, 10).rotate((20, 13, 5))), 10),
}
KEPT = solids.meshes_of(
    {"cube": block(20, 20, 20), "ball": ball(10), "roof": roof(), "slab": block(60, 40, 4)}
)


@pytest.mark.parametrize(("drawn", "height_mm"), LAID.values(), ids=LAID.keys())
def test_shapes_are_laid_where_they_print_best(drawn: Mesh, height_mm: float) -> None:
    """A shape comes to lie flat, whole, with more on the bed and nothing over air."""
    laid = oriented(drawn, Orientation.AUTO)
    assert laid.size_mm[2] == pytest.approx(height_mm, abs=0.01)
    assert laid.volume_mm3 == pytest.approx(drawn.volume_mm3, rel=1e-3)
    assert resting(laid).contact_mm2 > resting(drawn).contact_mm2
    assert resting(laid).overhang_mm2 == 0


@pytest.mark.parametrize("drawn", KEPT.values(), ids=KEPT.keys())
def test_shapes_that_stand_well_are_not_touched(drawn: Mesh) -> None:
    """What stands as well as it could is left as it was drawn."""
    assert oriented(drawn, Orientation.AUTO) is drawn


@pytest.mark.parametrize(
    ("orientation", "size_mm"),
    [
        (Orientation.AS_IS, (10, 20, 60)),
        (Orientation.TURNED, (20, 10, 60)),
        (Orientation.UPSIDE_DOWN, (10, 20, 60)),
        (Orientation.ON_SIDE, (60, 20, 10)),
        (Orientation.ON_BACK, (10, 60, 20)),
    ],
)
def test_a_person_may_choose_the_side(orientation: Orientation, size_mm: tuple[float, float, float]) -> None:
    """Each choice turns a box of 10 by 20 by 60 mm as its name says, and keeps its outside outside."""
    made = oriented(solids.mesh(block(10, 20, 60)), orientation)
    assert made.size_mm == pytest.approx(size_mm, abs=1e-4)
    assert made.volume_mm3 == pytest.approx(12_000, rel=1e-4)
    assert open_edges(made) == 0


def test_upside_down_is_upside_down() -> None:
    """What was on top is at the bottom."""
    drawn = solids.mesh(round_bar(30, 10, 5))
    over = oriented(drawn, Orientation.UPSIDE_DOWN)
    assert resting(drawn).contact_mm2 > 3 * resting(over).contact_mm2 > 0


def test_overhangs_are_measured() -> None:
    """Under the arms of a T hang 400 mm²; a table's underside is the top without its leg."""
    assert resting(LETTER_T).overhang_mm2 == pytest.approx(400)
    assert resting(solids.mesh(block(20, 20, 20))).overhang_mm2 == 0
    steep = round_bar(20, 5, 15)
    assert resting(solids.mesh(steep)).overhang_mm2 == 0
