"""A robot program is never lost, as a draft or with its ticket, and what is on its page is read aloud."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

from onboard.control.messages import LendRobot, OpenHalt, TakeBackRobot
from tests.kiosk.block_hands import family
from tests.kiosk.test_browser import FLAGS
from tests.kiosk.test_frame_browser import VOICE
from tests.kiosk.test_making_browser import ask, status
from tests.kiosk.test_robot_browser import PATIENCE_MS, SQUARE, becomes, ready, steps
from tests.kiosk.virtual_bike import BATTERY, Bike, running, settled

pytestmark = pytest.mark.browser

ROBOTS = """[robots.thymio]
protocol = "thymio"
port = "sim://thymio"
[robots.robi]
protocol = "firmata"
port = "sim://firmata"
"""
TABLET: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
ALL = (
    "Au départ. baisse le stylo. répète 4 fois. avance de 200 mm. tourne à gauche de 90 degrés. lève le stylo"
)
FORWARD = {"do": "move", "mm": 100}
TEXT = "avance 30\ntourne à droite 45"
FROM_TEXT = [{"do": "move", "mm": 30}, {"do": "turn", "deg": -45}]


@pytest.fixture(scope="module")
def bike(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bike]:
    """A bike at a halt with two robots, of which one can draw."""
    folder: Path = tmp_path_factory.mktemp("drafts")
    with running(settled(folder, more=BATTERY + ROBOTS)) as whole:
        ask(whole, OpenHalt(place="Parc", host_city="Antony", minutes=300, reserve_wh=0))
        yield whole


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        yield browser
        browser.close()


def tablet(chromium: Browser, bike: Bike, size: ViewportSize = TABLET) -> BrowserContext:
    """A tablet of its own, or a phone, with a French voice."""
    context = chromium.new_context(base_url=bike.address, viewport=size, screen=size, locale="fr-FR")
    context.set_default_timeout(PATIENCE_MS)
    context.add_init_script(VOICE.replace("VOICES", "[{lang: 'fr-FR', localService: true}]"))
    return context


def opened(context: BrowserContext, address: str = "/robot") -> Page:
    """A page whose blocks can be touched; it may not complain."""
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.goto(address)
    ready(page)
    return page


def tap_forward(page: Page) -> None:
    """One more block at the end."""
    family(page, "Bouger")
    page.locator(".blocklyFlyout .robot_forward > .blocklyPath").click(position={"x": 14, "y": 12})


def again(page: Page) -> None:
    """Load the page anew."""
    page.reload()
    ready(page)


def heard(page: Page) -> str:
    """What is read aloud at a press."""
    page.get_by_role("button", name="Lire la question à voix haute").click()
    return str(page.evaluate("said.at(-1)"))


def test_a_draft_survives_a_hole_and_a_reload_and_goes_when_nobody_is_there(
    chromium: Browser, bike: Bike
) -> None:
    """Blocks and text are changed while the Wi-Fi is away; only a child who is away loses them."""
    context = tablet(chromium, bike)
    page = opened(context)
    context.set_offline(True)
    tap_forward(page)
    becomes(page, lambda found: found == [*SQUARE, FORWARD])
    page.get_by_role("button", name="En texte").click()
    page.locator("[data-waiting]").wait_for()
    context.set_offline(False)
    page.locator("bike-robot[written]").wait_for()
    assert "avance 100" in page.locator("#text").input_value()
    context.set_offline(True)
    page.locator("#text").fill(TEXT)
    context.set_offline(False)
    again(page)
    expect(page.locator("#text")).to_have_value(TEXT)
    page.get_by_role("button", name="En blocs").click()
    becomes(page, lambda found: found == FROM_TEXT)
    again(page)
    becomes(page, lambda found: found == FROM_TEXT)
    page.locator("bike-idle").evaluate("(idle) => idle.ask()")
    page.get_by_role("alertdialog").wait_for()
    page.keyboard.press("Enter")
    page.get_by_role("alertdialog").wait_for(state="hidden")
    again(page)
    becomes(page, lambda found: found == FROM_TEXT)
    page.locator("bike-idle").evaluate("(idle) => void idle.leave()")
    page.wait_for_url("**/?langue=fr")
    assert page.evaluate("Object.keys(localStorage)") == []
    page.goto("/robot")
    ready(page)
    becomes(page, lambda found: found == SQUARE)
    context.close()


def test_instructions_blocks_and_messages_are_read_aloud(chromium: Browser, bike: Bike) -> None:
    """All blocks in their order; those of an open family; the one that is chosen; lines; what was refused."""
    context = tablet(chromium, bike)
    page = opened(context)
    said = heard(page)
    assert said.startswith("Programmer un robot\nTouche une famille de blocs")
    assert said.endswith(f"\n{ALL}")
    family(page, "Stylo")
    page.locator(".blocklyFlyout .robot_pen-up").wait_for()
    assert heard(page).endswith("\nbaisse le stylo. lève le stylo")
    page.keyboard.press("Escape")
    page.locator(".blocklyFlyout .robot_pen-up").wait_for(state="hidden")
    page.locator(".blocklySvg .robot_left > .blocklyPath").locator("visible=true").first.click(
        position={"x": 14, "y": 12}
    )
    page.get_by_role("button", name="Enlever").and_(page.locator(":enabled")).wait_for()
    assert heard(page).endswith("\ntourne à gauche de 90 degrés")
    page.get_by_role("button", name="En texte").click()
    page.locator("bike-robot[written]").wait_for()
    page.locator("#text").fill("avance 10\nsaute 3")
    page.get_by_role("button", name="En blocs").click()
    page.get_by_text("Je ne comprends pas la ligne 2.").wait_for()
    said = heard(page)
    for words in (
        "Ton programme, une ligne par bloc",
        "Je ne comprends pas la ligne 2.",
        "avance 10. saute 3",
    ):
        assert words in said
    context.close()


@pytest.mark.thorough
def test_a_ticket_keeps_the_program_over_restarts_and_tablets(chromium: Browser, bike: Bike) -> None:
    """Sent while nobody answers, changed over a restart, refused by one robot, played by the other."""
    context = tablet(chromium, bike)
    page = opened(context)
    bike.end("kiosk.server")
    page.get_by_role("button", name="Envoyer au robot").click()
    page.locator("[data-waiting]").wait_for()
    bike.start("kiosk.server")
    page.wait_for_url("**/robot/*")
    ready(page)
    becomes(page, lambda found: found == SQUARE)
    tap_forward(page)
    becomes(page, lambda found: found == [*SQUARE, FORWARD])
    for module in ("kiosk.server", "onboard.cli.daemon"):
        bike.end(module)
        bike.start(module)
    bike.await_kiosk()
    again(page)
    becomes(page, lambda found: found == [*SQUARE, FORWARD])
    other = tablet(chromium, bike, PHONE)
    beside = opened(other, page.url)
    assert steps(beside) == SQUARE
    lend(page, bike, "thymio")
    expect(page.locator(".gray-told")).to_have_text("En gris : ce que ce robot n'a pas (stylo).")
    page.locator(".robot_pen-down.blocklyDisabled").first.wait_for()
    page.get_by_role("button", name="Lancer").click()
    page.get_by_text("Ce robot n'a pas de stylo : enlève le bloc 1.").wait_for()
    ask(bike, TakeBackRobot(loan=page.url.rsplit("/", 1)[1]))
    page.get_by_role("button", name="Redemander un robot").click()
    page.get_by_text("Le médiateur te prête un robot dès qu'il en a un.").wait_for()
    ready(page)
    lend(page, bike, "robi")
    expect(page.locator(".robot_pen-down.blocklyDisabled")).to_have_count(0)
    played_by_both(page, beside)
    other.close()
    context.close()


def lend(page: Page, bike: Bike, robot: str) -> None:
    """A mediator lends a robot, once it is there."""
    while next(one.state for one in status(bike).robots if one.name == robot) != "idle":
        page.wait_for_timeout(200)
    loan = page.url.rsplit("/", 1)[1]
    ask(bike, LendRobot(loan=loan, robot=robot, minutes=30, key=secrets.token_hex(8)))
    page.get_by_role("button", name="Lancer").and_(page.locator(":enabled")).wait_for()


def played_by_both(page: Page, beside: Page) -> None:
    """What the tablet has played is with the ticket; the phone's later program takes its place on both."""
    page.get_by_role("button", name="Lancer").click()
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Lancer").wait_for()
    again(page)
    becomes(page, lambda found: found == [*SQUARE, FORWARD])
    again(beside)
    becomes(beside, lambda found: found == [*SQUARE, FORWARD])
    tap_forward(beside)
    becomes(beside, lambda found: found == [*SQUARE, FORWARD, FORWARD])
    beside.get_by_role("button", name="Lancer").click()
    beside.get_by_role("button", name="Stop").click()
    again(page)
    becomes(page, lambda found: found == [*SQUARE, FORWARD, FORWARD])
