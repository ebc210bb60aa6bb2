"""Where shapes stand on the bed."""

import numpy as np
import pytest

from jobs.errors import DesignRefusedError
from jobs.intake.placing import BORDER_MM, GAP_MM, Layout, place
from jobs.intake.reading import read_mesh
from jobs.machines import I3
from tests.jobs import meshes


def test_a_shape_stands_in_the_middle_of_the_bed() -> None:
    """Wherever it was drawn, a shape is centred and stands at z = 0."""
    placed = place(read_mesh(meshes.cube()), I3.bed_mm)
    assert placed.mesh.low_mm.tolist() == [100, 100, 0]
    assert placed.mesh.high_mm.tolist() == [120, 120, 20]
    assert placed.warnings == ()


def test_a_long_shape_is_turned() -> None:
    """A shape that only fits across is turned by 90°, and says so."""
    placed = place(read_mesh(meshes.box(150, 20, 20)), (120.0, 220.0, 250.0))
    assert placed.mesh.size_mm == (20.0, 150.0, 20.0)
    assert placed.mesh.volume_mm3 == pytest.approx(60_000)
    assert [warning.code for warning in placed.warnings] == ["turned"]


@pytest.mark.parametrize(
    ("size", "percent"), [((300, 20, 20), 69), ((20, 20, 260), 94), ((215, 215, 20), 96)]
)
def test_too_large_is_refused_with_numbers(size: tuple[float, float, float], percent: int) -> None:
    """Too wide and too tall are refused with what was brought, what fits and how much smaller would do."""
    mesh = read_mesh(meshes.box(*size))
    with pytest.raises(DesignRefusedError) as refusal:
        place(mesh, I3.bed_mm)
    assert refusal.value.code == "too-large"
    said = refusal.value.sentence.fr
    assert all(word in said for word in (f"{max(size)}", "208 × 208 × 245 mm", f"{percent} %"))
    assert place(mesh.scaled(percent / 100), I3.bed_mm).warnings == ()


def test_what_is_too_large_may_be_shrunk() -> None:
    """With `fit` a shape fills the room, in proportion, and it is said; one that fits stays as it is."""
    placed = place(read_mesh(meshes.box(416, 104, 20)), I3.bed_mm, Layout(fit=True))
    assert placed.mesh.size_mm == pytest.approx((208, 52, 10), rel=1e-5)
    assert [warning.code for warning in placed.warnings] == ["shrunk"]
    assert place(read_mesh(meshes.cube()), I3.bed_mm, Layout(fit=True)).mesh.size_mm == (20, 20, 20)


@pytest.mark.parametrize("copies", [2, 3, 5, 12, 20])
def test_copies_stand_apart_and_on_the_bed(copies: int) -> None:
    """Every copy is whole, on the bed, inside its border and `GAP_MM` from the others."""
    placed = place(read_mesh(meshes.box(30, 20, 5)), I3.bed_mm, Layout(copies))
    assert placed.mesh.volume_mm3 == pytest.approx(copies * 3000, rel=1e-4)
    boxes = placed.mesh.triangles.reshape(copies, -1, 3)
    low, high = boxes.min(axis=1), boxes.max(axis=1)
    assert (low[:, :2] >= BORDER_MM - 1e-3).all()
    assert (high[:, :2] <= 220 - BORDER_MM + 1e-3).all()
    assert low[:, 2].tolist() == [0.0] * copies
    for one in range(copies):
        for other in range(one):
            gaps = np.maximum(low[one] - high[other], low[other] - high[one])[:2]
            assert gaps.max() >= GAP_MM - 1e-3


def test_too_many_copies_are_refused_with_how_many_fit() -> None:
    """Four plates of 100 mm have room on the bed, and not five; long ones are turned first."""
    with pytest.raises(DesignRefusedError) as refusal:
        place(read_mesh(meshes.box(99, 99, 5)), I3.bed_mm, Layout(5))
    assert (refusal.value.code, "4 au plus" in refusal.value.sentence.fr) == ("too-many", True)
    bars = place(read_mesh(meshes.box(100, 20, 5)), (120.0, 220.0, 250.0), Layout(4))
    assert [warning.code for warning in bars.warnings] == []
    turned = place(read_mesh(meshes.box(60, 20, 5)), (120.0, 90.0, 250.0), Layout(3))
    assert [warning.code for warning in turned.warnings] == ["turned"]
