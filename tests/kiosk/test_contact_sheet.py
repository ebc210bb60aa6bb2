"""Every screen of a participant in both languages: it answers, fits, asks nobody; one sheet shows all."""

import json
import os
import re
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Request, sync_playwright

from kiosk.participant.robot_examples import SQUARE, WALL
from onboard.control.messages import (
    ApproveJob,
    AskRobot,
    ClearPlate,
    ContinueQueue,
    LendRobot,
    OpenHalt,
    RefuseJob,
    TakeBackRobot,
)
from tests.kiosk.contact_sheet import contact_sheet
from tests.kiosk.screens import (
    Screen,
    as_text,
    asked,
    in_3d,
    in_middle_of_printing,
    invited,
    layers,
    lost,
    playing,
    rehearsed,
    stamp,
    think,
    with_robot,
    word,
)
from tests.kiosk.test_browser import FLAGS, STAR
from tests.kiosk.test_making_browser import ask, status
from tests.kiosk.virtual_bike import BATTERY, SETTINGS, Bike, running, settled

pytestmark = [pytest.mark.browser, pytest.mark.slicer, pytest.mark.thorough]

DOCS = Path(__file__).parents[2] / "docs/pictures"
SHEET = "kiosk-screens.png"
LARGEST_SHEET_B = 1_500_000
LOCALES = ("fr-FR", "en-GB")
PATIENCE_MS = 90_000
ROBOTS = """[robots.robi]
protocol = "firmata"
port = "sim://firmata"
[robots.thymio]
protocol = "thymio"
port = "sim://thymio"
"""
SIZES = {"tablet": (1280, 800), "phone": (390, 844), "crowd": (1920, 1080)}
LINKS = "() => [...document.querySelectorAll('a[href]')].map((link) => link.getAttribute('href'))"


