"""Every mediator's page, language and state: no barrier, all by key, no harm by one tap."""

import re
from collections.abc import Callable, Iterator

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser, Page, sync_playwright

from onboard.control.messages import ApproveJob, ClearPlate, OpenHalt
from tests.kiosk.test_browser import AXE, FLAGS, RULES
from tests.kiosk.test_machines_browser import ask, machine, until
from tests.kiosk.test_mediator import PIN, sent
from tests.kiosk.test_mediator_browser import NEAR_STOP, NEAREST_PX, SMALL_TARGETS, log_in
from tests.kiosk.virtual_bike import BATTERY, SETTINGS, Bike, running, settled

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

WIDTH = 390
LOCALES = ("fr-FR", "en-GB")
TABS = (
    "/mediateur/maintenant", "/mediateur/file", "/mediateur/machines", "/mediateur/energie",
    "/mediateur/bilan", "/mediateur/halte", "/stop",
)  # fmt: skip
LINKS = "() => [...document.querySelectorAll('a[href]')].map((link) => link.getAttribute('href'))"
OPEN_ALL = "() => document.querySelectorAll('details').forEach((all) => (all.open = true))"
CALM = "() => document.querySelector('bike-live')?.close()"
SEEN = (
    "(thing) => thing.checkVisibility({visibilityProperty: true}) && thing.getBoundingClientRect().width > 1"
)
NAMED = "(thing) => [thing.tagName, thing.id, thing.name, thing.value, thing.textContent.trim()].join('|')"
BY_KEY = f"""() => [...document.querySelectorAll(
        "main :is(a[href], button, summary, input:not([type=hidden]), select), .thumb :is(a[href], button)"
    )].filter((thing) => !thing.disabled && !(thing.type === "radio" && !thing.checked)).filter({SEEN})
    .map({NAMED})"""
FOCUSED = f"() => ({NAMED})(document.activeElement)"
CHARTS = f"""() => [...document.querySelectorAll("bike-chart, .outlook-chart")].filter({SEEN})
    .filter((chart) => !chart.closest("section").querySelector("table") || !chart.getAttribute("aria-label"))
    .map((chart) => chart.outerHTML.slice(0, 90))"""
AT_ONE_TAP = f"""() => [...document.querySelectorAll("form[method=post] button:not([type=button])")]
    .filter({SEEN})
    .filter((button) => !button.matches("[data-hold]"))
    .filter((button) => !button.closest("details.ask"))
    .filter((button) => !button.form.querySelector(":is(input, select):required"))
    .map((button) => button.getAttribute("formaction") ?? button.form.getAttribute("action"))"""
"""Where a button leads that is neither held, nor behind a first touch, nor beside a field to be filled in."""
HARMLESS = re.compile(
    r"/stop$|/mediateur/(?:sortie"
    r"|objet/\w+/(?:accepter|pause|appel)"
    r"|ligne/\w+/(?:avant|promesse|faveur)"
    r"|historique/\w+/(?:verdict|refaire)"
    r"|halte/(?:prolonger|redonner)"
    r"|machines/[\w-]+/(?:deplacer|origine|niveau|refroidir|suite|fin|relire|tracer|reglage)"
    r"|robots?/.*)$"
)
"""Undone by the next touch, or moves what a person stands beside, or is the stop itself."""


@pytest.fixture(scope="module")
def bike(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bike]:
    """A bike in the morning: no halt, nothing sent, the plate not cleared."""
    folder = tmp_path_factory.mktemp("states")
    pin_hash = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PIN)
    slow = SETTINGS.replace("speed=100", "speed=1").replace(
        '"mill"', '"mill"\ncamera = "http://127.0.0.1:9/"'
    )
    with running(settled(folder, slow, f'mediator_pin_hash = "{pin_hash}"\n{BATTERY}')) as whole:
        yield whole


@pytest.fixture(scope="module")
def phones(bike: Bike) -> Iterator[list[Page]]:
    """A phone a language, logged in."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        yield [phone(browser, bike, locale) for locale in LOCALES]
        browser.close()


def phone(browser: Browser, bike: Bike, locale: str) -> Page:
    """One of them."""
    context = browser.new_context(
        base_url=bike.address, locale=locale, viewport={"width": WIDTH, "height": 844}
    )
    page = context.new_page()
    page.set_default_timeout(60_000)
    log_in(page)
    return page


def at_hand(bike: Bike) -> str:
    """The job that the mill's list is about; empty without one."""
    hand = machine(bike, "fraiseuse").hand
    return (hand.job or "") if hand is not None else ""


