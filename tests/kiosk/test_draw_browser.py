"""Drawing and mapping ideas on a tablet: by touch and keys, through holes and restarts, to a made object."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from onboard.control.messages import ApproveJob, ContinueQueue, OpenHalt
from tests.kiosk.virtual_bike import SETTINGS, Bike, running, settled

pytestmark = [pytest.mark.browser, pytest.mark.slicer]

AXE = Path(__file__).parents[2] / "kiosk/build/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SMALL_TARGETS = """() => [...document.querySelectorAll(
        "a, button, label:has(input), input:not([type=hidden])")]
    .map((thing) => [thing.outerHTML.slice(0, 90), thing.getBoundingClientRect()])
    .filter(([, box]) => box.width > 1 && (box.width < 56 || box.height < 56)).map(([html]) => html)"""
TABLET = {"width": 1024, "height": 600}
PATIENCE_MS = 120_000
HOLE_MS = 20_000
SAW = [(0.2 + 0.05 * step, 0.75 - 0.1 * (step % 2)) for step in range(12)]
DRAWING = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="30mm" height="30mm"><path d="M0 0H90V90H0Z"/></svg>'
)
SQUARE = {"name": "carré.svg", "mimeType": "image/svg+xml", "buffer": DRAWING}
Places = list[tuple[float, float]]
ask = Bike.ask


@pytest.fixture(scope="module")
def bike(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bike]:
    """A bike with a halt and a hasty mill."""
    folder = tmp_path_factory.mktemp("drawing")
    hasty = SETTINGS.replace("sim://grbl?speed=100", "sim://grbl?speed=400")
    with running(settled(folder, hasty)) as whole:
        ask(whole, OpenHalt(place="Parc", host_city="Antony", minutes=300, reserve_wh=0))
        yield whole


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


def tablet(chromium: Browser, bike: Bike, locale: str) -> tuple[BrowserContext, Page]:
    """A tablet that is touched, whose clock can be put forward."""
    context = chromium.new_context(
        base_url=bike.address,
        viewport=TABLET,  # type: ignore[arg-type]  # a TypedDict
        locale=locale,
        has_touch=True,
    )
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.clock.install()
    return context, page


def no_barrier(page: Page) -> None:
    """Axe finds nothing, every target is large enough, nothing is wider than the screen."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("(rules) => axe.run(document, {runOnly: rules})", RULES)
    assert [(broken["id"], broken["nodes"][0]["html"]) for broken in found["violations"]] == []
    assert page.evaluate(SMALL_TARGETS) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= TABLET["width"]


