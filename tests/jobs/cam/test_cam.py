"""Milling programs: what is cut, in which order, how deep, and what the checker refuses."""

import re

import numpy as np
import pytest
from shapely.geometry import Polygon

from drivers.gcode import Program
from jobs.cam.check import check_cut
from jobs.cam.cut import cut, depths_mm
from jobs.cam.drawing import Role
from jobs.cam.plan import plan_for
from jobs.cam.svg import read_svg
from jobs.errors import DesignRefusedError, ProgramRefusedError
from jobs.estimate.moves import Moves, read_moves
from jobs.estimate.words import read_words
from jobs.machines import MILL

PLAN = plan_for()
PLY_3 = PLAN.material
DEEPEST_MM = PLAN.through_mm
RADIUS_MM = MILL.tool_mm / 2
ROOM = '<svg xmlns="http://www.w3.org/2000/svg" width="100mm" height="100mm" viewBox="0 0 100 100">'
RING = '<circle cx="20" cy="20" r="20"/><circle cx="20" cy="20" r="10"/>'
HERE = np.array([25.0, 25.0])
"""Middle of the ring: its radius and the margin from the corner."""


def milled(body: str) -> bytes:
    """Mill the shapes of a drawing out of plywood, and replay the result."""
    program = cut(read_svg(f"{ROOM}{body}</svg>".encode()), MILL, PLAN).program
    check_cut(program, MILL, DEEPEST_MM)
    return program


def moves_of(program: bytes) -> Moves:
    """Read the moves of a program."""
    return read_moves(read_words(Program.from_bytes(program)))


def refusal(body: str) -> str:
    """Return the code with which a drawing is refused."""
    with pytest.raises(DesignRefusedError) as refused:
        milled(body)
    return refused.value.code


def test_a_hole_is_cut_first_and_inside():
    """The tool runs a radius inside of the hole, then a radius outside of the outline."""
    moves = moves_of(milled(RING))
    cuts = ~moves.rapid & (moves.end_mm[:, 2] < 0) & (np.abs(moves.delta_mm[:, :2]).max(axis=1) > 0)
    distance = np.hypot(*(moves.end_mm[cuts, :2] - HERE).T)
    inner = distance < 15
    first_outer = int(np.argmin(inner))
    assert inner[:first_outer].all()
    assert not inner[first_outer:].any()
    assert np.allclose(distance[inner], 10 - RADIUS_MM, atol=0.05)
    assert np.allclose(distance[~inner], 20 + RADIUS_MM, atol=0.05)


def test_the_part_comes_out_at_its_size():
    """What the tool sweeps leaves a square of the drawn size."""
    moves = moves_of(milled('<rect width="30" height="20"/>'))
    deep = ~moves.rapid & (moves.end_mm[:, 2] < 0)
    way = Polygon(moves.end_mm[deep, :2][np.abs(moves.delta_mm[deep, :2]).max(axis=1) > 0][:200])
    inside = Polygon(way.exterior).buffer(-RADIUS_MM)
    assert inside.bounds == pytest.approx((5, 5, 35, 25), abs=0.02)


def test_tabs_hold_the_part():
    """On each pass below the tabs' top the tool climbs over every one of them."""
    moves = moves_of(milled('<rect width="30" height="20"/>'))
    top_mm = PLY_3.tab_height_mm - PLY_3.thickness_mm
    climbs = (moves.delta_mm[:, 2] > 0) & (moves.end_mm[:, 2] == top_mm)
    deep_passes = sum(depth < top_mm for depth in depths_mm(Role.CUT, PLAN))
    assert deep_passes >= 1
    assert np.count_nonzero(climbs) == PLY_3.tabs * deep_passes
    level = ~moves.rapid & (moves.end_mm[:, 2] == top_mm) & (moves.delta_mm[:, 2] == 0)
    on_tabs_mm = np.hypot(*moves.delta_mm[level, :2].T).sum()
    assert on_tabs_mm == pytest.approx(
        PLY_3.tabs * deep_passes * (PLY_3.tab_width_mm + MILL.tool_mm), rel=0.01
    )


def test_passes_are_never_deeper_than_allowed():
    """Each pass takes at most the material's depth and the last goes just through."""
    depths = [0.0, *depths_mm(Role.CUT, PLAN)]
    assert -np.diff(depths).min() <= PLY_3.pass_mm + 1e-9
    assert depths[-1] == pytest.approx(-DEEPEST_MM)


def test_a_pocket_is_cleared_but_not_cut_through():
    """The rings of a pocket leave no island wider than the tool and stay at the pocket's depth."""
    moves = moves_of(milled('<rect width="20" height="20" fill="blue"/>'))
    cuts = ~moves.rapid & (moves.end_mm[:, 2] < 0)
    assert moves.end_mm[cuts, 2].min() == -PLY_3.pocket_mm
    grid = np.stack(np.meshgrid(np.arange(5.5, 25, 0.5), np.arange(5.5, 25, 0.5)), axis=-1).reshape(-1, 2)
    start, way = moves.start_mm[cuts, :2], moves.delta_mm[cuts, :2]
    share = ((grid[:, None] - start) * way).sum(axis=2) / np.maximum((way**2).sum(axis=1), 1e-12)
    nearest = start + np.clip(share, 0, 1)[..., None] * way
    away_mm = np.sqrt(((grid[:, None] - nearest) ** 2).sum(axis=2)).min(axis=1)
    corner = (np.abs(grid - 15) > 10 - RADIUS_MM).all(axis=1)
    assert away_mm[~corner].max() <= RADIUS_MM + 0.02