def in_the_morning(_bike: Bike) -> None:
    """Nothing has happened yet."""


def in_full_swing(bike: Bike) -> None:
    """A halt; objects that wait, that are accepted, that are made; a child who calls; a history."""
    ask(bike, OpenHalt(place="Parc", host_city="Antony", minutes=300, reserve_wh=0))
    ask(bike, ClearPlate(machine="prusa"))
    jobs = [sent(bike) for _ in range(5)]
    for job in jobs[:3]:
        ask(bike, ApproveJob(job=job))
    until(lambda: at_hand(bike) in jobs, "nothing is planned for the mill")
    bike.arm(at_hand(bike))
    until(lambda: machine(bike, "fraiseuse").job is not None, "the mill never began")
    with bike.browser() as child:
        child.post(f"/appeler/{jobs[4]}")


def after_a_stop(bike: Bike) -> None:
    """Everything is stopped; what was made is interrupted."""
    with bike.browser() as anybody:
        assert anybody.post("/stop").is_success
    until(lambda: machine(bike, "fraiseuse").job is None, "the job never ended")


def without_the_daemon(bike: Bike) -> None:
    """The pages are all that is left."""
    bike.end("onboard.cli.daemon")


STATES: tuple[Callable[[Bike], None], ...] = (in_the_morning, in_full_swing, after_a_stop, without_the_daemon)


def addresses(page: Page) -> list[str]:
    """Every page that the tabs lead to, one of each kind."""
    found: dict[str, str] = {}
    waiting = list(TABS)
    while waiting:
        address = waiting.pop(0)
        kind = re.sub(r"[0-9a-f]{32}|\d{6,}[\d.]*", "*", address)
        if kind in found or not re.fullmatch(r"/stop|/mediateur/[^?#]*", address):
            continue
        if re.search(r"\.(pdf|csv|zip|json)$", address):
            continue
        found[kind] = address
        page.goto(address)
        waiting += page.evaluate(LINKS)
    return list(found.values())


def by_key(page: Page) -> list[str]:
    """What the Tab key does not reach."""
    wanted = page.evaluate(BY_KEY)
    reached = set()
    for _ in range(len(wanted) + 12):
        page.keyboard.press("Tab")
        reached.add(page.evaluate(FOCUSED))
    return [thing for thing in wanted if thing not in reached]


def complaints(page: Page, address: str) -> list[object]:
    """Everything that is wrong with a page as it stands."""
    page.goto(address)
    page.evaluate(CALM)
    unsafe = [path for path in page.evaluate(AT_ONE_TAP) if not HARMLESS.search(path)]
    page.evaluate(OPEN_ALL)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("(rules) => axe.run(document, {runOnly: rules})", RULES)
    axe = [(broken["id"], broken["nodes"][0]["html"]) for broken in found["violations"]]
    wide = page.evaluate("document.documentElement.scrollWidth") > WIDTH
    near = []
    for top in (0, 10_000):
        page.evaluate("(top) => scrollTo(0, top)", top)
        near += page.evaluate(NEAR_STOP, NEAREST_PX)
    seen = [*axe, *page.evaluate(SMALL_TARGETS), *near, *(["too wide"] if wide else [])]
    return [*seen, *page.evaluate(CHARTS), *unsafe, *by_key(page)]


@pytest.mark.parametrize("state", STATES)
def test_every_page_in_every_state_is_for_everybody(
    bike: Bike, phones: list[Page], state: Callable[[Bike], None]
) -> None:
    """Axe, thumbs, room round the stop, a table for each chart, the Tab key, and nothing lost by one tap.

    One state follows the other on the same bike.
    """
    state(bike)
    found = addresses(phones[0])
    assert len(found) >= len(TABS) + 5
    for page in phones:
        wrong = {address: complaints(page, address) for address in found}
        broken = {address: words for address, words in wrong.items() if words}
        assert broken == {}, broken
