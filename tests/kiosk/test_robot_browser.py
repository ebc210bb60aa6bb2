"""A robot is programmed with blocks: by dragging, by keys, in both languages; judged by its black box."""

import itertools
import json
import math
import re
import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Page,
    Request,
    sync_playwright,
)

from drivers.firmata.sample import SAMPLE
from drivers.robots.body import Body, retraced
from drivers.robots.field import Point
from onboard.control.messages import LendRobot, OpenHalt
from tests.kiosk.block_hands import block, drag, family
from tests.kiosk.test_browser import AXE, FLAGS, barriers
from tests.kiosk.test_making_browser import ask
from tests.kiosk.virtual_bike import BATTERY, Bike, running, settled

pytestmark = pytest.mark.browser

PATIENCE_MS = 120_000
SIDE_MM = 200.0
TRIES = 5
"""The motors of this robot are timed by the bike: on a crowded computer a call now and then comes late."""
ROBOT = """[robots.robi]
protocol = "firmata"
port = "sim://firmata?blackbox={box}"
"""
VALUE = "document.forms.robot.elements.program.value"
CAT = Path(__file__).parents[2] / "kiosk/static/pictures/stamp-cat.svg"


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


def strokes(bike: Bike) -> list[list[Point]]:
    """What the virtual robot's pen has drawn, from its black box."""
    box = Path(bike.config.robots["robi"].port.partition("blackbox=")[2])
    entries = [json.loads(line) for line in box.read_text(encoding="utf-8").splitlines()]
    assert SAMPLE.gauge is not None
    return retraced((each for each in entries if each["kind"] in {"wheels", "pen"}), Body(SAMPLE.gauge))


def is_square(stroke: list[Point]) -> bool:
    """Four sides of 200 mm that meet at right angles and close, all within 1 %."""
    corners = [stroke[0]]
    for before, here, after in zip(stroke, stroke[1:], stroke[2:], strict=False):
        bend = math.atan2(after[1] - here[1], after[0] - here[0])
        bend -= math.atan2(here[1] - before[1], here[0] - before[0])
        if abs(math.remainder(bend, math.tau)) > math.radians(30) and math.dist(here, corners[-1]) > 5:
            corners.append(here)
    if math.dist(corners[-1], stroke[-1]) <= 5:  # a last small step back is no corner
        corners.pop()
    corners.append(stroke[-1])
    ways = [math.dist(*pair) for pair in itertools.pairwise(corners)]
    if len(ways) != 4 or math.dist(stroke[0], stroke[-1]) > 0.01 * 4 * SIDE_MM:
        return False
    across = (math.dist(corners[0], corners[2]), math.dist(corners[1], corners[3]))
    sides = all(abs(way - SIDE_MM) <= 0.01 * SIDE_MM for way in ways)
    return sides and all(abs(way - SIDE_MM * math.sqrt(2)) <= 0.01 * SIDE_MM * math.sqrt(2) for way in across)


