"""A mediator lends a virtual Thymio from a phone; its black box is the judge."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser, Page, expect, sync_playwright

from onboard.control.messages import AskRobot, OpenHalt, RobotView, StartRobot
from tests.kiosk.test_browser import FLAGS
from tests.kiosk.test_machines_browser import HOLD_S, ask, check_no_barrier, hold, phone, status, until
from tests.kiosk.test_mediator import PIN
from tests.kiosk.virtual_bike import BATTERY, SETTINGS, Bike, running, settled

pytestmark = pytest.mark.browser

TURNING = '{"version": 1, "steps": [{"do": "turn", "deg": 3600, "id": "round"}]}'
DRAWING = '{"version": 1, "steps": [{"do": "pen", "down": true}]}'
ROBOT = """
[robots.thymio]
protocol = "thymio"
port = "sim://thymio?blackbox={folder}/thymio.jsonl"
"""


@pytest.fixture(scope="module")
def bike(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bike]:
    """A bike with a halt and one robot."""
    folder = tmp_path_factory.mktemp("lending")
    pin_hash = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PIN)
    more = f'mediator_pin_hash = "{pin_hash}"\n{BATTERY}' + ROBOT.format(folder=folder)
    with running(settled(folder, SETTINGS, more)) as whole:
        ask(whole, OpenHalt(place="Parc", host_city="Antony", minutes=300, reserve_wh=0))
        until(lambda: robot(whole).state == "idle", "the robot was never there")
        yield whole


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        yield browser
        browser.close()


def robot(bike: Bike) -> RobotView:
    """The robot, as it says itself."""
    return status(bike).robots[0]


def asked(bike: Bike, key: str, program: str = TURNING) -> tuple[str, str]:
    """A child's program that waits for a robot: the loan's id and the ticket."""
    loan = ask(bike, AskRobot(key=key, program=program)).loan
    assert loan is not None
    return loan.loan, loan.ticket


def turns(bike: Bike) -> bool:
    """Whether its wheels turn now, by the black box."""
    box = Path(bike.settings.parent) / "thymio.jsonl"
    lines = box.read_text(encoding="utf-8").splitlines(keepends=True)
    entries = [json.loads(line) for line in lines if line.endswith("\n")]
    wheels = [(e["left_mm_s"], e["right_mm_s"]) for e in entries if e["kind"] == "wheels"]
    return bool(wheels) and wheels[-1] != (0, 0)


def card(page: Page, text: str) -> None:
    """Wait until the robot's card says something."""
    expect(page.locator("[data-live^='robot-1']").filter(has_text=text).first).to_be_visible(timeout=30_000)


def test_a_robot_is_lent_stopped_made_longer_and_taken_back(chromium: Browser, bike: Bike) -> None:
    """Each with one or two touches; the card says whose it is and for how long."""
    page = phone(chromium, bike)
    page.goto("/mediateur/machines")
    card(page, "Libre")
    card(page, "Personne ne demande de robot.")
    loan, ticket = asked(bike, "browser-1")
    page.locator("#lend-thymio summary").click()
    page.get_by_role("button", name=f"10 min {ticket}", exact=True).click()
    card(page, "Encore 10 minutes")
    card(page, ticket)
    assert robot(bike).loan == loan
    ask(bike, StartRobot(loan=loan, key="browser-start"))
    card(page, "Joue un programme")
    until(lambda: turns(bike), "it never turned")
    page.get_by_role("button", name="Arrêter le programme").click()
    until(lambda: not turns(bike), "it never stopped")
    card(page, "Prêté")
    page.locator("#longer-thymio summary").click()
    page.get_by_role("button", name="30 min").click()
    card(page, "Encore 30 minutes")
    page.get_by_role("button", name="Reprendre le robot").click()
    card(page, "Libre")
    assert robot(bike).loan is None
    page.context.close()


def test_stop_everything_needs_a_hand_afterwards(chromium: Browser, bike: Bike) -> None:
    """A robot that was stopped is looked at and re-armed before anybody gets it again."""
    page = phone(chromium, bike)
    loan, ticket = asked(bike, "browser-2")
    page.goto("/mediateur/machines")
    page.locator("#lend-thymio summary").click()
    page.get_by_role("button", name=f"5 min {ticket}", exact=True).click()
    card(page, "Prêté")
    ask(bike, StartRobot(loan=loan, key="browser-stop"))
    until(lambda: turns(bike), "it never turned")
    page.locator(".stop-all").click()
    until(lambda: not turns(bike), "it never stopped")
    page.goto("/mediateur/machines")
    card(page, "Arrêté")
    hold(page, page.locator("#rearm-thymio"), HOLD_S)
    card(page, "Libre")
    assert not turns(bike)
    page.context.close()


@pytest.mark.parametrize("locale", ["fr-FR", "en-GB"])
def test_the_card_has_no_barrier(chromium: Browser, bike: Bike, locale: str) -> None:
    """Free with wishes of which one does not fit, and lent: axe finds nothing, at 390 px, everything open."""
    page = phone(chromium, bike, locale)
    asked(bike, f"drawing-{locale}", DRAWING)
    loan, ticket = asked(bike, f"turning-{locale}")
    page.goto("/mediateur/machines")
    page.locator("#lend-thymio summary").click()
    said = "ce robot n'a pas de stylo" if locale == "fr-FR" else "this robot has no pen"
    expect(page.get_by_text(said).first).to_be_visible()
    check_no_barrier(page)
    page.get_by_role("button", name=f"5 min {ticket}", exact=True).click()
    card(page, ticket)
    page.goto("/mediateur/machines")
    check_no_barrier(page)
    page.get_by_role("button", name="Take the robot back" if locale == "en-GB" else "Reprendre").click()
    until(lambda: robot(bike).loan is None, f"{loan} was never taken back")
    page.context.close()
