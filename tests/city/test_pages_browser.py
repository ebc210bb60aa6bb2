"""Every page of the city in a real browser: no barrier, nothing from elsewhere, whole without script."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from city.access.accounts import Accounts
from city.store import open_store
from onboard.ports import free_port
from tests.city.life import BIKES, SILENT, live
from tests.city.test_browser import ROOT, wait_for
from tests.kiosk.test_browser import AXE, FLAGS, RULES

pytestmark = pytest.mark.browser
PICTURES = ROOT / "docs" / "pictures"
PASSWORD = "quatre mots pour entrer"  # noqa: S105 - of a test
ADDRESSES = {
    "live": "/",
    "bike": f"/velo/{BIKES[0]}",
    "silent-bike": f"/velo/{SILENT}",
    "history": "/historique",
    "days": "/historique?par=31j&ville=creteil",
    "compare": "/comparer",
    "report": "/bilan",
    "public": "/public",
    "missing": "/velo/nowhere",
}


@dataclass(frozen=True, slots=True)
class Hall:
    """A city's server and its address."""

    address: str
    process: subprocess.Popen[bytes]


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """A city with a year behind it and accounts for its staff."""
    folder = tmp_path_factory.mktemp("hall")
    store = open_store(folder / "city.db")
    live(store, time.time())
    store.close()
    Accounts(folder / "accounts").add("mairie", PASSWORD)
    port = free_port()
    options = ["--mqtt-host", "127.0.0.1", "--mqtt-port", str(free_port()), "--port", str(port)]
    options += ["--db", str(folder / "city.db"), "--accounts", str(folder / "accounts")]
    process = subprocess.Popen([sys.executable, "-m", "city.server", *options], cwd=ROOT)
    address = f"http://127.0.0.1:{port}"
    wait_for(address + "/public")
    yield Hall(address, process)
    process.kill()
    process.wait()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        yield browser
        browser.close()


def enter(page: Page) -> None:
    """Log in as a person does."""
    page.goto("/connexion")
    page.locator("input[name=name]").fill("mairie")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main button").click()
    page.wait_for_url("**/")
    expect(page.locator("#bikes tbody tr")).to_have_count(len(BIKES))


@pytest.fixture(params=[("fr-FR", 1280), ("en-GB", 320)], ids=["French desk", "English phone"])
def staff(request: pytest.FixtureRequest, chromium: Browser, hall: Hall) -> Iterator[BrowserContext]:
    """Somebody of the city who is logged in."""
    locale, width = request.param
    context = chromium.new_context(
        base_url=hall.address, locale=locale, viewport={"width": width, "height": 900}
    )
    enter(context.new_page())
    yield context
    context.close()


def barriers(page: Page) -> list[tuple[str, str]]:
    """What axe finds in a page, and whether it is too wide."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("(rules) => axe.run(document, {runOnly: rules})", RULES)["violations"]
    wrong = [(str(broken["id"]), str(broken["nodes"][0]["html"])) for broken in found]
    size = page.viewport_size
    wide = page.evaluate("document.documentElement.scrollWidth")
    return [*wrong, ("too wide", str(wide))] if size and wide > size["width"] else wrong


def test_no_page_has_a_barrier_or_asks_elsewhere(staff: BrowserContext, hall: Hall, tmp_path: Path):
    """Each page in both languages, wide and narrow: axe finds nothing, no other host is asked."""
    page = staff.pages[0]
    asked: list[str] = []
    problems: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: problems.append(str(error)))
    folder = PICTURES if os.environ.get("DIPBIKE_PICTURES") else tmp_path
    wrong: dict[str, list[tuple[str, str]]] = {}
    for name, address in ADDRESSES.items():
        page.goto(address)
        if found := barriers(page):
            wrong[name] = found
        if page.viewport_size == {"width": 1280, "height": 900} and name in {
            "bike",
            "history",
            "compare",
            "report",
            "public",
        }:
            page.screenshot(path=folder / f"city-{name}.png")
    assert wrong == {}
    assert problems == []
    assert asked
    assert all(url.startswith(hall.address) for url in asked)


def test_a_stranger_sees_the_public_page_and_the_login_only(chromium: Browser, hall: Hall):
    """Without a login no address tells of a single bike; the login itself has no barrier."""
    context = chromium.new_context(base_url=hall.address, locale="fr-FR")
    page = context.new_page()
    page.goto("/")
    assert page.url.endswith("/public")
    expect(page.locator("main")).to_contain_text("Gentilly")
    page.goto(f"/velo/{BIKES[0]}")
    assert page.url.endswith("/connexion")
    assert barriers(page) == []
    page.locator("input[name=name]").fill("mairie")
    page.locator("input[name=password]").fill("not the password")
    page.locator("main button").click()
    expect(page.get_by_role("alert")).to_contain_text("ne vont pas ensemble")
    assert barriers(page) == []
    context.close()


def test_every_page_is_whole_without_script(chromium: Browser, hall: Hall):
    """Logging in, filtering and reading need no script; the silent bike is told as silent."""
    context = chromium.new_context(base_url=hall.address, locale="fr-FR", java_script_enabled=False)
    page = context.new_page()
    enter(page)
    page.locator("#bikes").get_by_role("link", name="Créteil 2").click()
    expect(page.locator(".now")).to_contain_text("Silencieux depuis 4")
    expect(page.locator(".now")).to_contain_text("inconnue")
    page.get_by_role("link", name="Historique").click()
    page.get_by_label("Ville").select_option("creteil")
    page.get_by_role("button", name="Montrer").click()
    expect(page.locator("figure.chart")).to_have_count(3)
    assert "ville=creteil" in page.url
    page.get_by_role("link", name="Bilan").click()
    expect(page.locator("main table")).to_contain_text("Gentilly")
    page.get_by_role("button", name="Quitter").click()
    assert page.url.endswith("/public")
    context.close()
