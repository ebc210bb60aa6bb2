"""A page on which a browser paints drawings."""

import base64
from collections.abc import Iterator
from pathlib import Path

import font_roboto
import pytest
from playwright.sync_api import Page, sync_playwright

from tests.jobs.cam.pictures import PX_PER_MM

WEB_FACE = "@font-face{{font-family:Roboto;font-weight:{};src:url(data:font/ttf;base64,{})}}"
STYLE = (
    "body{margin:0;background:#fff} svg{display:block} text{font-kerning:none;font-variant-ligatures:none}"
)


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """An empty page that knows our font and shows ten pixels a millimetre; its loop ends with the module."""
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