def test_engraving_follows_the_line_itself():
    """An open line is engraved where it was drawn, before anything is cut."""
    moves = moves_of(
        milled('<path d="M0 10 h40" fill="none" stroke="black"/><rect y="30" width="40" height="10"/>')
    )
    first = moves.end_mm[~moves.rapid & (np.abs(moves.delta_mm[:, 0]) > 0)][0]
    assert first[:3].tolist() == pytest.approx([45, 35, -PLY_3.engrave_mm])


def test_a_shape_drawn_twice_is_cut_once():
    """Two equal outlines on each other are one part, not a part with a hole of its size."""
    square = '<rect width="30" height="20"/>'
    assert milled(square * 2) == milled(square)


def test_only_words_of_the_gate_are_written():
    """Short lines, at most three decimals, known words, nothing outside ASCII."""
    for line in (
        milled(RING + '<rect x="60" width="15" height="20" transform="rotate(7)"/>').decode().splitlines()
    ):
        assert len(line) <= 80
        assert re.fullmatch(
            r"(G0|G1)( [XYZF]-?\d+(\.\d{1,3})?)+|G21|G90|G94|G17|G54|M3 S\d+|G4 P\d+|M5|M2", line
        )


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ('<rect width="400" height="20"/>', "drawing_too_large"),
        ('<rect width="30" height="30"/><circle cx="9" cy="9" r="1"/>', "smaller_than_tool"),
        ('<rect width="30" height="30"/><rect x="31" width="30" height="30"/>', "parts_too_close"),
        (
            '<rect width="30" height="30"/><rect x="20" y="20" width="30" height="30" fill="green"/>',
            "parts_too_close",
        ),
        ('<g fill="none" stroke="red"><rect width="30" height="30"/><circle r="9"/></g>', "parts_too_close"),
        ('<circle cx="9" cy="9" r="0.4"/><rect x="20" width="9" height="9"/>', "part_too_small"),
    ],
)
def test_drawings_the_tool_cannot_make_are_refused(body: str, code: str):
    """Too large, too small or too close is said before anything is milled."""
    assert refusal(body) == code


def test_crossing_shapes_of_one_colour_are_one_part():
    """What is painted as one area is cut out as one part."""
    crossing = milled('<rect width="30" height="30"/><rect x="20" y="20" width="30" height="30"/>')
    one = milled('<path d="M0 0h30v20h20v30h-30v-20h-20z"/>')
    assert crossing.count(b"G0 X") == one.count(b"G0 X") == 2
    assert check_cut(crossing, MILL, DEEPEST_MM).cut_mm == pytest.approx(
        check_cut(one, MILL, DEEPEST_MM).cut_mm, abs=1
    )


def test_a_thin_wall_round_a_hole_is_allowed():
    """What lies between a hole and its outline is the part itself."""
    assert milled('<circle cx="20" cy="20" r="12"/><circle cx="20" cy="20" r="10"/>')


GOOD = ["G21", "G90", "G0 Z3", "M3 S10000", "G4 P2", "G0 X10 Y10", "G1 Z-0.8 F200", "G1 X20 F600"]
GOOD += ["G0 Z3", "M5", "G0 X0 Y0", "M2"]


def test_the_checker_accepts_a_good_program():
    """The replay says what it saw."""
    report = check_cut("\n".join(GOOD).encode(), MILL, DEEPEST_MM)
    assert (report.deepest_mm, report.cut_mm, report.travels) == (-0.8, 10.0, 2)
    assert report.bounds_mm == (10.0, 10.0, 20.0, 10.0)


@pytest.mark.parametrize(
    ("row", "line", "code"),
    [
        (2, "G0 X5", "travel_too_low"),
        (2, "G0 Z2", "travel_too_low"),
        (8, "G0 X50", "travel_too_low"),
        (5, "G0 Z-1", "rapid_into_stock"),
        (5, "G4 P1", "unknown_place"),
        (7, "G1 X10.5 Z-3 F600", "plunge_too_fast"),
        (3, "G4 P2", "spindle_not_ready"),
        (4, "G4 P0", "spindle_not_ready"),
        (6, "G1 Z-5 F200", "too_deep"),
        (6, "G1 Z-0.8", "no_feed"),
        (6, "G1 Z-0.8 F400", "plunge_too_fast"),
        (7, "G1 X300", "outside"),
        (7, "G1 X-1", "outside"),
        (7, "G1 X20 F9000", "no_feed"),
        (7, "G2 X20 I5", "unknown_word"),
        (7, "G1 X20.00001", "unreadable"),
        (7, "G1 X20 (à)", "unreadable"),
        (9, "G4 P1", "no_safe_end"),
        (11, "G4 P1", "no_safe_end"),
    ],
)
def test_the_checker_refuses_harm(row: int, line: str, code: str):
    """One wrong line in a good program is found."""
    lines = GOOD.copy()
    lines[row] = line
    with pytest.raises(ProgramRefusedError) as refused:
        check_cut("\n".join(lines).encode(), MILL, DEEPEST_MM)
    assert refused.value.code == code


def test_an_island_in_a_pocket_stays():
    """A ring within a pocket is left standing, and pockets side by side are both cleared."""
    island = '<path fill="blue" fill-rule="evenodd" d="M0 0h40v40h-40z M12 12h16v16h-16z"/>'
    moves = moves_of(milled(island + '<rect x="60" width="20" height="20" fill="blue"/>'))
    cuts = moves.end_mm[~moves.rapid & (moves.end_mm[:, 2] < 0), :2]
    away_mm = np.hypot(*np.maximum(np.abs(cuts - 25) - 8, 0).T)
    assert away_mm.min() == pytest.approx(RADIUS_MM, abs=0.02)
    assert (cuts[:, 0] > 65).any()
