"""What the mill leaves of the sheet is the picture of the drawing that a browser paints."""

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page

from jobs.cam.drawing import Role
from jobs.cam.plan import plan_for
from jobs.cam.svg import read_svg
from jobs.cam.tools import FLAT_1, VEE_30
from jobs.cam.verify import verify
from tests.jobs.cam.pictures import agreement, blue, cropped
from tests.jobs.cam.sheets import deeper_than, fallen_out, program, sheet

pytestmark = pytest.mark.browser

FINE = plan_for(tool=FLAT_1)
DRAWINGS = Path(__file__).parent / "drawings"
POCKETS = (
    "rotated-rectangle",
    "skewed-ellipse",
    "nested-groups",
    "holes-nonzero",
    "same-way-evenodd",
    "paper",
)
PARTS = ("rotated-rectangle", "nested-groups", "hidden", "star-nonzero", "curves", "units", "inner-svg")


def painted(page: Page, svg: str) -> np.ndarray:
    """Return the blue of an SVG as Chromium paints it."""
    page.locator("main").evaluate("(main, svg) => { main.innerHTML = svg }", svg)
    page.evaluate("document.fonts.ready")
    return cropped(blue(page.screenshot()))


@pytest.mark.parametrize("name", POCKETS)
def test_a_pocket_is_what_is_painted_blue(page: Page, name: str):
    """The ground of the pockets has the shape of the paint, but for the round corners of the bit."""
    svg = (DRAWINGS / f"{name}.svg").read_text(encoding="utf-8")
    drawing = read_svg(svg.encode())
    stock = sheet(drawing, program(drawing, FINE), FINE)
    verify(stock, drawing, FINE)
    assert stock.cell_mm == 0.1
    assert agreement(painted(page, svg), deeper_than(stock, 1.4)) > 0.97


@pytest.mark.parametrize("name", PARTS)
def test_the_parts_that_come_out_are_what_is_painted(page: Page, name: str):
    """With its tabs broken, what falls out of the sheet has the shape of the paint."""
    svg = (DRAWINGS / f"{name}.svg").read_text(encoding="utf-8")
    black = svg.replace('fill="blue"', 'fill="black"')
    drawing = read_svg(black.encode())
    assert {line.role for line in drawing.outlines} == {Role.CUT}
    stock = sheet(drawing, program(drawing, FINE), FINE)
    verify(stock, drawing, FINE)
    assert agreement(painted(page, svg), fallen_out(stock)) > 0.95


def test_carved_letters_are_as_wide_as_the_painted_ones(page: Page):
    """A V-bit opens the top of the sheet exactly as far as the letters are wide."""
    svg = (DRAWINGS / "text.svg").read_text(encoding="utf-8")
    drawing = read_svg(svg.replace('fill="blue"', 'fill="black"').encode())
    plan = plan_for(tool=VEE_30)
    stock = sheet(drawing, program(drawing, plan), plan)
    verify(stock, drawing, plan)
    assert agreement(painted(page, svg), deeper_than(stock, 0.05)) > 0.88
