"""What we read of an SVG is what a browser paints of it."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from jobs.cam.drawing import Role
from jobs.cam.svg import read_svg
from tests.jobs.cam.pictures import agreement, blue, cropped, filled, room_mm

pytestmark = pytest.mark.browser

CASES = sorted((Path(__file__).parent / "drawings").glob("*.svg"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_we_read_what_a_browser_paints(page: Page, path: Path):
    """Blue in the browser's picture is the pocket of our drawing, at the same size."""
    svg = path.read_text(encoding="utf-8")
    page.locator("main").evaluate("(main, svg) => { main.innerHTML = svg }", svg)
    page.evaluate("document.fonts.ready")
    painted = cropped(blue(page.screenshot()))
    drawing = read_svg(svg.encode())
    read = cropped(filled((line for line in drawing.outlines if line.role is Role.POCKET), room_mm(drawing)))
    assert painted.shape == pytest.approx(read.shape, abs=3)
    # The strokes of letters are seven pixels wide: the browser's smoothing weighs more there.
    assert agreement(painted, read) > (0.92 if path.stem == "text" else 0.98)
