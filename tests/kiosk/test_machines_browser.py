"""A mediator's hand on machines at rest, from a phone; the virtual machines' black boxes are the judges."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from drivers.types import DeviceState
from onboard.control.messages import ApproveJob, BikeStatus, GetStatus, MachineView, OpenHalt
from tests.kiosk.test_browser import AXE, FLAGS, RULES
from tests.kiosk.test_mediator import PIN, sent
from tests.kiosk.test_mediator_browser import NEAR_STOP, NEAREST_PX, SMALL_TARGETS, log_in
from tests.kiosk.virtual_bike import BATTERY, SETTINGS, Bike, running, settled

pytestmark = pytest.mark.browser

PATIENCE_MS = 60_000
PATIENCE_S = 30.0
HOLD_S = 1.8
"""A little longer than the 1.5 s for which a button is held."""
MILL_NAME = "fraiseuse"
PRINTER, MILL = "/mediateur/machines/prusa", "/mediateur/machines/fraiseuse"
ask = Bike.ask


@pytest.fixture(scope="module")
def bike(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bike]:
    """A bike with a halt, whose machines write down what they do."""
    folder = tmp_path_factory.mktemp("handy")
    pin_hash = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PIN)
    told = SETTINGS.replace("marlin?speed=100", f"marlin?speed=1&blackbox={folder}/prusa.jsonl")
    told = told.replace("grbl?speed=100", f"grbl?speed=1&blackbox={folder}/fraiseuse.jsonl")
    with running(settled(folder, told, f'mediator_pin_hash = "{pin_hash}"\n{BATTERY}')) as whole:
        ask(whole, OpenHalt(place="Parc", host_city="Antony", minutes=300, reserve_wh=0))
        yield whole


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        yield browser
        browser.close()


def status(bike: Bike) -> BikeStatus:
    """Everything that is live."""
    told = ask(bike, GetStatus()).status
    assert told is not None
    return told


def machine(bike: Bike, name: str) -> MachineView:
    """One machine, as it says itself."""
    return next(each for each in status(bike).machines if each.name == name)


def entries(bike: Bike, name: str) -> list[dict[str, object]]:
    """All that a machine wrote down, but a line that it is writing now."""
    text = (Path(bike.settings.parent) / f"{name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]


def executed(bike: Bike, name: str) -> list[str]:
    """The lines that a machine executed."""
    return [str(entry["line"]) for entry in entries(bike, name) if entry["kind"] == "exec"]


def targets(bike: Bike) -> dict[str, object]:
    """What the printer's heaters were last told."""
    return {str(e["name"]): e["target"] for e in entries(bike, "prusa") if e["kind"] == "heater"}


def until(true: Callable[[], bool], what: str) -> None:
    """Wait for something that a machine does in its own time."""
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


def at_rest(bike: Bike, name: str) -> None:
    """Wait until a machine has done what it was asked by hand."""
    until(lambda: (hand := machine(bike, name).hand) is not None and hand.errand is None, "it never rested")


def hold(page: Page, button: Locator, seconds: float) -> None:
    """Press for so long with the pointer."""
    button.scroll_into_view_if_needed()
    button.hover()
    page.mouse.down()
    page.wait_for_timeout(seconds * 1000)
    page.mouse.up()


def ready(page: Page, button: str) -> Locator:
    """A button that is not grey."""
    found = page.locator(f"#{button}:not([aria-disabled])")
    found.wait_for()
    return found


def phone(chromium: Browser, bike: Bike, locale: str = "fr-FR") -> Page:
    """A mediator's phone, logged in."""
    context = chromium.new_context(
        base_url=bike.address, locale=locale, viewport={"width": 390, "height": 844}
    )
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    log_in(page)
    return page


def check_no_barrier(page: Page) -> None:
    """Axe finds nothing, a thumb hits everything, and nothing lies near the stop."""
    page.evaluate("() => document.querySelectorAll('details').forEach((all) => (all.open = true))")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("(rules) => axe.run(document, {runOnly: rules})", RULES)
    assert [(broken["id"], broken["nodes"][0]["html"]) for broken in found["violations"]] == []
    assert page.evaluate(SMALL_TARGETS) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for top in (0, 400, 10_000):
        page.evaluate("(top) => scrollTo(0, top)", top)
        assert page.evaluate(NEAR_STOP, NEAREST_PX) == []


