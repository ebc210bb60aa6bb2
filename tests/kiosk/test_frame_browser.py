"""What every page does by itself: it waits for the bike, remembers, forgets when left alone, and speaks."""

import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.kiosk.test_browser import FLAGS, STAR
from tests.kiosk.virtual_bike import Bike

pytestmark = [pytest.mark.browser, pytest.mark.slicer]

HOLE_S = 20.0
FILE = {"name": "étoile.svg", "mimeType": "image/svg+xml", "buffer": STAR}
VOICE = """
window.said = [];
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
const voices = VOICES;
Object.defineProperty(window, "speechSynthesis", { value: {
    getVoices: () => voices, speak: (words) => window.said.push(words.text), cancel() {},
    addEventListener() {},
} });
"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Browser, bike: Bike) -> Iterator[BrowserContext]:
    """A tablet."""
    tablet = chromium.new_context(
        base_url=bike.address,
        viewport={"width": 1280, "height": 800},
        screen={"width": 1280, "height": 800},
        locale="fr-FR",
    )
    yield tablet
    tablet.close()


def choose_file(page: Page) -> None:
    """Choose a drawing."""
    page.locator("input[type=file]").set_input_files(FILE)


def write_word(page: Page) -> None:
    """Write a word for a name tag."""
    page.get_by_label("Quel mot sur ton étiquette ?").fill("Troué")


def think(page: Page) -> None:
    """Write the word in the middle of a mind map."""
    page.locator("#idea").fill("Vélo")


def stamp(page: Page) -> None:
    """Put a stamp into the middle of the sheet."""
    page.get_by_role("button", name="Cœur").click()
    page.locator("[data-sheet]").click()


def code_of(page: Page) -> str:
    """The code in a tablet's page for files."""
    return str(page.locator("bike-live").get_attribute("src")).rsplit("/", 1)[1]


@pytest.mark.thorough
def test_a_hole_and_a_restart_lose_nothing_on_any_way(context: BrowserContext, bike: Bike) -> None:
    """Every way in is sent into a network hole of 20 s with a restart of the kiosk inside: all arrive."""
    begun: dict[str, Callable[[Page], None]] = {
        "/prenom": write_word,
        "/fichier": choose_file,
        "/carte-mentale": think,
        "/dessiner/porte-cles": stamp,
    }
    pages = []
    for address, work in begun.items():
        page = context.new_page()
        page.goto(address)
        work(page)
        page.reload()  # what was made is still there
        pages.append(page)
    assert pages[1].locator("[data-name]").inner_text() == FILE["name"]
    phone = context.new_page()
    phone.goto(f"/telephone/{code_of(pages[1])}")
    choose_file(phone)
    context.set_offline(True)
    fell_s = time.monotonic()
    for page in (*pages, phone):
        page.locator("footer button.main").click()
        page.locator("[data-waiting]").wait_for(timeout=10_000)
    bike.end("kiosk.server")
    bike.start("kiosk.server")
    bike.await_kiosk()
    phone.wait_for_timeout(max(0.0, HOLE_S - (time.monotonic() - fell_s)) * 1000)
    context.set_offline(False)
    for page in pages:
        page.wait_for_url("**/verifier/*", timeout=30_000)
    phone.get_by_role("heading", name="Ton fichier est arrivé").wait_for(timeout=30_000)


def test_a_link_waits_for_the_bike(context: BrowserContext) -> None:
    """A touch while the Wi-Fi is away leads to no empty page; it is followed when the bike is back."""
    page = context.new_page()
    page.goto("/")
    context.set_offline(True)
    page.get_by_role("link", name="Écrire mon prénom").click()
    page.locator("[data-waiting]").wait_for()
    context.set_offline(False)
    page.wait_for_url("**/prenom", timeout=10_000)


def test_a_tablet_left_alone_asks_forgets_and_goes_home(context: BrowserContext) -> None:
    """The question takes Enter for yes; unanswered, the draft is gone and home invites in French."""
    page = context.new_page()
    page.clock.install()
    page.goto("/prenom?langue=en")
    page.locator("#text").fill("Oubli")
    page.clock.fast_forward("01:31")
    question = page.get_by_role("alertdialog")
    question.wait_for()
    assert page.evaluate("document.activeElement.textContent") == "Yes, I go on"
    page.keyboard.press("Enter")
    question.wait_for(state="hidden")
    assert page.locator("#text").input_value() == "Oubli"
    page.wait_for_timeout(
        2000
    )  # the dialog tells a moment later that it has closed, and the time begins anew
    page.clock.fast_forward("01:31")
    question.wait_for()
    page.clock.fast_forward("00:21")
    expect(page).to_have_url(re.compile(r"/\?langue=fr$"), timeout=30_000)
    page.get_by_role("button", name="Touche l'écran pour commencer").click(force=True)  # it never rests
    page.get_by_role("link", name="Écrire mon prénom").click()
    page.wait_for_url("**/prenom")
    assert page.locator("#text").input_value() == ""


def test_nothing_moves_for_those_who_asked_for_rest(chromium: Browser, bike: Bike) -> None:
    """With reduced motion the invitation shows all cards at once and animates nothing."""
    context = chromium.new_context(
        base_url=bike.address,
        viewport={"width": 1024, "height": 600},
        locale="fr-FR",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.clock.install()
    page.goto("/")
    page.clock.fast_forward("01:31")
    page.locator(".attract").wait_for()
    cards = page.locator(".home .choice").count()
    assert page.locator(".attract .slide:visible").count() == cards
    assert page.evaluate("document.getAnimations().length") == 0
    page.keyboard.press("Enter")
    page.locator(".attract").wait_for(state="detached")
    context.close()


def test_a_phone_brings_a_file_to_the_tablet(context: BrowserContext, chromium: Browser, bike: Bike) -> None:
    """The tablet goes on by itself as soon as the phone has sent; no phone is ever reset for idling."""
    tablet = context.new_page()
    tablet.goto("/fichier")
    pocket = chromium.new_context(
        base_url=bike.address,
        viewport={"width": 390, "height": 844},
        screen={"width": 390, "height": 844},
        locale="fr-FR",
    )
    phone = pocket.new_page()
    phone.clock.install()
    phone.goto(f"/telephone/{code_of(tablet)}")
    choose_file(phone)
    phone.get_by_role("button", name="Envoyer à la tablette").click()
    phone.get_by_role("heading", name="Ton fichier est arrivé").wait_for()
    tablet.wait_for_url("**/verifier/*", timeout=10_000)
    phone.goto(tablet.url)
    phone.clock.fast_forward("05:00")
    assert phone.locator("dialog[open]").count() == 0
    pocket.close()


@pytest.mark.parametrize(
    ("voices", "shown"),
    [
        ("[]", False),
        ("[{lang: 'fr-FR', localService: false}]", False),
        ("[{lang: 'fr-FR', localService: true}]", True),
    ],
)
def test_the_question_is_read_aloud(context: BrowserContext, voices: str, shown: bool) -> None:
    """The button appears only with a voice of the tablet's own, and reads the page's question."""
    page = context.new_page()
    page.add_init_script(VOICE.replace("VOICES", voices))
    page.goto("/fichier")
    button = page.get_by_role("button", name="Lire la question à voix haute")
    page.locator("bike-upload:defined").wait_for()
    assert button.is_visible() == shown
    if shown:
        button.click()
        assert page.evaluate("said") == ["Où est ton fichier ?\nSur cette tablette\nSur un téléphone"]
