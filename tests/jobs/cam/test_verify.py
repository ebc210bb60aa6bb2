"""The checker of results: it finds nothing in what we make, and finds each way of spoiling it."""

import random
import re

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.cam.plan import plan_for
from jobs.cam.regions import cut_rings, pocket_floor
from jobs.cam.stock import simulate
from jobs.cam.tools import FLAT_1, FLAT_2, VEE_60, Tool
from jobs.cam.verify import verify
from jobs.errors import DesignRefusedError, ProgramRefusedError
from tests.jobs.cam.sheets import PLAN, program, read, sheet

PLATE = (
    '<g fill="none" stroke="red"><rect width="60" height="40" rx="5"/><circle cx="15" cy="20" r="6"/></g>'
    '<rect x="30" y="8" width="20" height="14" fill="blue"/><path d="M26 30h26" fill="none" stroke="black"/>'
)


def found(lines: list[str]) -> str:
    """Return what the checker says of a spoilt program, "" when it finds nothing."""
    drawing = read(PLATE)
    try:
        verify(sheet(drawing, "\n".join(lines).encode()), drawing, PLAN)
    except ProgramRefusedError as refused:
        return refused.code
    return ""


def good() -> list[str]:
    """Return a program for the plate."""
    return program(read(PLATE)).decode().splitlines()


def test_a_good_program_passes():
    """Nothing is found in our own program."""
    assert found(good()) == ""


def test_a_gouge_is_found():
    """One cut across the part is seen, even a shallow one."""
    assert found([*good()[:-3], "G0 X10 Y40", "G1 Z-0.2 F200", "G1 X20 F600", *good()[-4:]]) == "gouged"


def test_a_pocket_too_deep_is_found():
    """The ground of the pocket is where it was asked for."""
    deeper = [re.sub(r"^G1 Z-1\.5\b", "G1 Z-2.2", line) for line in good()]
    assert deeper != good()
    assert found(deeper) == "gouged"


def test_a_pocket_left_standing_is_found():
    """The outermost ring of the pocket is missing."""
    lines = good()
    rises = [row for row, line in enumerate(lines) if line.startswith("G0 Z3")]
    pocket = next(row for row, line in enumerate(lines) if "Z-1.5" in line)
    end = next(row for row in rises if row > pocket)
    kept = lines[:pocket] + lines[end:]
    assert found(kept) == "pocket_left"


def test_an_outline_not_cut_through_is_found():
    """The last pass stops above the bottom of the sheet."""
    shallow = [line.replace("Z-3.2", "Z-2.6") for line in good()]
    assert found(shallow) == "outline_not_cut"


def test_a_part_without_tabs_is_found():
    """The tool goes through where it should have climbed."""
    flat = [line for line in good() if not re.match(r"G1 Z-2( |$)", line)]
    assert found(flat) == "tabs_missing"


def test_tabs_too_low_are_found():
    """Tabs of half their height do not hold."""
    low = [re.sub(r"^G1 Z-2( |$)", r"G1 Z-2.6\1", line) for line in good()]
    assert found(low) in {"tabs_too_low", "tabs_missing"}


@pytest.mark.parametrize("away_mm", [0.5, -0.5])
def test_an_outline_beside_its_place_is_found(away_mm: float):
    """The whole program half a millimetre to the side spoils the parts."""
    moved = [re.sub(r"X([\d.]+)", lambda place: f"X{float(place[1]) + away_mm:.3f}", line) for line in good()]
    moved = [re.sub(r"X-[\d.]+", "X0", line) for line in moved]
    assert found(moved) in {"gouged", "outline_not_cut"}


def shapes(seed: int) -> str:
    """Draw random shapes: parts with holes, pockets with islands, lines, turned and skewed."""
    chance = random.Random(seed)  # noqa: S311 - repeatable drawings, no secret
    body = []
    for column in range(3):
        for row in range(2):
            corners = chance.randrange(3, 9)
            radius = [chance.uniform(6, 12) for _ in range(corners)]
            turn = [(k + chance.uniform(-0.2, 0.2)) * 2 * np.pi / corners for k in range(corners)]
            path = "L".join(
                f"{r * np.cos(a):.2f} {r * np.sin(a):.2f}" for r, a in zip(radius, turn, strict=True)
            )
            paint = chance.choice(['fill="blue"', 'fill="none" stroke="red"', 'fill="none" stroke="black"'])
            hole = chance.choice(["", '<circle r="2.4"/>'])
            place = f"translate({15 + 32 * column} {18 + 34 * row}) rotate({chance.randrange(360)})"
            body.append(f'<g transform="{place}" {paint}><path d="M{path}Z"/>{hole}</g>')
    return "".join(body)


TOOLS = (FLAT_1, FLAT_2, PLAN.tool, VEE_60)


def milled(seed: int, tool: Tool) -> bool:
    """Mill a random drawing and look at the sheet; False when it was refused before."""
    drawing, plan = read(shapes(seed)), plan_for(tool=tool)
    try:
        written = program(drawing, plan)
    except DesignRefusedError:
        return False
    verify(sheet(drawing, written, plan), drawing, plan)
    return True


@settings(max_examples=25, derandomize=True)
@given(st.integers(0, 10_000), st.sampled_from(TOOLS))
def test_random_drawings_pass(seed: int, tool: Tool):
    """Whatever is drawn is milled as drawn, or refused before anything is milled."""
    milled(seed, tool)


def test_most_random_drawings_are_made():
    """Refusing everything would pass as well: with the finest flat bit nearly all can be made."""
    assert sum(milled(seed, FLAT_1) for seed in range(12)) >= 10


def test_the_simulated_sheet_has_the_hand_reckoned_volume():
    """A straight slot of the flat bit is a rectangle with two half discs; a V-bit leaves a prism."""
    moves_mm = np.array([[10.0, 10, 0, 10, 10, -1], [10.0, 10, -1, 40, 10, -1]])
    stock = simulate(moves_mm, PLAN.tool, (0, 0, 50, 20))
    flat_mm3 = -float(stock.heights_um.sum(dtype=np.int64)) / 1000 * stock.cell_mm**2
    radius = PLAN.tool.diameter_mm / 2
    assert flat_mm3 == pytest.approx(30 * 2 * radius + np.pi * radius**2, rel=0.03)
    stock = simulate(moves_mm, VEE_60, (0, 0, 50, 20))
    middle = stock.heights_um[:, 250]
    assert middle.min() == -1000
    open_mm = np.count_nonzero(middle < 0) * stock.cell_mm
    assert open_mm == pytest.approx(2 * VEE_60.radius_mm(1.0), abs=0.15)


def test_parts_and_pockets_have_their_hand_reckoned_areas():
    """A hole, an island and a union of equal colours count as they are painted."""
    drawing = read(PLATE)
    assert sorted(ring.area for ring in cut_rings(drawing)) == pytest.approx(
        [np.pi * 36, 60 * 40 - (4 - np.pi) * 25], rel=0.004
    )
    island = read('<path fill="blue" fill-rule="evenodd" d="M0 0h40v40h-40z M10 10h20v20h-20z"/>')
    overlapping = read(
        '<rect width="20" height="20" fill="blue"/><rect x="10" width="20" height="20" fill="#00f"/>'
    )
    assert shapely.area(pocket_floor(island)).sum() == pytest.approx(1200, rel=0.001)
    assert shapely.area(pocket_floor(overlapping)).sum() == pytest.approx(600, rel=0.001)
