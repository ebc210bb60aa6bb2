"""How shapes are printed: brims and supports where they are needed, copies, and each quality."""

import math
from dataclasses import replace
from pathlib import Path

import pytest

from jobs.errors import DesignRefusedError
from jobs.intake.choices import Orientation, Quality
from jobs.intake.mesh import Mesh
from jobs.intake.resting import resting
from jobs.machines import I3
from jobs.prepare.bench import Made, Workbench
from jobs.prepare.printing import BRIM_MM, manner_for, print_mesh
from jobs.prepare.wishes import PLAIN, Wishes, read_mesh_wishes, take_wishes
from tests.jobs import solids
from tests.jobs.solids import block, round_bar

CUBE = solids.mesh(block(20, 20, 20))
LETTER_T = solids.mesh(block(10, 10, 20, (10, 0, 0)) + block(30, 10, 5, (0, 0, 20)))


def printed(mesh: Mesh, room: Path, wishes: Wishes = PLAIN) -> Made:
    """A mesh sliced for the i3, in a scratch folder of its own."""
    room.mkdir()
    return print_mesh(mesh, Workbench(I3, room, lambda _stage, _share: None, wishes))


def codes(made: Made) -> list[str]:
    """The codes of what is said."""
    return [said.code for said in made.prepared.warnings]


@pytest.mark.slicer
def test_each_quality_has_its_layers_and_its_time(tmp_path: Path) -> None:
    """Layers of 0.28, 0.2 and 0.15 mm for a 20 mm cube, each quality slower than the one before."""
    made = [printed(CUBE, tmp_path / one, Wishes(quality=one)).prepared.estimate for one in Quality]
    assert [one.layers for one in made] == pytest.approx([71, 100, 133], abs=1)
    assert made[0].duration_s < 0.85 * made[1].duration_s < 0.85**2 * made[2].duration_s
    assert all(one.mass_g == pytest.approx(made[1].mass_g, rel=0.15) for one in made)


@pytest.mark.slicer
def test_supports_only_where_something_hangs(tmp_path: Path) -> None:
    """A cube gets none; the arms of a T get some, which is said, or a warning when they are not wanted."""
    assert codes(printed(CUBE, tmp_path / "cube")) == []
    held = printed(LETTER_T, tmp_path / "held")
    bare = printed(LETTER_T, tmp_path / "bare", Wishes(supports=False))
    assert (codes(held), codes(bare)) == (["supports"], ["no-supports"])
    assert held.prepared.estimate.mass_g > 1.1 * bare.prepared.estimate.mass_g


@pytest.mark.slicer
def test_copies_cost_as_much_as_they_are(tmp_path: Path) -> None:
    """Three cubes take three times the plastic of one."""
    one, three = (printed(CUBE, tmp_path / str(n), Wishes(copies=n)).prepared.estimate for n in (1, 3))
    assert three.mass_g == pytest.approx(3 * one.mass_g, rel=0.03)
    assert three.bounds_mm is not None
    assert three.bounds_mm[5] == pytest.approx(20, abs=0.01)


@pytest.mark.parametrize(
    ("mesh", "brim_mm"),
    [
        (CUBE, 0.0),
        (solids.mesh(block(60, 40, 3)), 0.0),
        (solids.mesh(block(10, 10, 20)), BRIM_MM),
        (solids.mesh(round_bar(30, 3)), BRIM_MM),
        (solids.mesh(block(20, 20, 120)), BRIM_MM),
    ],
    ids=["cube", "plate", "small foot", "pin", "tower"],
)
def test_a_brim_holds_what_touches_the_bed_with_little(mesh: Mesh, brim_mm: float) -> None:
    """A small foot and a slender tower get a brim, a plate and a cube do not."""
    assert manner_for(resting(mesh), Quality.NORMAL, supports=False).brim_mm == brim_mm


def test_wishes_are_taken_out_of_the_parameters() -> None:
    """What is for the printer is read, the rest is left for the shape."""
    wishes, rest = take_wishes({"copies": 4, "quality": "beau", "supports": "none", "text": "Zo\u00eb"})
    assert wishes == Wishes(4, Quality.FINE, supports=False)
    assert rest == {"text": "Zo\u00eb"}
    assert take_wishes({}) == (PLAIN, {})


@pytest.mark.parametrize(
    "parameters",
    [
        {"copies": 0},
        {"copies": 21},
        {"copies": 1.5},
        {"copies": math.nan},
        {"copies": True},
        {"quality": "vite; rm -rf"},
        {"quality": 3},
        {"supports": "yes"},
        {"scale": 0},
        {"scale": 1001},
        {"scale": math.inf},
        {"scale": "2"},
        {"orientation": "diagonal"},
        {"size": "huge"},
        {"post_process": "x"},
    ],
    ids=str,
)
def test_wishes_out_of_bounds_are_refused_with_a_sentence(parameters: dict[str, str | float | bool]) -> None:
    """Each wish has bounds, and an unknown one is refused."""
    with pytest.raises(DesignRefusedError) as refusal:
        read_mesh_wishes(take_wishes(parameters)[1])
    assert refusal.value.sentence.fr != refusal.value.sentence.en


def test_a_shape_is_taken_as_it_is_unless_asked() -> None:
    """Without wishes a shape keeps its size and is laid as it prints best."""
    plain = read_mesh_wishes({})
    assert plain == replace(plain, scale=1.0, fit=False, orientation=Orientation.AUTO)
