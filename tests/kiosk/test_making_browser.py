"""Choosing a model, writing a name: by touch and by keys, through holes and restarts, to a thumb."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from drivers.types import DeviceState
from onboard.control.messages import (
    AnswerCall,
    ApproveJob,
    BikeStatus,
    ClearPlate,
    ContinueQueue,
    GetStatus,
    OpenHalt,
    RearmMachine,
    RefuseJob,
)
from tests.kiosk.virtual_bike import BATTERY, Bike, running, settled

pytestmark = [pytest.mark.browser, pytest.mark.slicer, pytest.mark.thorough]

FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
AXE = Path(__file__).parents[2] / "kiosk/build/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SMALL_TARGETS = """() =>
    [...document.querySelectorAll("a, button, summary, select, input:not([type=hidden])")]
    .map((thing) => [thing.outerHTML.slice(0, 90), thing.getBoundingClientRect()])
    .filter(([, box]) => box.width > 1 && (box.width < 56 || box.height < 56)).map(([html]) => html)"""
PATIENCE_MS = 240_000
HOLE_MS = 20_000
REARM_S = 25.0
READY = "#send:not([disabled])"
ask = Bike.ask


@pytest.fixture(scope="module")
def bike(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bike]:
    """A bike with a halt."""
    folder = tmp_path_factory.mktemp("making")
    with running(settled(folder, more=BATTERY)) as whole:
        ask(whole, OpenHalt(place="Parc", host_city="Antony", minutes=300, reserve_wh=0))
        ask(whole, ContinueQueue())
        yield whole


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, with WebGL in software."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        browser.close()


def status(bike: Bike) -> BikeStatus:
    """The bike now."""
    found = ask(bike, GetStatus()).status
    assert found is not None
    return found


def tablet(chromium: Browser, bike: Bike, locale: str, size: tuple[int, int]) -> tuple[BrowserContext, Page]:
    """A tablet that is touched, whose clock can be put forward, and that may not complain."""
    context = chromium.new_context(
        base_url=bike.address,
        viewport={"width": size[0], "height": size[1]},
        locale=locale,
        has_touch=True,
    )
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    return context, page


def no_barrier(page: Page) -> None:
    """Axe finds nothing, every target is large enough for a finger, nothing is wider than the screen."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("(rules) => axe.run(document, {runOnly: rules})", RULES)
    assert [(broken["id"], broken["nodes"][0]["html"]) for broken in found["violations"]] == []
    assert page.evaluate(SMALL_TARGETS) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def minutes(page: Page) -> int:
    """The longer of the two times that the check page promises."""
    return max(int(number) for number in re.findall(r"\d+", page.locator(".costs .fact").first.inner_text()))


def job_of(page: Page) -> str:
    """The job that a page's address names."""
    return page.url.rsplit("/", 1)[1]


def test_a_model_is_changed_through_a_hole_made_and_given_a_thumb(chromium: Browser, bike: Bike) -> None:
    """Touch, French: a model is chosen, changed while the bike is away, made, followed, judged and erased."""
    context, page = tablet(chromium, bike, "fr-FR", (1280, 800))
    choose_medal(page)
    change_in_a_hole(context, page, bike)
    look_at_the_layers(page)
    page.locator(READY).tap()
    page.wait_for_url("**/ticket/*")
    no_barrier(page)
    make(bike, page)
    no_barrier(page)
    page.get_by_role("button", name="Oui, réussi").tap()
    page.get_by_text("Merci pour ton avis !").wait_for()
    page.locator("#erase").tap()
    page.get_by_role("button", name="Oui, tout effacer").tap()
    page.wait_for_url("**/efface")
    context.close()


def choose_medal(page: Page) -> None:
    """From the start to the check page, with the word on the drawn medal."""
    page.goto("/")
    page.get_by_role("link", name="Choisir un modèle").tap()
    page.wait_for_url("**/modeles")
    no_barrier(page)
    page.get_by_role("link", name="Médaille").tap()
    page.wait_for_url("**/medal")
    page.get_by_label("Texte").fill("Nino")
    assert page.locator(".model-picture .top").text_content() == "Nino"
    no_barrier(page)
    page.get_by_role("button", name="Voir mon objet").tap()
    page.locator(READY).wait_for()
    page.locator("bike-preview canvas").wait_for()
    no_barrier(page)