@dataclass
class Reader:
    """A page in one language, and what it asked for, complained about and leads to."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    links: set[str] = field(default_factory=set)

    def listen(self) -> None:
        """Keep whatever the page asks for or complains about from now on."""
        self.page.on("request", self._ask)
        self.page.on("pageerror", self._fail)
        self.page.on("console", self._hear)

    def _ask(self, request: Request) -> None:
        self.requests.append(request.url)

    def _fail(self, error: Error) -> None:
        self.complaints.append(str(error))

    def _hear(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.complaints.append(said.text)


@pytest.fixture(scope="module")
def bike(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bike]:
    """A bike at a halt, with a calm printer and a hasty mill."""
    folder = tmp_path_factory.mktemp("sheet")
    calm = SETTINGS.replace("marlin?speed=100", "marlin?speed=10")
    hasty = calm.replace("grbl?speed=100", "grbl?speed=400")
    with running(settled(folder, hasty, BATTERY + ROBOTS)) as whole:
        yield whole


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, with WebGL in software."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        yield browser
        browser.close()


def tag(browser: httpx.Client, word: str, **settings: str) -> httpx.Response:
    """The draft of a printed word."""
    return browser.post("/prenom", data={"key": secrets.token_hex(8), "text": word, **settings})


def cut(browser: httpx.Client, name: str, content: bytes = STAR) -> httpx.Response:
    """The draft of a file."""
    return browser.post("/fichier", data={"key": secrets.token_hex(8)}, files={"file": (name, content)})


def sent(bike: Bike, browser: httpx.Client, draft: httpx.Response) -> str:
    """The job of a draft, with a ticket."""
    ready = bike.ready(browser, draft)
    return browser.post(ready.url.path.replace("verifier", "envoyer")).url.path.rsplit("/", 1)[1]


@pytest.fixture(scope="module")
def tickets(bike: Bike) -> dict[str, str]:
    """Addresses of tickets, each of whose objects is in another state."""
    ask(bike, OpenHalt(place="Parc", host_city="Antony", minutes=300, reserve_wh=0))
    ask(bike, ContinueQueue())
    ask(bike, ClearPlate(machine="prusa"))
    with bike.browser() as browser:
        jobs = {"making": sent(bike, browser, tag(browser, "Hippolyte"))}
        jobs["next"] = sent(bike, browser, tag(browser, "Léa"))
        for name in ("done", "held", "refused", "waits"):
            jobs[name] = sent(bike, browser, cut(browser, "étoile.svg"))
    ask(bike, ApproveJob(job=jobs["done"]))
    bike.arm(jobs["done"])
    with bike.browser() as browser:
        deadline_s = time.monotonic() + PATIENCE_MS / 1000
        while "thumb-up" not in browser.get(f"/ticket/{jobs['done']}").text:
            assert time.monotonic() < deadline_s, "the mill never finished"
    for name in ("making", "next", "held"):
        ask(bike, ApproveJob(job=jobs[name]))
    ask(bike, RefuseJob(job=jobs["refused"], reason="too-long"))
    return {name: f"/ticket/{job}" for name, job in jobs.items()}


@pytest.fixture(scope="module")
def loans(bike: Bike, tickets: dict[str, str]) -> dict[str, str]:
    """Addresses of programs whose robots are asked for, lent, about to play, and taken back."""
    robots = {"asked": "", "taken back": "robi", "lent": "robi", "plays": "thymio"}
    deadline_s = time.monotonic() + PATIENCE_MS / 1000
    while {robot.state for robot in status(bike).robots} != {"idle"}:
        assert time.monotonic() < deadline_s, "the robots never came"
    found = {}
    for name, robot in robots.items():
        program = json.dumps((WALL if name == "plays" else SQUARE).program)
        loan = ask(bike, AskRobot(key=secrets.token_hex(8), program=program)).loan
        assert loan is not None
        if robot:
            ask(bike, LendRobot(loan=loan.loan, robot=robot, minutes=60, key=secrets.token_hex(8)))
        if name == "taken back":
            ask(bike, TakeBackRobot(loan=loan.loan))
        found[name] = f"/robot/{loan.loan}"
    return found


def robot_screens(loans: dict[str, str]) -> list[Screen]:
    """What is seen of a program and the robot that plays it."""
    acts = {"plays": playing}
    found = [Screen(f"robot: {name}", at, acts.get(name, with_robot)) for name, at in loans.items()]
    return [*found, Screen("phone: robot", loans["lent"], with_robot, "phone")]


def first_screens(bike: Bike) -> list[Screen]:
    """What is seen before anything is made; what is on offer is read from the pages themselves."""
    with bike.browser() as browser:
        things = re.findall(r'class="thing [^"]+" href="([^"]+)"', browser.get("/dessiner").text)
        models = re.findall(r'href="(/modeles/[^"]+)"', browser.get("/modeles").text)
        code = re.findall(r"/flux/fichier/([a-z2-7]{16})", browser.get("/fichier").text)[0]
    assert len(things) > 3
    assert len(models) > 3
    return [
        Screen("home", "/"),
        Screen("attract", "/", invited),
        Screen("idle question", "/prenom", asked),
        Screen("draw: choice", "/dessiner"),
        Screen("draw: nothing yet", things[0]),
        *(Screen(f"draw: {thing.rsplit('/', 1)[1]}", thing, stamp) for thing in things),
        Screen("name", "/prenom", word),
        Screen("models", "/modeles"),
        *(Screen(f"model: {model.rsplit('/', 1)[1]}", model) for model in models),
        Screen("file, by phone too", "/fichier"),
        Screen("phone: file", f"/telephone/{code}", size="phone"),
        Screen("phone: old code", "/telephone/aaaaaaaaaaaaaaaa", size="phone"),
        Screen("mind map: empty", "/carte-mentale"),
        Screen("mind map", "/carte-mentale", think),
        Screen("robot: blocks", "/robot", rehearsed),
        Screen("robot: text", "/robot?exemple=mur", as_text),
        Screen("my ticket", "/mon-ticket"),
        Screen("erased", "/efface"),
        Screen("trouble", "/nothing", code=404),
        Screen("link lost", "/prenom", lost),
    ]


def later_screens(bike: Bike, tickets: dict[str, str]) -> list[Screen]:
    """What is seen of an object: checks and tickets."""
    with bike.browser() as browser:
        print_it = bike.ready(browser, tag(browser, "Zoé")).url.path
        cut_it = bike.ready(browser, cut(browser, "étoile.svg")).url.path
        long = bike.ready(browser, tag(browser, "Maximilienne-Z"))
        small = {"text": "Maximilienne-Z", "width_mm": "40", "device": "printer"}
        changed = browser.post(long.url.path.replace("verifier", "changer"), data=small)
        too_small = bike.ready(browser, changed).url.path
        broken = bike.ready(browser, cut(browser, "a.stl", b"solid")).url.path
    making = Screen("ticket: making", tickets["making"], in_middle_of_printing, at_once=True)
    return [
        Screen("check: print", print_it, in_3d),
        Screen("check: layers", print_it, layers),
        Screen("check: mill", cut_it),
        Screen("check: problem", too_small),
        Screen("check: broken file", broken),
        making,
        Screen("phone: making", making.address, in_middle_of_printing, "phone", at_once=True),
        Screen("big screen", "/ecran", size="crowd", at_once=True),
        *(Screen(f"ticket: {name}", address) for name, address in tickets.items() if name != "making"),
        Screen("phone: done", tickets["done"], size="phone"),
    ]


def look(reader: Reader, screen: Screen) -> bytes:
    """Open a screen, judge it and take its picture."""
    page, (width, height) = reader.page, SIZES[screen.size]
    page.set_viewport_size({"width": width, "height": height})
    answer = page.goto(screen.address)
    assert answer is not None
    assert answer.status == screen.code, screen
    screen.do(page)
    assert page.locator("h1").first.inner_text().strip(), screen
    assert page.evaluate("document.documentElement.scrollWidth") <= width, screen
    if screen.size == "crowd":
        assert page.evaluate("document.documentElement.scrollHeight") <= height, "nobody scrolls a big screen"
    reader.links |= set(page.evaluate(LINKS))
    if screen.code == httpx.codes.OK:
        assert reader.complaints == [], screen
    reader.complaints.clear()
    page.evaluate("document.fonts.ready.then(() => true)")
    return page.screenshot(animations="disabled")


@pytest.fixture(scope="module")
def readers(chromium: Browser, bike: Bike) -> list[Reader]:
    """A page for each language; drafts of one are not seen by the other."""
    found = []
    for locale in LOCALES:
        context = chromium.new_context(base_url=bike.address, locale=locale)
        context.set_default_timeout(PATIENCE_MS)
        reader = Reader(context.new_page())
        reader.listen()
        found.append(reader)
    return found


def test_every_screen_is_whole_in_both_languages(
    bike: Bike, tickets: dict[str, str], loans: dict[str, str], readers: list[Reader], tmp_path: Path
) -> None:
    """Each answers, has its title, fits its screen and asks nobody but the bike; no link is dead."""
    screens = first_screens(bike) + later_screens(bike, tickets) + robot_screens(loans)
    shots: dict[str, list[bytes]] = {}
    for screen in sorted(screens, key=lambda screen: not screen.at_once):
        shots[screen.name] = [look(reader, screen) for reader in readers]
        for locale, picture in zip(LOCALES, shots[screen.name], strict=True):
            name = re.sub("[^a-z-]+", "-", screen.name)
            (tmp_path / f"{name}.{locale[:2]}.png").write_bytes(picture)
    sheet = (DOCS if os.environ.get("DIPBIKE_PICTURES") else tmp_path) / SHEET
    contact_sheet({screen.name: shots[screen.name] for screen in screens}, sheet)
    assert sheet.stat().st_size < LARGEST_SHEET_B
    asked_for = {url for reader in readers for url in reader.requests}
    assert {url for url in asked_for if not url.startswith((bike.address, "blob:", "data:"))} == set()
    with bike.browser() as browser:
        links = {link for reader in readers for link in reader.links if not link.startswith("#")}
        assert {link for link in links if browser.get(link).is_error} == set()
