"""A robot is programmed with blocks by keys alone, and nothing is asked of anybody but the bike."""

import json
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from onboard.control.messages import OpenHalt
from tests.kiosk.test_browser import FLAGS
from tests.kiosk.test_making_browser import ask
from tests.kiosk.virtual_bike import BATTERY, Bike, running, settled

pytestmark = pytest.mark.browser

PATIENCE_MS = 120_000
ROBOT = """[robots.robi]
protocol = "firmata"
port = "sim://firmata?blackbox={box}"
"""
VALUE = "document.forms.robot.elements.program.value"


@pytest.fixture(scope="module")
def bike(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bike]:
    """A bike at a halt, with a drawing robot."""
    folder = tmp_path_factory.mktemp("robot")
    robot = ROBOT.format(box=folder / "box.jsonl")
    with running(settled(folder, more=BATTERY + robot)) as whole:
        ask(whole, OpenHalt(place="Parc", host_city="Antony", minutes=300, reserve_wh=0))
        yield whole


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        yield browser
        browser.close()


def opened(chromium: Browser, bike: Bike, locale: str, size: tuple[int, int]) -> Page:
    """The page with its blocks; it may not complain, and asks nobody but the bike."""
    viewport = {"width": size[0], "height": size[1]}
    context = chromium.new_context(base_url=bike.address, locale=locale, viewport=viewport)  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()

    def inside(request: Request) -> None:
        assert request.url.startswith((bike.address, "blob:", "data:")), request.url

    def complain(said: ConsoleMessage) -> None:
        refused = "422" in said.text  # the browser's own note of an answer that the page shows as a sentence
        assert said.type != "error" or refused, said.text

    page.on("request", inside)
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.on("console", complain)
    page.goto("/robot")
    ready(page)
    return page


def ready(page: Page) -> None:
    """The blocks can be touched."""
    page.locator("bike-robot[ready]").wait_for()


def steps(page: Page) -> list[dict[str, object]]:
    """The program as it would be sent, without ids."""

    def bare(step: dict[str, object]) -> dict[str, object]:
        kept = {key: value for key, value in step.items() if key != "id"}
        return {k: [bare(one) for one in v] if isinstance(v, list) else v for k, v in kept.items()}

    return [bare(step) for step in json.loads(page.evaluate(VALUE))["steps"]]


def becomes(page: Page, is_it: Callable[[list[dict[str, object]]], bool]) -> None:
    """Wait until the blocks have been read as such a program: Blockly tells of a change a moment later."""
    deadline_s = time.monotonic() + PATIENCE_MS / 1000
    while not is_it(steps(page)):
        assert time.monotonic() < deadline_s, steps(page)
        page.wait_for_timeout(100)


def says(word: str) -> Callable[[list[dict[str, object]]], bool]:
    """A program in whose JSON this stands."""
    return lambda found: word in json.dumps(found)


def test_blocks_are_put_together_by_keys_alone(chromium: Browser, bike: Bike) -> None:
    """English: a block is removed, another chosen, placed, changed, and all sent, without a touch."""
    page = opened(chromium, bike, "en-GB", (1024, 600))
    page.get_by_role("link", name="Mind the wall").focus()
    while "stack of blocks" not in (page.evaluate("document.activeElement.getAttribute('aria-label')") or ""):
        page.keyboard.press("Tab")
    for key in ("ArrowDown", "ArrowDown", "Delete"):
        page.keyboard.press(key)
    becomes(page, lambda found: [step["do"] for step in found] == ["repeat", "pen"])
    for key in ("ArrowDown", "t", "ArrowDown", "ArrowDown", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    page.locator(".blocklyDragging").first.wait_for()
    page.keyboard.press("Enter")
    page.locator(".blocklyDragging").first.wait_for(state="detached")
    becomes(page, says('"light"'))
    for key in ("ArrowRight", "Enter", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    becomes(page, says('"green": 40'))
    while "Send to the robot" not in page.evaluate("document.activeElement.textContent"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/robot/*")
    ready(page)
    becomes(page, says('"light"'))
    page.context.close()