def change_in_a_hole(context: BrowserContext, page: Page, bike: Bike) -> None:
    """Sliders move while nothing answers for 20 s and the kiosk restarts: the wish comes true afterwards."""
    first, size = minutes(page), page.locator("#n-size_mm")
    context.set_offline(True)
    for _ in range(4):
        page.get_by_role("button", name="Plus : Diamètre").tap()
    wished = size.input_value()
    page.get_by_text("Je recalcule…").wait_for()
    page.wait_for_timeout(HOLE_MS)
    assert page.locator("bike-preview canvas").is_visible()
    bike.end("kiosk.server")
    bike.start("kiosk.server")
    bike.await_kiosk()
    context.set_offline(False)
    page.locator("[data-busy]").wait_for(state="detached")
    page.locator(READY).wait_for()
    assert minutes(page) > first
    assert size.input_value() == wished
    page.get_by_role("button", name="Plus petit").tap()
    page.locator("[data-busy]").wait_for()
    page.locator("[data-busy]").wait_for(state="detached")
    page.locator(READY).wait_for()
    assert float(size.input_value()) < float(wished)


def look_at_the_layers(page: Page) -> None:
    """The slider takes layers away."""
    page.get_by_role("button", name="Le chemin de la machine").tap()
    page.locator("[data-controls]").wait_for()
    whole = page.locator("bike-layers canvas").screenshot()
    page.locator("[data-controls] input").fill("3")
    page.get_by_text("3 / ").wait_for()
    assert page.locator("bike-layers canvas").screenshot() != whole


def make(bike: Bike, page: Page) -> None:
    """The mediator accepts; the ticket follows the machine to the end."""
    if any(machine.state is DeviceState.FAULT for machine in status(bike).machines):
        ask(bike, RearmMachine(machine="prusa"))  # a hundred times as fast, it sleeps after a minute
    ask(bike, ClearPlate(machine="prusa"))
    ask(bike, ApproveJob(job=job_of(page)))
    being_made = page.get_by_text("On fabrique ton objet !").or_(
        page.get_by_text("Your object is being made!")
    )
    being_made.wait_for()
    page.locator("bike-at:not([share^='0.0']):not([share='1.0'])").wait_for(state="attached")
    page.get_by_role("heading", name="Terminé, viens le chercher !").or_(
        page.get_by_role("heading", name="Done, come and get it!")
    ).wait_for()


def test_a_name_is_refused_changed_and_sent_again_by_keys(chromium: Browser, bike: Bike) -> None:
    """Keyboard, English, a small tablet: a button mends what cannot be made, a refusal is not the end."""
    context, page = tablet(chromium, bike, "en-GB", (1024, 600))
    write_and_mend(page, bike)
    page.locator(READY).press("Enter")
    page.wait_for_url("**/ticket/*")
    refused = job_of(page)
    page.get_by_role("button", name="Something is wrong").press("Enter")
    page.get_by_text("The mediator has been told.").wait_for()
    assert [(call.job, call.answered) for call in status(bike).calls] == [(refused, False)]
    ask(bike, AnswerCall(job=refused))
    page.get_by_text("The mediator is coming.").wait_for()
    ask(bike, RefuseJob(job=refused, reason="too-long"))
    page.get_by_text("try a smaller one").wait_for()
    no_barrier(page)
    page.get_by_role("button", name="Change it and send it again").press("Enter")
    page.wait_for_url("**/verifier/*")
    page.locator(READY).wait_for()
    assert page.locator("#text").input_value() == "Maximilienne-Z"
    page.locator(READY).press("Enter")
    page.wait_for_url("**/ticket/*")
    assert job_of(page) != refused
    make(bike, page)
    page.set_viewport_size({"width": 320, "height": 640})
    no_barrier(page)
    context.close()


def write_and_mend(page: Page, bike: Bike) -> None:
    """A long name is wide by itself; made too small, it is mended while the daemon restarts."""
    page.goto("/prenom")
    page.locator("#text").focus()
    page.keyboard.type("Maximilienne-Z")
    page.keyboard.press("Enter")
    page.locator(READY).wait_for()
    width = page.locator("#n-width_mm")
    assert float(width.input_value()) > 70
    width.fill("40")
    page.keyboard.press("Tab")
    page.locator(".problem").wait_for()
    no_barrier(page)
    bike.end("onboard.cli.daemon")
    bike.start("onboard.cli.daemon")
    while page.locator(".mend-first").is_visible():
        page.locator(".mend-first").press("Enter")
        page.locator("[data-busy]").wait_for()
        page.locator("[data-busy]").wait_for(state="detached")
        page.locator("[data-pending]").wait_for(state="detached")
    page.locator(READY).wait_for()
    assert float(width.input_value()) > 40
