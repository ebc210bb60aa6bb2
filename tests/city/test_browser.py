"""The city's page in a real browser: it moves by itself, and says when it no longer does."""

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from city.store import Delivery, Store, open_store
from onboard.messages import Batch, JobDone, Leaf, MachineKind, Place, State, Status, row
from onboard.ports import free_port

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Served:
    """A city server in its own process, and its store."""

    address: str
    process: subprocess.Popen[bytes]
    store: Store


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """A server without a broker, with one bike in its store."""
    store = open_store(tmp_path / "city.db")
    state = State(halt=Place(place="Parc Heller", host_city="Antony", left_min=60), soc_pct=71)
    store.show("creteil", "creteil-1", Leaf.STATUS, Status(online=True).model_dump_json(), time.time())
    store.show("creteil", "creteil-1", Leaf.STATE, state.model_dump_json(), time.time())
    port = free_port()
    options = ("--mqtt-host", "127.0.0.1", "--mqtt-port", str(free_port()), "--db", str(tmp_path / "city.db"))
    process = subprocess.Popen([sys.executable, "-m", "city.server", *options, "--port", str(port)], cwd=ROOT)
    address = f"http://127.0.0.1:{port}/"
    wait_for(address)
    yield Served(address, process, store)
    process.kill()
    process.wait()
    store.close()


def wait_for(address: str) -> None:
    """Return once the page answers."""
    end_s = time.monotonic() + 30
    while time.monotonic() < end_s:
        try:
            urllib.request.urlopen(address, timeout=5).close()  # noqa: S310 - our own address
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the city's server did not start")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield running
        running.close()


def test_an_object_appears_by_itself_and_a_dead_server_is_told(browser: Browser, served: Served):
    """No reload is needed, nothing is asked of another host, and a lost link is said in words."""
    page = browser.new_page(locale="fr-FR")
    asked: list[str] = []
    problems: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(served.address)
    expect(page.locator("#live")).to_be_visible()
    expect(page.locator("#reload")).to_be_hidden()
    expect(page.locator("#events")).to_contain_text("Rien encore")
    rows = (row(1, 1.0, JobDone(kind=MachineKind.PRINTER, minutes=25, energy_wh=30.0)),)
    served.store.commit([Delivery("creteil", "creteil-1", Batch(boot="a" * 16, r=rows), time.time())])
    expect(page.locator("#events")).to_contain_text("Objet terminé")
    expect(page.locator("#summary")).to_contain_text("1")
    served.process.kill()
    expect(page.locator("#lost")).to_be_visible(timeout=20_000)
    expect(page.locator("#live")).to_be_hidden()
    assert all(url.startswith(served.address) for url in asked)
    assert problems == []
    page.close()


def test_the_table_is_there_without_script(browser: Browser, served: Served):
    """A desk that forbids script reads the same facts and reloads by a link."""
    context = browser.new_context(
        java_script_enabled=False, locale="fr-FR", viewport={"width": 320, "height": 700}
    )
    page = context.new_page()
    page.goto(served.address)
    expect(page.locator("#bike-1")).to_contain_text("Parc Heller")
    expect(page.locator("#bike-1")).to_contain_text("71")
    expect(page.get_by_text("rechargez la page")).to_be_visible()
    context.close()
