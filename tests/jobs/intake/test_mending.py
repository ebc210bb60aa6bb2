"""What is wrong with a surface, and what of it is mended."""

import numpy as np
import pytest

from jobs.intake.judging import judged
from jobs.intake.mending import mend
from jobs.intake.mesh import Mesh, open_edges
from jobs.intake.reading import read_mesh
from jobs.intake.topology import topology
from tests.jobs import meshes, solids

BALL = solids.mesh(solids.ball(15))
RANDOM = np.random.default_rng(7)


def without(mesh: Mesh, gone: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Mesh:
    """A mesh that lost some triangles."""
    return Mesh(mesh.triangles[~gone])


def near(mesh: Mesh, share: float) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """The triangles nearest to one of them."""
    middles = mesh.triangles.mean(axis=1)
    distance = np.linalg.norm(middles - middles[len(middles) // 3], axis=1)
    gone: np.ndarray[tuple[int], np.dtype[np.bool_]] = distance <= np.quantile(distance, share)
    return gone


HOLED = {
    "one triangle": without(BALL, np.arange(len(BALL.triangles)) == 5),
    "a patch": without(BALL, near(BALL, 0.02)),
    "one in forty": without(BALL, RANDOM.random(len(BALL.triangles)) < 0.025),
}


@pytest.mark.parametrize("holed", HOLED.values(), ids=HOLED.keys())
def test_small_holes_are_closed_and_it_is_said(holed: Mesh) -> None:
    """The ball is closed again, encloses what it did within 1 %, and its surface agrees with itself."""
    assert open_edges(holed) > 0
    mended = mend(holed)
    assert open_edges(mended.mesh) == 0
    assert topology(mended.mesh).flipped_edges == 0
    assert mended.mesh.volume_mm3 == pytest.approx(BALL.volume_mm3, rel=0.01)
    assert [warning.code for warning in mended.warnings] == ["holes-closed"]


def test_a_missing_lid_stays_open() -> None:
    """A hole as wide as the shape was perhaps meant: it is flagged instead."""
    mended = mend(read_mesh(meshes.open_box()))
    assert (open_edges(mended.mesh), mended.warnings) == (4, ())
    assert [said.code for said in judged(mended.mesh, 0.4)] == ["open"]


def test_a_sound_shape_is_left_alone() -> None:
    """Nothing is added to a closed shape, and nothing is said of it."""
    assert mend(BALL).mesh is BALL
    assert judged(BALL, 0.4) == ()


def test_a_shape_inside_out_is_turned() -> None:
    """Its volume counts again, for the preview and for our own measures."""
    assert mend(Mesh(BALL.triangles[:, ::-1])).mesh.volume_mm3 == pytest.approx(BALL.volume_mm3)


def test_loose_corners_are_left_to_the_slicer() -> None:
    """Where no corner meets another, nothing is taken for a hole."""
    loose = Mesh((BALL.triangles + RANDOM.normal(0, 2e-4, BALL.triangles.shape)).astype(np.float32))
    assert len(mend(loose).mesh.triangles) == len(loose.triangles)


def test_what_no_object_can_be_is_flagged() -> None:
    """Two cubes that share an edge, and a face turned over: said with a code for the mediator."""
    one = read_mesh(meshes.cube())
    other = one.moved(np.array([20.0, 20.0, 0.0]))
    crowded = Mesh(np.concatenate((one.triangles, other.triangles)))
    assert topology(crowded).crowded_edges == 1
    turned = one.triangles.copy()
    turned[3] = turned[3, ::-1]
    assert topology(Mesh(turned)).flipped_edges == 3
    assert [said.code for said in (*judged(crowded, 0.4), *judged(Mesh(turned), 0.4))] == ["not-manifold"] * 2


@pytest.mark.parametrize(
    ("side_mm", "code"), [(0.02, "perhaps-metres"), (0.8, "perhaps-metres"), (2, "perhaps-inches")]
)
def test_wrong_units_are_suspected(side_mm: float, code: str) -> None:
    """A tiny shape is perhaps in metres, a very small one in inches; 20 mm are nothing to wonder at."""
    codes = [said.code for said in judged(read_mesh(meshes.cube(side_mm)), 0.4)]
    assert code in codes