def touch_along(page: Page, places: Places) -> None:
    """Drag a finger over the sheet; places are shares of its sides."""
    box = page.locator("svg[data-sheet]").bounding_box()
    assert box is not None
    finger = page.context.new_cdp_session(page)
    for number, (x, y) in enumerate(places):
        at = {"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]}
        kind = "touchMove" if number else "touchStart"
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [at]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    finger.detach()


def drawn(page: Page, count: int) -> list[str]:
    """The lines on the sheet, as soon as there are so many."""
    page.locator("bike-draw[ready]").wait_for()
    lines = page.locator("[data-strokes] path")
    expect(lines).to_have_count(count, timeout=PATIENCE_MS)
    paths: list[str] = lines.evaluate_all("(all) => all.map((path) => path.outerHTML)")
    return paths


def through_a_hole(page: Page, bike: Bike, button: str) -> None:
    """Press a button without Wi-Fi; twenty seconds and a restart of both services later it has worked."""
    page.context.set_offline(True)
    page.get_by_role("button", name=button).click()
    page.locator("[data-waiting]").wait_for()
    for module in ("kiosk.server", "onboard.cli.daemon"):
        bike.end(module)
        bike.start(module)
    page.clock.fast_forward(HOLE_MS)
    bike.await_kiosk()
    page.context.set_offline(False)
    page.wait_for_url("**/verifier/*")


def finished(page: Page, bike: Bike, send: str) -> None:
    """From the checked draft to a ticket, and to an object that can be fetched."""
    page.locator("#send:not([disabled])").wait_for()
    page.get_by_role("button", name=send).click()
    page.wait_for_url("**/ticket/*")
    job = page.url.rsplit("/", 1)[1]
    ask(bike, ApproveJob(job=job))
    ask(bike, ContinueQueue())
    bike.arm(job)
    page.get_by_text("viens le chercher").or_(page.get_by_text("come and get it")).wait_for()


def test_fingers_draw_a_shape_that_the_mill_cuts(chromium: Browser, bike: Bike) -> None:
    """Stamp, line, mistake, reload, hole, restart: the drawing that was sent is the one on the sheet."""
    context, page = tablet(chromium, bike, "fr-FR")
    page.goto("/")
    page.get_by_role("link", name="Dessiner").tap()
    page.get_by_role("link", name="Forme en bois").tap()
    page.locator("bike-draw[ready]").wait_for()
    page.get_by_role("button", name="Cœur").tap()
    page.get_by_role("button", name="Fin").tap()
    touch_along(page, [(0.4, 0.4)])
    page.get_by_role("button", name="graver").tap()
    page.get_by_role("button", name="Crayon").tap()
    touch_along(page, [(0.38, 0.4), (0.4, 0.42), (0.42, 0.4)])
    touch_along(page, SAW)
    page.get_by_role("button", name="Annuler").tap()
    before = drawn(page, 2)
    assert [("cut" in path, "Z" in path) for path in before] == [(True, True), (False, False)]
    no_barrier(page)
    page.reload()
    assert drawn(page, 2) == before
    through_a_hole(page, bike, "Voir mon objet")
    page.locator("#send:not([disabled])").wait_for()
    page.get_by_role("button", name="Retour").tap()
    page.wait_for_url("**/dessiner/decoupe")
    assert drawn(page, 2) == before
    page.get_by_role("button", name="Voir mon objet").tap()
    page.wait_for_url("**/verifier/*")
    finished(page, bike, "Envoyer")
    page.goto("/dessiner/decoupe")
    drawn(page, 0)
    context.close()


def test_the_keys_alone_draw_a_key_ring(chromium: Browser, bike: Bike) -> None:
    """Arrows and the space bar draw, stamp and rub out; symmetry repeats it, and it is prepared."""
    context, page = tablet(chromium, bike, "en-GB")
    page.goto("/dessiner/porte-cles")
    page.locator("bike-draw[ready]").wait_for()
    keys, sheet = page.keyboard, page.locator("svg[data-sheet]")

    def press(*names: str) -> None:
        for name in names:
            keys.press(name)

    page.get_by_role("button", name="Mirror").focus()
    press("Enter")
    sheet.focus()
    press("Space", *["ArrowRight"] * 6, *["ArrowDown"] * 4, "Space")
    assert page.locator("[data-said]").inner_text() == "Pencil up."
    drawn(page, 2)
    press("Control+z")
    drawn(page, 0)
    press("Control+y")
    page.get_by_role("button", name="Star").focus()
    press("Space")
    sheet.focus()
    press(*["ArrowUp"] * 6, "Enter")
    drawn(page, 4)
    page.get_by_role("button", name="Eraser").focus()
    press("Space")
    sheet.focus()
    press(*["ArrowDown"] * 6, "Space")
    drawn(page, 2)
    no_barrier(page)
    page.get_by_role("button", name="See my object").focus()
    press("Enter")
    page.wait_for_url("**/verifier/*")
    page.locator("#send:not([disabled])").wait_for()
    assert page.request.get(page.url.replace("verifier", "forme")).ok
    context.close()


def test_ideas_become_a_plate_by_keys_and_by_touch(chromium: Browser, bike: Bike) -> None:
    """Written with the keys, moved by taps, kept through reload, hole and restart, engraved and finished."""
    context, page = tablet(chromium, bike, "en-GB")
    page.goto("/")
    page.get_by_role("link", name="My mind map").tap()
    page.get_by_role("treeitem").wait_for()
    page.locator("#idea").focus()
    for word, key in (("Mer", "Enter"), ("île", "Enter"), ("eau", "Shift+Enter"), ("sel", "ArrowUp")):
        page.keyboard.type(word)
        page.keyboard.press(key)
    page.get_by_role("button", name="Up", exact=True).tap()
    page.get_by_role("treeitem", name="île").tap(force=True)
    assert page.locator("#idea").input_value() == "île"
    page.get_by_role("button", name="Remove").tap()
    page.get_by_role("button", name="Undo").tap()
    wanted = ["Mer", "    eau", "        sel", "    île"]
    assert page.locator("#lines").input_value().split("\n") == wanted
    no_barrier(page)
    page.reload()
    page.get_by_role("treeitem", name="sel").wait_for()
    assert page.get_by_role("treeitem").count() == len(wanted)
    through_a_hole(page, bike, "See my plate")
    finished(page, bike, "Send")
    page.goto("/carte-mentale")
    assert page.locator("#lines").input_value() == ""
    context.close()


@pytest.mark.parametrize(
    ("locale", "take", "send_on", "see", "send"),
    [
        ("fr-FR", "Apporter mon fichier", "Envoyer à la tablette", "Voir mon objet", "Envoyer"),
        ("en-GB", "Bring my file", "Send to the tablet", "See my object", "Send"),
    ],
)
def test_a_file_of_the_tablet_by_keys_and_one_of_a_phone_by_touch_are_made(
    chromium: Browser, bike: Bike, locale: str, take: str, send_on: str, see: str, send: str
) -> None:
    """The same drawing twice: chosen on the tablet, then sent by a phone; both are milled and fetched."""
    context, page = tablet(chromium, bike, locale)
    page.goto("/")
    page.get_by_role("link", name=take).press("Enter")
    page.locator("#chosen").set_input_files(SQUARE)  # type: ignore[arg-type]  # a TypedDict
    page.get_by_role("button", name=see).press("Enter")
    page.wait_for_url("**/verifier/*")
    finished(page, bike, send)
    page.goto("/fichier")
    phone = chromium.new_context(base_url=bike.address, locale=locale, has_touch=True).new_page()
    phone.goto("/telephone/" + str(page.locator("bike-live").get_attribute("src")).rsplit("/", 1)[1])
    phone.locator("#chosen").set_input_files(SQUARE)  # type: ignore[arg-type]  # a TypedDict
    phone.get_by_role("button", name=send_on).tap()
    page.wait_for_url("**/verifier/*")
    finished(page, bike, send)
    phone.context.close()
    context.close()


def test_without_script_both_ways_still_lead_to_an_object(chromium: Browser, bike: Bike) -> None:
    """A drawing made elsewhere and indented lines can be sent by plain forms."""
    context = chromium.new_context(base_url=bike.address, java_script_enabled=False, locale="fr-FR")
    page = context.new_page()
    page.goto("/dessiner/decoupe")
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="30mm" height="30mm"><path d="M0 0H90V90Z"/></svg>'
    file = {"name": "triangle.svg", "mimeType": "image/svg+xml", "buffer": svg}
    page.locator("#drawn").set_input_files(file)  # type: ignore[arg-type]  # a TypedDict
    page.get_by_role("button", name="Voir mon objet").click()
    page.wait_for_url("**/verifier/*")
    page.goto("/carte-mentale")
    page.get_by_label("Tes idées, une par ligne").fill("Mer\n poisson")
    page.get_by_role("button", name="Voir ma plaque").click()
    page.wait_for_url("**/verifier/*")
    context.close()
