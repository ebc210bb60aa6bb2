"""Whatever stands in a text, no page runs, loads, obeys or computes it (E03, E08, E09)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from jobs.types import Job
from tests.kiosk.hostile import SHELL, TEMPLATES, XSS
from tests.kiosk.hostile_bike import hostile_bike
from tests.kiosk.test_browser import FLAGS
from tests.kiosk.test_mediator_browser import log_in

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

PLAIN = (*TEMPLATES, *(word for word in SHELL if "\n" not in word))
WORDS = (*XSS[:50], *PLAIN)
LISTEN = """() => document.addEventListener("securitypolicyviolation",
    (event) => struck(`${event.violatedDirective} ${event.blockedURI}`))"""
PAGES = (
    "/",
    "/ecran",
    "/mon-ticket",
    "/carte-mentale",
    "/stop",
    *(
        "/mediateur/" + tab
        for tab in ("maintenant", "file", "energie", "pourquoi", "halte", "machines", "bilan")
    ),
    *("/mediateur/" + tab for tab in ("machines/prusa", "machines/fraiseuse", "journal", "historique")),
)
OF_A_JOB = ("/verifier/", "/ticket/", "/mediateur/pourquoi/", "/mediateur/historique/")


@contextmanager
def watched(browser: Browser, address: str, *, has_policy: bool = True) -> Iterator[tuple[Page, list[str]]]:
    """A page, with or without our policy, and what ran in it, broke it or was asked for elsewhere."""
    context = browser.new_context(base_url=address, locale="fr-FR", bypass_csp=not has_policy)
    seen: list[str] = []
    context.expose_binding("struck", lambda source, *said: seen.append(f"{source['page'].url}: {said}"))
    context.add_init_script(f"({LISTEN})()")
    page = context.new_page()
    page.on("request", lambda asked: None if asked.url.startswith(address) else seen.append(asked.url))
    yield page, seen
    context.close()


def look_at_every_page(page: Page, jobs: Sequence[Job]) -> int:
    """Open each page as a mediator, wait for its stream, unfold and touch all of it; count them."""
    log_in(page)
    addresses = [*PAGES, *(kind + job.id for job in jobs for kind in OF_A_JOB)]
    for address in addresses:
        answer = page.goto(address, wait_until="load")
        assert answer is not None
        assert answer.status < 500, address
        page.evaluate("document.querySelectorAll('details').forEach((all) => (all.open = true))")
        page.wait_for_timeout(150)  # the first event of its stream draws every region once more
    return len(addresses)


def test_no_word_is_more_than_a_word(tmp_path: Path) -> None:
    """A hostile queue and a hostile daemon behind the real kiosk: nothing runs; markup would, as is shown."""
    with sync_playwright() as playwright, hostile_bike(tmp_path, WORDS) as (bike, jobs):
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        with watched(browser, bike.address) as (page, seen):
            assert look_at_every_page(page, jobs[1:4]) > 25
            assert page.get_by_text("struck(1)").count() > 0  # it is there to be read
            page.goto("/mediateur/journal")
            journal = page.locator("main").inner_text()
            assert [word for word in PLAIN if word not in journal] == []
            assert seen == []
            page.goto("/")
            page.evaluate("(html) => (document.body.innerHTML = html)", " ".join(XSS[:3]))
            page.wait_for_timeout(200)
            assert seen  # what is looked for would have been found
        browser.close()
    assert not list(tmp_path.rglob("MARK"))
