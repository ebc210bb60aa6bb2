"""What calls a mediator reaches every tab, is heard and felt once, and can be put away; and the camera."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser, Page, expect, sync_playwright

from onboard.control.messages import AskRobot, RefuseJob
from tests.kiosk.test_browser import FLAGS
from tests.kiosk.test_machines_browser import until
from tests.kiosk.test_mediator import PIN, sent
from tests.kiosk.test_mediator_browser import log_in
from tests.kiosk.virtual_bike import BATTERY, SETTINGS, Bike, running, settled

pytestmark = pytest.mark.browser

DAEMON = "onboard.cli.daemon"
PATIENCE_MS = 60_000
TABS = (
    "file",
    "machines",
    "machines/prusa",
    "energie",
    "pourquoi",
    "bilan",
    "historique",
    "journal",
    "halte",
)
LISTEN = """
    window.heard = [];
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...when) {
        window.heard.push(this.frequency.value);
        return start.apply(this, when);
    };
    navigator.vibrate = (shakes) => Boolean(window.heard.push("shake"));
"""
TURNING = '{"version": 1, "steps": [{"do": "turn", "deg": 90, "id": "round"}]}'
ALARM = ["shake", 880, 660, 880, 660]
CARE = ["shake", 660]
PICTURE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="48"><rect width="64" height="48"/></svg>'
)


class Camera(ThreadingHTTPServer):
    """A camera beside the bike, which remembers who asked it for its picture."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Lens)
        self.askers: list[str] = []

    @property
    def address(self) -> str:
        """Where its picture is."""
        return f"http://127.0.0.1:{self.server_port}/picture.svg?size=small"


class Lens(BaseHTTPRequestHandler):
    """Answers with the picture."""

    server: Camera

    def do_GET(self) -> None:
        """One more asker."""
        self.server.askers.append(self.headers.get("User-Agent", ""))
        self.send_response(200)
        self.send_header("Content-Type", "image/svg+xml")
        self.send_header("Content-Length", str(len(PICTURE)))
        self.end_headers()
        self.wfile.write(PICTURE)

    def log_message(self, *_words: object) -> None:
        """Nothing for the console."""


@pytest.fixture(scope="module")
def camera() -> Iterator[Camera]:
    """A camera on this computer."""
    with Camera() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def bike(tmp_path_factory: pytest.TempPathFactory, camera: Camera) -> Iterator[Bike]:
    """A bike with a battery, whose printer is looked at by a camera."""
    folder = tmp_path_factory.mktemp("calling")
    pin_hash = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PIN)
    seen = SETTINGS.replace(
        'profile = "i3"', f'profile = "i3"\ncamera = "{camera.address}"\ncamera_every_s = 1'
    )
    with running(settled(folder, seen, f'mediator_pin_hash = "{pin_hash}"\n{BATTERY}')) as whole:
        yield whole


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def phone(chromium: Browser, bike: Bike) -> Iterator[Page]:
    """A mediator's phone, whose sounds and shakes are counted."""
    context = chromium.new_context(
        base_url=bike.address, locale="fr-FR", viewport={"width": 390, "height": 844}
    )
    context.set_default_timeout(PATIENCE_MS)
    context.add_init_script(LISTEN)
    page = context.new_page()
    log_in(page)
    yield page
    context.close()


def touch(page: Page) -> None:
    """A finger on a place where nothing is: until then browsers let no page sound."""
    page.locator(".top").click(position={"x": 3, "y": 3})


def heard(page: Page) -> list[object]:
    """What the phone has done to be noticed since this page was opened."""
    found: list[object] = page.evaluate("window.heard")
    return found


def sounds(page: Page, wanted: list[object]) -> None:
    """Wait for exactly this."""
    page.wait_for_function("(count) => window.heard.length >= count", arg=len(wanted))
    assert heard(page) == wanted


def test_a_call_is_heard_once_and_seen_on_every_tab_until_somebody_goes(bike: Bike, phone: Page) -> None:
    """The next tab shows it without another sound; one touch of "J'y vais" ends it everywhere."""
    job = sent(bike)
    phone.goto("/mediateur/machines")
    touch(phone)
    with bike.browser() as child:
        child.post(f"/appeler/{job}")
    go = phone.locator(f"#go-{job}")
    go.wait_for()
    sounds(phone, ALARM)
    for tab in TABS:
        phone.goto(f"/mediateur/{tab}")
        expect(go).to_be_visible()
        assert heard(phone) == []
    go.click()
    phone.wait_for_url("**/mediateur/maintenant")
    expect(go).to_have_count(0)