def drawn_square(page: Page) -> bool:
    """Whether the floor's drawing shows the whole square."""
    way = page.locator("[data-trace]").get_attribute("d") or ""
    stroke = [(float(x), float(y)) for x, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", way)]
    return len(stroke) > 4 and is_square(stroke)


SQUARE = [
    {"do": "pen", "down": True},
    {"do": "repeat", "times": 4, "steps": [{"do": "move", "mm": 200}, {"do": "turn", "deg": 90}]},
    {"do": "pen", "down": False},
]


@pytest.mark.thorough
def test_a_square_is_dragged_together_tried_sent_lent_and_driven(chromium: Browser, bike: Bike) -> None:
    """Blocks by dragging and tapping, a number by its pad; the pen of the virtual robot leaves a square."""
    page = opened(chromium, bike, "fr-FR", (1280, 800))
    for name in ("pen-down", "repeat", "pen-up"):
        block(page, name).click(position={"x": 14, "y": 12})
        page.get_by_role("button", name="Enlever").and_(page.locator(":enabled")).click()
        block(page, name).wait_for(state="detached")
    becomes(page, lambda found: found == [])
    put_together(page)
    becomes(page, lambda found: found == SQUARE)
    page.reload()
    ready(page)
    becomes(page, lambda found: found == SQUARE)
    page.get_by_role("button", name="Essayer").click()
    deadline_s = time.monotonic() + 60
    while not drawn_square(page):
        assert time.monotonic() < deadline_s, page.locator("[data-trace]").get_attribute("d")
        page.wait_for_timeout(200)
    page.get_by_role("button", name="Envoyer au robot").click()
    page.wait_for_url("**/robot/*")
    ready(page)
    drive(page, bike)
    page.get_by_role("button", name="Rendre le robot").click()
    page.get_by_role("button", name="Redemander un robot").wait_for()
    page.context.close()


def put_together(page: Page) -> None:
    """Two blocks are dragged, two tapped, one dragged below all; a number is chosen from its pad."""
    family(page, "Stylo")
    drag(page, "pen-down", block(page, "start"))
    family(page, "Répéter, si…")
    drag(page, "repeat", block(page, "pen-down"))
    family(page, "Bouger")
    page.locator(".blocklyFlyout .robot_forward > .blocklyPath").click(position={"x": 14, "y": 12})
    family(page, "Bouger")
    page.locator(".blocklyFlyout .robot_left > .blocklyPath").click(position={"x": 14, "y": 12})
    family(page, "Stylo")
    drag(page, "pen-up", block(page, "repeat"))
    page.get_by_role("button", name=re.compile("100")).first.click()
    page.locator(".knob button", has_text="200").click()
    page.keyboard.press("Enter")


def drive(page: Page, bike: Bike) -> None:
    """The robot is lent and plays the program until its pen has left a square."""
    loan = page.url.rsplit("/", 1)[1]
    assert page.get_by_role("button", name="Lancer").is_disabled()
    ask(bike, LendRobot(loan=loan, robot="robi", minutes=30, key=secrets.token_hex(8)))
    for _ in range(TRIES):
        before = len(strokes(bike))
        page.get_by_role("button", name="Lancer").and_(page.locator(":enabled")).click()
        page.get_by_role("button", name="Stop").wait_for()
        page.locator(".blocklySvg .robot_forward.blocklyHighlighted").wait_for()
        page.get_by_role("button", name="Lancer").wait_for()
        drawn = strokes(bike)[before:]
        if any(is_square(stroke) for stroke in drawn):
            return
    pytest.fail(f"no square within 1 % in {TRIES} runs: {drawn}")


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


@pytest.mark.thorough
def test_what_cannot_be_is_said_where_it_stands(chromium: Browser, bike: Bike) -> None:
    """Text that nobody understands stays text; what is understood becomes blocks; a picture is drawn."""
    page = opened(chromium, bike, "fr-FR", (1280, 800))
    page.get_by_role("button", name="En texte").click()
    text = page.locator("#text")
    assert "avance 200" in text.input_value()
    text.fill("avance 100\nsaute 3")
    text.press("Tab")
    page.get_by_role("button", name="En blocs").click()
    page.get_by_text("Je ne comprends pas la ligne 2.").wait_for()
    text.fill("répète 3 fois\n  son 500 pendant 0,3\nfin\nquand bouton a\n  recule 12,5\nfin")
    page.get_by_role("button", name="En blocs").click()
    page.locator("bike-robot:not([written])").wait_for()
    sound = {"do": "sound", "hz": 500, "s": 0.3}
    back = {"do": "move", "mm": -12.5}
    wanted = [
        {"do": "repeat", "times": 3, "steps": [sound]},
        {"do": "when", "button": "a", "steps": [back]},
    ]
    becomes(page, lambda found: found == wanted)
    page.locator("[data-picture]").set_input_files(CAT)
    page.locator("[data-trace][d^='M']").wait_for(state="attached")
    assert {step["do"] for step in steps(page)} == {"pen", "move", "turn"}
    page.context.close()


@pytest.mark.thorough
@pytest.mark.parametrize(("locale", "size"), [("fr-FR", (1280, 800)), ("en-GB", (320, 640))])
def test_blocks_have_no_barrier(chromium: Browser, bike: Bike, locale: str, size: tuple[int, int]) -> None:
    """Axe finds nothing in the blocks, their list, the pad of a number, the text and the ticket's page."""
    page = opened(chromium, bike, locale, size)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    wrong = barriers(page, "blocks", size[0])
    page.get_by_role("treeitem").first.click()
    page.locator(".blocklyFlyout .robot_forward").wait_for()
    wrong += barriers(page, "list", size[0])
    page.keyboard.press("Escape")
    page.locator(".blocklySvg .blocklyNumberField").locator("visible=true").first.click()
    page.locator(".knob").wait_for()
    page.wait_for_function(
        "() => getComputedStyle(document.querySelector('.blocklyDropDownDiv')).opacity === '1'"
    )
    wrong += barriers(page, "number", size[0])
    page.keyboard.press("Escape")
    page.locator("footer button.main").click()
    page.wait_for_url("**/robot/*")
    ready(page)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    wrong += barriers(page, "ticket", size[0])
    assert wrong == []
    page.context.close()
