"""The mediator's pages on a phone: no barrier, large targets, and a stop with nothing near it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.kiosk.test_browser import AXE, FLAGS, RULES
from tests.kiosk.test_mediator import PIN, crewed, sent
from tests.kiosk.virtual_bike import Bike

pytestmark = pytest.mark.browser
__all__ = ["crewed"]  # the fixture of a bike whose machines may be stopped

PAGES = [
    "/mediateur/maintenant",
    "/mediateur/file",
    "/mediateur/machines",
    "/mediateur/machines/prusa",
    "/mediateur/machines/fraiseuse",
    "/mediateur/energie",
    "/mediateur/pourquoi",
    "/mediateur/halte",
    "/stop",
]
NEAREST_PX = 24
SMALL_TARGETS = """() =>
    [...document.querySelectorAll("a, button, summary, label:has(input), input:not([type=checkbox])")]
    .map((thing) => [thing.outerHTML.slice(0, 90), thing.getBoundingClientRect()])
    .filter(([, box]) => box.width > 1 && (box.width < 56 || box.height < 56)).map(([html]) => html)"""
NEAR_STOP = """(room) => {
    const stop = document.querySelector(".stop-all"), box = stop.getBoundingClientRect();
    const near = new Set();
    for (let x = box.left - room; x <= box.right + room; x += 4)
        for (let y = box.top - room; y <= box.bottom + room; y += 4) {
            const thing = document.elementFromPoint(x, y)?.closest("a, button, summary, input, label");
            if (thing && thing !== stop) near.add(thing.outerHTML.slice(0, 90));
        }
    return [...near];
}"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        yield browser
        browser.close()


def log_in(page: Page) -> None:
    """Type the PIN as a person does."""
    page.goto("/mediateur")
    page.locator("#pin").fill(PIN)
    page.keyboard.press("Enter")
    page.wait_for_url("**/mediateur/maintenant")


def open_halt_with(page: Page, jobs: list[str]) -> None:
    """A halt with a class, and a line with a pick and a promise: every button of the pages is there."""
    posts: list[tuple[str, dict[str, str]]] = [
        ("halte/ouvrir", {"place": "Parc", "host_city": "Antony", "minutes": "60", "reserve_wh": "1"}),
        ("halte/classe", {"group": "soleil"}),
        *((f"objet/{job}/accepter", {}) for job in jobs),
        (f"ligne/{jobs[0]}/faveur", {"priority": "2"}),
        (f"ligne/{jobs[1]}/promesse", {"promised": "true"}),
    ]
    for path, form in posts:
        answer = page.request.post(
            f"/mediateur/{path}", form=form, headers={"Origin": page.url.split("/med")[0]}
        )
        assert answer.ok, path


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("locale", "width", "height"), [("fr-FR", 390, 844), ("en-GB", 390, 844), ("fr-FR", 320, 640)]
)
def test_no_mediator_page_has_a_barrier(
    chromium: Browser, crewed: Bike, locale: str, width: int, height: int
) -> None:
    """Axe finds nothing, targets fit a thumb, nothing lies within 24 px of the stop, scrolled or not."""
    jobs = [sent(crewed) for _ in range(3)]
    context = chromium.new_context(
        base_url=crewed.address, locale=locale, viewport={"width": width, "height": height}
    )
    page = context.new_page()
    log_in(page)
    open_halt_with(page, jobs[1:])
    for address in PAGES:
        page.goto(address)
        page.evaluate("() => document.querySelectorAll('details').forEach((all) => (all.open = true))")
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("(rules) => axe.run(document, {runOnly: rules})", RULES)
        assert [(address, broken["id"], broken["nodes"][0]["html"]) for broken in found["violations"]] == []
        assert [(address, html) for html in page.evaluate(SMALL_TARGETS)] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        for top in (0, 150, 10_000):
            page.evaluate("(top) => scrollTo(0, top)", top)
            assert page.evaluate(NEAR_STOP, NEAREST_PX) == [], address
    context.close()