def test_a_printer_is_heated_moved_and_cooled_from_the_phone(chromium: Browser, bike: Bike) -> None:
    """A tap does not heat, holding does; a refusal is a sentence; home, one step; then everything is cold."""
    page = phone(chromium, bike)
    page.goto(PRINTER)
    expect(page.locator("bike-chart canvas")).to_be_visible()
    check_no_barrier(page)
    ready(page, "warm-PLA").click()
    page.wait_for_timeout(300)
    assert not any(targets(bike).values())
    hold(page, ready(page, "warm-PLA"), HOLD_S)
    until(lambda: targets(bike) == {"hotend": 210, "bed": 60}, "it was never heated")
    page.get_by_text("→ 210 °C").first.wait_for()
    ready(page, "jog-xmore").click()
    expect(page.locator("[data-refused]")).to_contain_text("origine")
    ready(page, "clear-prusa").click()
    page.wait_for_timeout(300)
    assert not machine(bike, "prusa").plate_clear
    hold(page, ready(page, "clear-prusa"), HOLD_S)
    page.locator("#clear-prusa").wait_for(state="detached")
    ready(page, "home-all").focus()
    page.keyboard.press("Enter")
    until(lambda: "G28" in " ".join(executed(bike, "prusa")), "it never went home")
    at_rest(bike, "prusa")
    expect(page.locator("[data-refused]")).to_be_hidden()
    page.locator("#step-3").check()
    count = len(executed(bike, "prusa"))
    ready(page, "jog-xmore").click()
    until(lambda: any("X10" in line for line in executed(bike, "prusa")[count:]), "it never moved")
    at_rest(bike, "prusa")
    assert page.locator("#step-3").is_checked()
    ready(page, "cool").click()
    until(lambda: set(targets(bike).values()) == {0}, "it was never cooled")
    page.context.close()


def test_a_mill_is_zeroed_moved_while_a_finger_stays_and_armed(chromium: Browser, bike: Bike) -> None:
    """It moves as long as a button is pressed, by pointer or key, and stands when the network is lost."""
    job = sent(bike)
    ask(bike, ApproveJob(job=job))
    page = phone(chromium, bike, "en-GB")
    page.goto(MILL)
    check_no_barrier(page)
    hold(page, ready(page, "zero-all"), HOLD_S)
    until(
        lambda: any(line.replace(" ", "").startswith("G10L20") for line in executed(bike, MILL_NAME)),
        "zero",
    )
    at_rest(bike, MILL_NAME)
    page.locator("#step-hold").check()
    for press in (_by_pointer, _by_key, _without_network):
        start_mm = _place_mm(bike)
        press(page, bike)
        at_rest(bike, MILL_NAME)
        stands_mm = _place_mm(bike)
        assert stands_mm > start_mm, press.__name__
        page.wait_for_timeout(500)
        assert _place_mm(bike) == stands_mm, press.__name__
        assert machine(bike, MILL_NAME).state is DeviceState.IDLE
    _arm(page, bike, job)
    page.context.close()


def _place_mm(bike: Bike) -> float:
    position_mm = machine(bike, MILL_NAME).position_mm
    assert position_mm is not None
    return position_mm[0]


def _moves(page: Page, bike: Bike) -> None:
    start_mm = _place_mm(bike)
    until(lambda: _place_mm(bike) > start_mm, "it never moved")
    assert page.locator("#jog-xmore[data-pressed]").count() == 1


def _by_pointer(page: Page, bike: Bike) -> None:
    ready(page, "jog-xmore").hover()
    page.mouse.down()
    _moves(page, bike)
    page.mouse.up()


def _by_key(page: Page, bike: Bike) -> None:
    ready(page, "jog-xmore").focus()
    page.keyboard.down("Enter")
    _moves(page, bike)
    page.keyboard.up("Enter")


def _without_network(page: Page, bike: Bike) -> None:
    ready(page, "jog-xmore").hover()
    page.mouse.down()
    _moves(page, bike)
    page.context.set_offline(True)
    at_rest(bike, MILL_NAME)
    expect(page.locator("[data-refused]")).to_contain_text("No answer")
    page.mouse.up()
    page.context.set_offline(False)


def _arm(page: Page, bike: Bike, job: str) -> None:
    """The list: trace, dry run, ticks; each tick stays while the page is redrawn; then 120 s for this job."""
    page.locator(f"#clamp-{job}").check()
    ready(page, "trace-fraiseuse").click()
    page.locator(f"#outline-{job}").wait_for()
    ready(page, "check-fraiseuse").click()
    page.locator("#check-fraiseuse").wait_for(state="detached")
    assert page.locator(f"#clamp-{job}").is_checked()
    for point in page.locator(".points input").all():
        point.check()
    hold(page, ready(page, "arm-fraiseuse"), HOLD_S)
    until(lambda: job in (machine(bike, MILL_NAME).armed_job, machine(bike, MILL_NAME).job), "never armed")
    until(lambda: machine(bike, MILL_NAME).job == job, "it never began")
    check_no_barrier(page)
    hold(page, ready(page, "cancel-fraiseuse"), HOLD_S)
    until(lambda: machine(bike, MILL_NAME).job is None, "it was never cancelled")
