"""The mediators' entry on a phone: first start, badge, team and tokens without a barrier or an accident."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.kiosk.test_browser import FLAGS
from tests.kiosk.test_report_browser import barriers
from tests.kiosk.virtual_bike import Bike, running, settled

pytestmark = pytest.mark.browser
WIDTH = 390


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bike]:
    """A bike that nobody has set up."""
    with running(settled(tmp_path_factory.mktemp("fresh"))) as whole:
        yield whole


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        yield browser
        browser.close()


def phone(chromium: Browser, bike: Bike, locale: str = "fr-FR") -> BrowserContext:
    """A phone; without the policy, because axe is a script of the test's own."""
    size = {"width": WIDTH, "height": 844}
    return chromium.new_context(base_url=bike.address, viewport=size, locale=locale, bypass_csp=True)


def shown_badge(page: Page) -> str:
    """The badge that a page shows in groups."""
    found = re.search(r"(?:[A-Z2-7]{4} ){6}[A-Z2-7]{2}", page.content())
    assert found is not None
    return found[0].replace(" ", "")


def test_from_the_first_start_to_a_badge_that_opens(chromium: Browser, fresh: Bike) -> None:
    """One way through every page of the entry, looked at for barriers where it stands."""
    with phone(chromium, fresh) as screen:
        page = screen.new_page()
        assert barriers(page, "/mediateur", WIDTH) == []
        page.locator("#name").fill("Zoé")
        page.get_by_role("button", name="Mettre en service").click()
        expect(page.get_by_role("heading", name="Zoé")).to_be_visible()
        expect(page.locator("#print")).to_be_visible()
        badge = shown_badge(page)
        page.get_by_role("link", name="C'est noté").click()
        page.wait_for_url("**/mediateur/equipe")
        assert barriers(page, "/mediateur/equipe", WIDTH) == []
        page.locator("#label").fill("affichage du hall")
        page.get_by_role("button", name="Faire la clé et la montrer").click()
        expect(page.locator(".secret code")).to_contain_text("dipbike_")
        page.get_by_role("link", name="C'est copié").click()
        remove = page.locator("summary", has_text="Zoé")
        remove.click()
        page.get_by_role("button", name="Maintenir pour retirer").click()  # a touch is not a hold
        page.reload()
        expect(page.locator("summary", has_text="affichage du hall")).to_be_visible()
        expect(page.locator("summary", has_text="Zoé")).to_be_visible()
    for locale in ("fr-FR", "en-GB"):
        with phone(chromium, fresh, locale) as other:
            page = other.new_page()
            for address in ("/mediateur", "/mediateur/badge", "/api"):
                assert barriers(page, address, WIDTH) == [], (locale, address)
            page.goto(f"/mediateur/badge#{badge}")
            page.wait_for_url("**/mediateur/maintenant")
            page.go_back()
            assert badge not in page.url


def test_a_badge_that_was_replaced_says_what_to_do(chromium: Browser, fresh: Bike) -> None:
    """The page stays, with another way in."""
    with phone(chromium, fresh) as other:
        page = other.new_page()
        page.goto("/mediateur/badge#" + "A" * 26)
        expect(page.get_by_role("alert").filter(has_text="n'ouvre pas")).to_be_visible()
        expect(page.get_by_role("link", name="six chiffres")).to_be_visible()
