"""The pages in a real browser: no request leaves the bike, no barrier for anybody, no word lost."""

import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.kiosk.virtual_bike import Bike

pytestmark = [pytest.mark.browser, pytest.mark.slicer]

FLAGS = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
)
AXE = Path(__file__).parents[2] / "kiosk/build/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
STAR = b"""<svg xmlns="http://www.w3.org/2000/svg" width="40mm" height="40mm" viewBox="0 0 40 40">
<path d="M20 2 38 38 2 38Z" fill="none" stroke="#f00"/></svg>"""
LOST = """() => {
    for (const banner of document.querySelectorAll("[data-link-lost], [data-waiting]")) banner.hidden = false;
}"""
SMALL_TARGETS = """() => [...document.querySelectorAll("a, button, summary, input:not([type=hidden])")]
    .map((thing) => [thing.outerHTML.slice(0, 90), thing.getBoundingClientRect()])
    .filter(([, box]) => box.width > 1 && (box.width < 56 || box.height < 56)).map(([html]) => html)"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, with WebGL in software."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        yield browser
        browser.close()


@dataclass
class Tablet:
    """A page, and what it asked for or complained about."""

    page: Page
    requests: list[str]
    complaints: list[str]


@pytest.fixture
def tablet(chromium: Browser, bike: Bike) -> Iterator[Tablet]:
    """A tablet in landscape."""
    context = chromium.new_context(
        base_url=bike.address, viewport={"width": 1280, "height": 800}, locale="fr-FR"
    )
    seen = Tablet(context.new_page(), [], [])
    seen.page.on("request", lambda request: seen.requests.append(request.url))
    seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    seen.page.on("console", lambda said: seen.complaints.append(said.text) if said.type == "error" else None)
    yield seen
    context.close()


def write_word(page: Page, word: str) -> None:
    """Go from the start to the prepared name tag, touching what a child would touch."""
    page.goto("/")
    page.get_by_role("link", name="Écrire mon prénom").click()
    page.get_by_label("Quel mot sur ton étiquette ?").fill(word)
    page.get_by_role("button", name="Voir mon étiquette").click()
    page.get_by_role("button", name="Envoyer").wait_for(timeout=60_000)


def test_a_child_makes_a_ticket_and_nothing_leaves_the_bike(tablet: Tablet, bike: Bike) -> None:
    """Word, live preview, 3D view, ticket: each page works, and asks nobody but the bike."""
    page = tablet.page
    write_word(page, "Nino")
    canvas = page.locator("bike-preview canvas")
    canvas.wait_for(timeout=20_000)
    flat = canvas.screenshot()
    page.get_by_role("button", name="Tourner à gauche").click()
    assert canvas.screenshot() != flat
    page.get_by_role("button", name="Envoyer").click()
    page.wait_for_url("**/ticket/*")
    assert re.fullmatch(r"\w+ \d+", page.get_by_role("heading", level=1).inner_text())
    outside = [url for url in tablet.requests if not url.startswith((bike.address, "blob:", "data:"))]
    assert outside == []
    assert tablet.complaints == []


def test_the_word_appears_on_the_tag_while_it_is_typed(tablet: Tablet) -> None:
    """The drawn tag follows every letter."""
    tablet.page.goto("/prenom")
    tablet.page.get_by_label("Quel mot sur ton étiquette ?").press_sequentially("Héloïse")
    assert tablet.page.locator(".model-picture .top").text_content() == "Héloïse"


def test_a_typed_word_survives_a_reload_until_the_ticket(tablet: Tablet) -> None:
    """A draft stays on the tablet when the page is lost, and goes when the ticket is given."""
    page = tablet.page
    page.goto("/prenom")
    page.get_by_label("Quel mot sur ton étiquette ?").fill("Inès")
    page.goto("/")
    page.goto("/prenom")
    assert page.get_by_label("Quel mot sur ton étiquette ?").input_value() == "Inès"
    write_word(page, "Inès")
    page.get_by_role("button", name="Envoyer").click()
    page.wait_for_url("**/ticket/*")
    page.goto("/prenom")
    assert page.get_by_label("Quel mot sur ton étiquette ?").input_value() == ""


def test_a_file_is_chosen_sent_and_shown(tablet: Tablet) -> None:
    """The chosen name is shown, the drawing comes back as cuts on the stock."""
    page = tablet.page
    page.goto("/fichier")
    page.locator("input[type=file]").set_input_files(
        {"name": "étoile.svg", "mimeType": "image/svg+xml", "buffer": STAR}
    )
    assert page.locator("[data-name]").inner_text() == "étoile.svg"
    page.get_by_role("button", name="Voir mon objet").click()
    page.locator("svg.cut path.cut").wait_for(timeout=60_000)


def test_a_file_that_is_too_big_is_said_before_it_is_sent(tablet: Tablet) -> None:
    """Nobody waits for an upload that will be refused; a file of a wrong kind is explained in place."""
    page = tablet.page
    page.goto("/fichier")
    page.locator("bike-upload").evaluate("(upload) => upload.setAttribute('limit', 10)")
    files = {"name": "a.svg", "mimeType": "image/svg+xml", "buffer": STAR}
    page.locator("input[type=file]").set_input_files(files)
    assert "trop gros" in page.get_by_role("alert").inner_text()
    page.goto("/fichier")
    page.locator("input[type=file]").set_input_files({**files, "name": "a.gcode"})
    page.get_by_role("button", name="Voir mon objet").click()
    page.get_by_text("Je ne connais pas ce fichier.").wait_for()
    assert page.url.endswith("/fichier")


def test_the_keyboard_alone_leads_to_the_ticket(tablet: Tablet) -> None:
    """Tab and Enter are enough; the focus is never lost."""
    page = tablet.page
    page.goto("/")

    def press_until(pattern: str) -> None:
        for _ in range(30):
            page.keyboard.press("Tab")
            text = page.evaluate(
                "document.activeElement.matches('body') ? '' : document.activeElement.textContent"
            )
            if re.search(pattern, text):
                page.keyboard.press("Enter")
                return
        pytest.fail(f"no focus on {pattern}")

    press_until("Écrire mon prénom")
    page.wait_for_url("**/prenom")
    page.locator("#text").focus()
    page.keyboard.type("Tab")
    press_until("Voir mon étiquette")
    page.locator("#send:enabled").wait_for(timeout=60_000)
    press_until("Envoyer")
    page.wait_for_url("**/ticket/*")


@pytest.fixture(scope="module")
def addresses(bike: Bike) -> dict[str, str]:
    """One address for every page and state that a participant can meet without a mediator."""
    with bike.browser() as browser:
        word = {"key": secrets.token_hex(8), "text": "Axe"}
        ready = bike.ready(browser, browser.post("/prenom", data=word))
        sent = bike.ready(browser, browser.post("/prenom", data={**word, "key": secrets.token_hex(8)}))
        ticket = browser.post(sent.url.path.replace("verifier", "envoyer"))
        key = {"key": secrets.token_hex(8)}
        bad = bike.ready(browser, browser.post("/fichier", data=key, files={"file": ("a.stl", b"solid")}))
        ways = re.findall(r'class="choice" href="([^"]+)"', browser.get("/").text)
        code = re.findall(r"/flux/fichier/([a-z2-7]{16})", browser.get("/fichier").text)[0]
    return {
        "home": "/",
        **{way: way for way in ways},
        "phone": f"/telephone/{code}",
        "old phone": "/telephone/aaaaaaaaaaaaaaaa",
        "crowd": "/ecran",
        "erased": "/efface",
        "missing": "/nothing",
        "ready": ready.url.path,
        "unusable": bad.url.path,
        "ticket": ticket.url.path,
    }


def barriers(page: Page, state: str, width: int) -> list[tuple[str, str, str]]:
    """What axe finds in a page as it is, what is too small for a finger, and whether it is too wide."""
    found = page.evaluate("(rules) => axe.run(document, {runOnly: rules})", RULES)["violations"]
    wrong = [(state, str(broken["id"]), str(broken["nodes"][0]["html"])) for broken in found]
    wrong += [(state, "small target", html) for html in page.evaluate(SMALL_TARGETS)]
    wide = page.evaluate("document.documentElement.scrollWidth")
    return [*wrong, (state, "too wide", str(wide))] if wide > width else wrong


@pytest.mark.parametrize(
    ("locale", "width", "height", "state"),
    [
        ("fr-FR", 1280, 800, "document.querySelector('dialog.idle')?.showModal()"),
        ("en-GB", 1024, 600, "document.documentElement.style.fontSize = '200%'"),
        ("fr-FR", 320, 640, LOST),
    ],
)
def test_no_page_has_a_barrier(
    chromium: Browser,
    bike: Bike,
    addresses: dict[str, str],
    locale: str,
    width: int,
    height: int,
    state: str,
) -> None:
    """Each page as it is, home when it asks who is there, all with large text and with the link lost."""
    context = chromium.new_context(
        base_url=bike.address, locale=locale, viewport={"width": width, "height": height}
    )
    axe = AXE.read_text(encoding="utf-8")
    wrong: list[tuple[str, str, str]] = []
    page = context.new_page()
    for name, address in addresses.items():
        page.goto(address)
        if "idle" not in state or name == "home":
            page.evaluate(state)
        page.evaluate(axe)
        wrong += barriers(page, name, width)
    assert wrong == []
    context.close()


def test_a_lost_link_is_said_and_comes_back_by_itself(tablet: Tablet, bike: Bike) -> None:
    """Without its kiosk a page says so within seconds, keeps the typed word, and recovers."""
    page = tablet.page
    page.goto("/prenom")
    page.get_by_label("Quel mot sur ton étiquette ?").fill("Reste")
    banner = page.get_by_text("Liaison perdue.")
    assert not banner.is_visible()
    bike.end("kiosk.server")
    try:
        banner.wait_for(timeout=10_000)
    finally:
        bike.start("kiosk.server")
        bike.await_kiosk()
    banner.wait_for(state="hidden", timeout=20_000)
    assert page.get_by_label("Quel mot sur ton étiquette ?").input_value() == "Reste"


def test_a_silent_daemon_is_shown_on_every_open_page(tablet: Tablet, bike: Bike) -> None:
    """When the daemon ends, the tablet says that the bike does not answer, until it is back."""
    page = tablet.page
    page.goto("/")
    banner = page.get_by_text("Le vélo ne répond pas.")
    assert not banner.is_visible()
    bike.end("onboard.cli.daemon")
    try:
        banner.wait_for(timeout=10_000)
    finally:
        bike.start("onboard.cli.daemon")
    with suppress(TimeoutError):
        bike.await_kiosk()
    banner.wait_for(state="hidden", timeout=20_000)
