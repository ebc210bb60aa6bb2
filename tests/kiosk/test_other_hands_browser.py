"""Each way in by the other hand and in the other language than its own test plays it, to a made object."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from onboard.control.messages import OpenHalt
from tests.kiosk.test_draw_browser import PATIENCE_MS, TABLET, ask, drawn, finished
from tests.kiosk.virtual_bike import SETTINGS, Bike, running, settled

pytestmark = [pytest.mark.browser, pytest.mark.slicer, pytest.mark.thorough]


@pytest.fixture(scope="module")
def bike(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bike]:
    """A bike with a halt and a hasty mill."""
    hasty = SETTINGS.replace("sim://grbl?speed=100", "sim://grbl?speed=400")
    with running(settled(tmp_path_factory.mktemp("hands"), hasty)) as whole:
        ask(whole, OpenHalt(place="Parc", host_city="Antony", minutes=300, reserve_wh=0))
        yield whole


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, with WebGL in software."""
    flags = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=flags)
        yield browser
        browser.close()


@pytest.fixture
def french(chromium: Browser, bike: Bike) -> Iterator[Page]:
    """A tablet in French, for fingers."""
    yield from opened(chromium, bike, "fr-FR")


@pytest.fixture
def english(chromium: Browser, bike: Bike) -> Iterator[Page]:
    """A tablet in English, for keys."""
    yield from opened(chromium, bike, "en-GB")


def opened(chromium: Browser, bike: Bike, locale: str) -> Iterator[Page]:
    """The first page, until the test is over."""
    context = chromium.new_context(
        base_url=bike.address,
        viewport=TABLET,  # type: ignore[arg-type]  # a TypedDict
        locale=locale,
        has_touch=True,
    )
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto("/")
    yield page
    context.close()


def test_a_name_is_written_and_milled_by_touch(french: Page, bike: Bike) -> None:
    """Fingers, French, wood instead of plastic."""
    french.get_by_role("link", name="Écrire mon prénom").tap()
    french.get_by_role("link", name="Fraiser dans du bois").tap()
    french.wait_for_url("**device=mill")
    french.get_by_label("Quel mot sur ton étiquette ?").tap()
    french.keyboard.type("Zoé")
    french.get_by_role("button", name="Voir mon étiquette").tap()
    french.wait_for_url("**/verifier/*")
    finished(french, bike, "Envoyer")


def test_ideas_are_put_together_by_touch(french: Page, bike: Bike) -> None:
    """Fingers, French: words are tapped into their place."""
    french.get_by_role("link", name="Ma carte mentale").tap()
    french.get_by_role("treeitem").wait_for()
    french.locator("#idea").tap()
    french.keyboard.type("Mer")
    for word in ("Sel", "Algues"):
        french.get_by_role("button", name="Nouvelle idée").tap()
        french.keyboard.type(word)
    french.get_by_role("button", name="Voir ma plaque").tap()
    french.wait_for_url("**/verifier/*")
    finished(french, bike, "Envoyer")


def test_a_plate_is_drawn_by_keys(english: Page, bike: Bike) -> None:
    """Keys, English: lines on wood without a finger."""
    english.get_by_role("link", name="Draw With").press("Enter")
    english.get_by_role("link", name="Wooden plate").press("Enter")
    english.locator("bike-draw[ready]").wait_for()
    sheet = english.locator("svg[data-sheet]")
    sheet.focus()
    for key in ("Space", *["ArrowRight"] * 6, *["ArrowDown"] * 4, "Space"):
        sheet.press(key)
    drawn(english, 1)
    english.get_by_role("button", name="See my object").press("Enter")
    english.wait_for_url("**/verifier/*")
    finished(english, bike, "Send")


def test_a_model_is_chosen_by_keys(english: Page, bike: Bike) -> None:
    """Keys, English: a medal of wood."""
    english.get_by_role("link", name="Choose a model").press("Enter")
    english.wait_for_url("**/modeles")
    english.get_by_role("link", name="Medal").press("Enter")
    english.get_by_role("link", name="Mill it in wood").press("Enter")
    english.wait_for_url("**device=mill")
    english.get_by_label("Text").focus()
    english.keyboard.type("Ada")
    english.get_by_role("button", name="See my object").press("Enter")
    english.wait_for_url("**/verifier/*")
    finished(english, bike, "Send")