def test_what_was_seen_is_put_away_until_it_comes_again(bike: Bike, phone: Page) -> None:
    """A stop by anybody is told with care; after it is over, the next one is told again."""
    phone.goto("/mediateur/energie")
    touch(phone)
    for _ in range(2):
        with bike.browser() as anybody:
            assert anybody.post("/stop").is_success
        seen = phone.locator("#seen-stopped")
        seen.wait_for()
        sounds(phone, CARE)
        seen.click()
        expect(phone.locator("[data-alert=stopped]")).to_be_hidden()
        phone.goto("/mediateur/file")
        expect(phone.locator("[data-alert=stopped]")).to_be_hidden()
        for machine in ("prusa", "fraiseuse"):
            origin = {"Origin": bike.address}
            assert phone.request.post(f"/mediateur/machine/{machine}/rearmer", headers=origin).ok
        expect(phone.locator("[data-alert=stopped]")).to_have_count(0)
        phone.goto("/mediateur/energie")
        touch(phone)


def test_each_child_who_asks_for_a_robot_is_heard_once(bike: Bike, phone: Page) -> None:
    """Once for each, all in one line; put away it stays so until the next one asks."""
    phone.goto("/mediateur/energie")
    touch(phone)
    line, said = phone.locator("[data-alert=robots]"), list(CARE)
    for number, words in enumerate(("demande un robot.", "2 tickets demandent un robot"), 1):
        bike.ask(AskRobot(key=f"alert-robot-{number}", program=TURNING))
        expect(line).to_contain_text(words)
        sounds(phone, said)
        said += CARE
        phone.locator("#seen-robots").click()
        expect(line).to_be_hidden()
    phone.goto("/mediateur/bilan")
    expect(line).to_be_hidden()
    assert heard(phone) == []


def test_the_queue_tab_counts_what_waits_for_a_decision(bike: Bike, phone: Page) -> None:
    """Live on whatever tab is open, and in words for who does not see it."""
    phone.goto("/mediateur/energie")
    tab = phone.locator(".tabs a[href='/mediateur/file']")
    before = int(tab.locator(".tab-count").inner_text()) if tab.locator(".tab-count").count() else 0
    job = sent(bike)
    expect(tab.locator(".tab-count")).to_have_text(str(before + 1))
    expect(tab).to_contain_text("à décider")
    bike.ask(RefuseJob(job=job, reason="too-long"))
    expect(tab.locator(".tab-count")).to_have_count(min(before, 1))


def test_a_phone_can_be_told_to_be_quiet_and_tried(phone: Page) -> None:
    """By a box on the page of the halt, which is remembered on this phone."""
    phone.goto("/mediateur/halte")
    phone.locator("#try-sound").click()
    sounds(phone, ALARM)
    phone.locator("#sound").uncheck()
    phone.goto("/mediateur/halte")
    expect(phone.locator("#sound")).not_to_be_checked()
    phone.locator("#try-sound").click()
    assert heard(phone) == []


def test_the_camera_is_asked_by_the_phone_and_only_while_it_is_wanted(
    bike: Bike, phone: Page, camera: Camera
) -> None:
    """None before a touch; then again and again; none once it is put away. The bike itself never asks."""
    phone.goto("/mediateur/machines/prusa")
    assert camera.askers == []
    phone.locator("#camera").click()
    picture = phone.locator("img.camera")
    expect(picture).to_be_visible()
    phone.wait_for_function("() => document.querySelector('img.camera').naturalWidth === 64")
    until(lambda: len(camera.askers) > 1, "the picture was never fetched again")
    phone.locator("#camera-off").click()
    expect(picture).to_be_hidden()
    assert phone.evaluate("document.activeElement.id") == "camera"
    assert all("Chrome" in asker for asker in camera.askers)
    host = camera.address.split("/")[2]
    for tab in TABS:
        answer = phone.goto(f"/mediateur/{tab}")
        assert answer is not None
        assert (host in answer.headers["content-security-policy"]) == (tab == "machines/prusa"), tab


def test_charge_and_power_are_drawn_and_told_in_a_table(phone: Page) -> None:
    """Each curve is a picture with words, and its table has the same figures."""
    phone.goto("/mediateur/energie")
    for figure in ("charge", "power"):
        expect(phone.locator(f"bike-chart[figure={figure}] canvas")).to_be_visible()
    table = phone.locator("#past-table")
    table.locator("summary").click()
    last = table.locator("tbody tr").first
    expect(last).to_contain_text("0 min")
    drawn = phone.evaluate("JSON.parse(document.querySelector('[data-charge]').dataset.charge)")
    assert f"{round(drawn['curves'][0]['past'][-1])} %" in last.inner_text()


def test_a_bike_that_no_longer_answers_is_an_alarm(bike: Bike, phone: Page) -> None:
    """The daemon ends: the banner says so on whatever page is open, aloud."""
    phone.goto("/mediateur/file")
    touch(phone)
    bike.end(DAEMON)
    phone.get_by_text("Liaison perdue avec les machines").wait_for()
    sounds(phone, ALARM)
