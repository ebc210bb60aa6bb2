"""What we read of an SVG is what a browser paints of it."""

import base64
from collections.abc import Iterator
from pathlib import Path

import font_roboto
import pytest
from playwright.sync_api import Page, sync_playwright

from jobs.cam.drawing import Role
from jobs.cam.svg import read_svg
from tests.jobs.cam.pictures import PX_PER_MM, agreement, blue, cropped, filled, room_mm

pytestmark = pytest.mark.browser

CASES = sorted((Path(__file__).parent / "drawings").glob("*.svg"))
WEB_FACE = "@font-face{{font-family:Roboto;font-weight:{};src:url(data:font/ttf;base64,{})}}"
STYLE = (
    "body{margin:0;background:#fff} svg{display:block} text{font-kerning:none;font-variant-ligatures:none}"
)


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """An empty page that knows our font and shows ten pixels a millimetre."""
    faces = "".join(
        WEB_FACE.format(weight, base64.b64encode(Path(path).read_bytes()).decode())
        for weight, path in ((400, font_roboto.Roboto), (700, font_roboto.RobotoBold))
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        opened = browser.new_page(
            device_scale_factor=PX_PER_MM * 25.4 / 96, viewport={"width": 400, "height": 300}
        )
        opened.set_content(f"<style>{faces} {STYLE}</style><main></main>")
        yield opened
        browser.close()


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
