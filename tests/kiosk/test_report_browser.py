"""The report, the history and the journal on a phone: no barrier, and no data lost by one touch."""

import re
import time
from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser, Page, sync_playwright

from jobs.store.reader import JobReader
from jobs.types import Halt, JobState
from tests.kiosk.afternoon import play_two
from tests.kiosk.test_browser import AXE, FLAGS, RULES
from tests.kiosk.test_mediator import PIN
from tests.kiosk.test_mediator_browser import NEAR_STOP, NEAREST_PX, SMALL_TARGETS, log_in
from tests.kiosk.virtual_bike import Bike, running, settled

pytestmark = pytest.mark.browser
TODAY_S = 12 * 3600.0
"""So long ago nothing is tidied away yet."""


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Bike, list[Halt]]]:
    """A bike that has two halts behind it."""
    folder = tmp_path_factory.mktemp("after")
    pin_hash = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PIN)
    played = settled(folder, more=f'mediator_pin_hash = "{pin_hash}"\n')
    _, halts = play_two(played.config.paths.jobs_database, time.time() - TODAY_S)
    with running(played) as whole:
        yield whole, halts


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        yield browser
        browser.close()


def barriers(page: Page, address: str, width: int) -> list[object]:
    """What axe finds, what is too small or too near the stop, and whether the page is too wide."""
    page.goto(address)
    page.evaluate("() => document.querySelectorAll('details').forEach((all) => (all.open = true))")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("(rules) => axe.run(document, {runOnly: rules})", RULES)
    wide = page.evaluate("document.documentElement.scrollWidth") > width
    near = []
    for top in (0, 10_000):
        page.evaluate("(top) => scrollTo(0, top)", top)
        near += page.evaluate(NEAR_STOP, NEAREST_PX)
    axe = [(broken["id"], broken["nodes"][0]["html"]) for broken in found["violations"]]
    return [*axe, *page.evaluate(SMALL_TARGETS), *near, *(["too wide"] if wide else [])]


@pytest.mark.thorough
@pytest.mark.parametrize(("locale", "width"), [("fr-FR", 390), ("en-GB", 320)])
def test_the_pages_have_no_barrier(
    chromium: Browser, after: tuple[Bike, list[Halt]], locale: str, width: int
) -> None:
    """Each page of the tab, in both languages, on a phone and on a small one."""
    bike, halts = after
    with closing(JobReader.open(bike.config.paths.jobs_database)) as reader:
        job = next(job for job in reader.jobs({JobState.DONE}) if job.prepared)
    context = chromium.new_context(
        base_url=bike.address, locale=locale, viewport={"width": width, "height": 844}
    )
    page = context.new_page()
    log_in(page)
    ask = f"/mediateur/bilan/{halts[1].id}/effacer"
    addresses = ("bilan", "historique", "journal", f"historique/{job.id}")
    for address in (*(f"/mediateur/{one}" for one in addresses), ask):
        assert (address, barriers(page, address, width)) == (address, [])
    context.close()


def test_a_verdict_and_a_second_order_need_no_script(after: tuple[Bike, list[Halt]]) -> None:
    """The object says what the mediator said; the same form twice is one new object."""
    bike, _ = after
    with closing(JobReader.open(bike.config.paths.jobs_database)) as reader, bike.browser() as phone:
        job = next(job for job in reversed(reader.jobs({JobState.DONE})) if job.prepared)
        (bike.config.paths.jobs / job.id).mkdir(parents=True)
        phone.post("/mediateur", data={"pin": PIN})
        here = f"/mediateur/historique/{job.id}"
        page = phone.post(f"{here}/verdict", data={"verdict": "broken"}).text
        assert re.search(r'data-verdict="bad">Raté</span> cassé', page)
        assert 'data-verdict="good"' in phone.post(f"{here}/verdict", data={"verdict": "good"}).text
        assert phone.post(f"{here}/verdict", data={"verdict": "<b>"}).status_code == 422
        key = re.search(r'name="key" value="(\w+)"', page)
        assert key is not None
        before = len(reader.jobs())
        for _ in range(2):
            assert phone.post(f"{here}/refaire", data={"key": key[1]}).url.path == "/mediateur/file"
        assert len(reader.jobs()) == before + 1
        assert "a fait refaire" in phone.get("/mediateur/journal").text


def test_a_halt_is_erased_by_a_tick_and_a_held_button_only(
    chromium: Browser, after: tuple[Bike, list[Halt]]
) -> None:
    """One touch does nothing; held for a second and a half the halt is gone, and the other one is not."""
    bike, halts = after
    context = chromium.new_context(
        base_url=bike.address, locale="fr-FR", viewport={"width": 390, "height": 844}
    )
    page = context.new_page()
    log_in(page)
    page.goto(f"/mediateur/bilan/{halts[0].id}/effacer")
    assert re.search(r"Objets et brouillons\s*\d+", page.inner_text("main"))
    button = page.locator("#erase-halt")
    button.click(delay=1700)
    assert page.url.endswith("/effacer")
    page.locator("input[name=sure]").check()
    button.click()
    assert page.url.endswith("/effacer")
    button.click(delay=1700)
    page.wait_for_url("**/mediateur/bilan")
    with httpx.Client(
        base_url=bike.address, cookies={c["name"]: c["value"] for c in context.cookies()}
    ) as phone:
        assert phone.get(f"/mediateur/bilan/{halts[0].id}").status_code == 404
        assert phone.get(f"/mediateur/bilan/{halts[1].id}").status_code == 200
    context.close()
