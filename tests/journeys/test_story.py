"""The whole story in a browser: designs become parts on printer and mill, and the city sees it."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from onboard.demo.settings import PIN
from onboard.demo.stage import Stage, start_bike
from tests.jobs.meshes import cube
from tests.journeys.bikeside import BikeSide, until
from tests.journeys.black_box import entries, executed, heater_targets, moves
from tests.journeys.thumb import held, the_mill_is_armed, the_mill_is_looked_at

pytestmark = [pytest.mark.slicer, pytest.mark.broker, pytest.mark.browser]

SPEED = 25.0
PATIENCE_MS = 120_000
TABLET = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]
STAR = Path(__file__).parents[2] / "onboard/demo/samples/etoile.svg"
PICTURES = Path(__file__).parents[2] / "docs/pictures"


@pytest_asyncio.fixture
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium."""
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield running
        await running.close()


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where screenshots go: into the docs when DIPBIKE_PICTURES is set, else away with the test."""
    return PICTURES if os.environ.get("DIPBIKE_PICTURES") else tmp_path


class Story:
    """Three audiences in front of one bike."""

    def __init__(self, stage: Stage, browser: Browser, pictures: Path) -> None:
        self.side = BikeSide(stage)
        self.stage = stage
        self.kiosk = f"http://localhost:{stage.ports.kiosk}"
        self.city = f"http://localhost:{stage.ports.city}"
        self._browser = browser
        self._pictures = pictures

    async def open(self, address: str, size: dict[str, int]) -> Page:
        """Open a page in a browser of its own."""
        context = await self._browser.new_context(viewport=size, locale="fr-FR")  # type: ignore[arg-type]  # a TypedDict
        context.set_default_timeout(PATIENCE_MS)
        page = await context.new_page()
        await page.goto(address)
        return page

    async def picture(self, page: Page, name: str) -> None:
        """Keep what a person sees."""
        await page.wait_for_timeout(400)  # fonts and the 3D view settle
        await page.screenshot(path=self._pictures / f"{name}.png")

    async def bring(self, name: str, content: bytes, picture: str) -> tuple[Page, str]:
        """Bring a file, check it, send it; return the ticket's page and the job's id."""
        page = await self.open(f"{self.kiosk}/fichier", TABLET)
        await page.set_input_files("#chosen", {"name": name, "mimeType": "", "buffer": content})
        await page.locator("footer button.main").click()
        await expect(page.locator("#send")).to_be_enabled(timeout=PATIENCE_MS)
        await self.picture(page, picture)
        await page.locator("#send").click()
        await page.wait_for_url("**/ticket/*")
        return page, page.url.rsplit("/", 1)[1]

    async def mediator(self) -> Page:
        """Log in on a phone and open a halt."""
        phone = await self.open(f"{self.kiosk}/mediateur", PHONE)
        await phone.fill("#pin", PIN)
        await phone.locator("button.main").click()
        await phone.wait_for_url("**/mediateur/maintenant")
        await phone.goto(f"{self.kiosk}/mediateur/halte")
        await phone.fill("#OpenForm-place", "École Victor-Hugo")
        await phone.fill("#OpenForm-host_city", "Créteil")
        await phone.fill("#OpenForm-minutes", "180")
        await phone.fill("#OpenForm-reserve_wh", "250")
        await phone.locator("form[action='/mediateur/halte/ouvrir'] button.main").click()
        await expect(phone.get_by_text("École Victor-Hugo").first).to_be_visible()
        return phone

    async def make_ready(self, phone: Page) -> None:
        """Clear the plate and arm the mill, as a person does after looking."""
        await phone.goto(f"{self.kiosk}/mediateur/maintenant")
        await held(phone.locator("#clear-prusa"))
        await phone.locator("#list-fraiseuse").click()
        await the_mill_is_looked_at(phone, "fraiseuse")
        await the_mill_is_armed(phone, "fraiseuse")
        await phone.goto(f"{self.kiosk}/mediateur/maintenant")

    def program(self, job_id: str) -> list[str]:
        """The lines that were prepared for a job."""
        prepared = self.side.job(job_id).prepared
        assert prepared is not None
        return (self.stage.settings.paths.jobs / job_id / prepared.program).read_text().splitlines()


@pytest_asyncio.fixture
async def story(stage: Stage, browser: Browser, pictures: Path) -> Story:
    """A running bike that nobody has touched."""
    await start_bike(stage, SPEED, lambda _words: None)
    return Story(stage, browser, pictures)


async def test_two_designs_become_two_parts_and_reach_the_city(story: Story) -> None:
    """From a file to an object twice over; the machines' black boxes and the city's page are the judges."""
    home = await story.open(story.kiosk, TABLET)
    await story.picture(home, "kiosk-home")
    phone = await story.mediator()
    print_page, print_id = await story.bring("photo de classe.stl", cube(14.0), "kiosk-check")
    cut_page, cut_id = await story.bring("étoile.svg", STAR.read_bytes(), "kiosk-cut")
    await expect(print_page.locator("#ticket-name")).to_have_text(
        story.side.job(print_id).ticket or "no ticket"
    )
    await accept_both(story, phone, (print_id, cut_id))
    await story.make_ready(phone)
    await watch_both(story, phone, print_page, cut_page)
    await expect(print_page.get_by_text("Terminé, viens le chercher !")).to_be_visible(timeout=PATIENCE_MS)
    await expect(cut_page.get_by_text("Terminé, viens le chercher !")).to_be_visible(timeout=PATIENCE_MS)
    machines_executed_everything_and_are_off(story, print_id, cut_id)
    await plate_stays_dirty_until_a_person_clears_it(phone)
    await city_saw_both_and_nothing_else(story)


async def accept_both(story: Story, phone: Page, jobs: tuple[str, str]) -> None:
    """The mediator looks at the inbox and accepts."""
    await phone.goto(f"{story.kiosk}/mediateur/file")
    await expect(phone.locator(f"#accept-{jobs[1]}")).to_be_visible()
    await story.picture(phone, "mediator-queue")
    for job in jobs:
        await phone.locator(f"#accept-{job}").click()
        await expect(phone.locator(f"#accept-{job}")).to_have_count(0)


async def watch_both(story: Story, phone: Page, print_page: Page, cut_page: Page) -> None:
    """Both audiences see progress and temperatures while it happens."""
    await expect(cut_page.get_by_text("On fabrique ton objet !")).to_be_visible(timeout=PATIENCE_MS)
    await expect(print_page.get_by_text("°C").first).to_be_visible(timeout=PATIENCE_MS)
    await expect(phone.get_by_text("°C").first).to_be_visible(timeout=PATIENCE_MS)
    await story.side.machine("fraiseuse", lambda view: view.fraction > 0.2 or not view.job, "some of the cut")
    await story.picture(phone, "mediator-now")
    await story.side.machine("prusa", lambda view: view.fraction > 0.2, "a fifth of the print")
    await story.picture(print_page, "kiosk-ticket")
    desk = await story.open(story.city, DESK)
    await expect(desk.locator("#bike-1")).to_contain_text("fabrique", timeout=PATIENCE_MS)
    await story.picture(desk, "city-live")


def machines_executed_everything_and_are_off(story: Story, print_id: str, cut_id: str) -> None:
    """Each move once, in order, the mill's after its outline in the air; heaters and spindle off."""
    boxes = story.stage.layout.black_boxes
    assert moves(executed(boxes / "marlin.jsonl")) == moves(story.program(print_id))
    wanted, milled = moves(story.program(cut_id)), moves(executed(boxes / "grbl.jsonl"))
    assert milled[-len(wanted) :] == wanted
    assert not [line for line in milled[: -len(wanted)] if "Z-" in line], "the outline was not in the air"
    assert set(heater_targets(boxes / "marlin.jsonl").values()) == {0.0}
    spindle = [entry["rpm"] for entry in entries(boxes / "grbl.jsonl") if entry["kind"] == "spindle"]
    assert max(map(float, map(str, spindle))) > 0
    assert spindle[-1] == 0


async def plate_stays_dirty_until_a_person_clears_it(phone: Page) -> None:
    """The next print waits for a hand."""
    await expect(phone.locator("#clear-prusa")).to_be_visible(timeout=PATIENCE_MS)
    await held(phone.locator("#clear-prusa"))
    await expect(phone.locator("#clear-prusa")).to_have_count(0)


async def city_saw_both_and_nothing_else(story: Story) -> None:
    """Two objects, no ticket, no name of a file, and nothing left on the bike's disk."""

    async def nothing_waits() -> bool:
        status = await story.side.status()
        return status is not None and status.telemetry is not None and status.telemetry.waiting_rows == 0

    await until(nothing_waits, "the city to confirm everything")
    desk = await story.open(story.city, DESK)
    await expect(desk.locator("#bike-1 .made")).to_have_text("2", timeout=PATIENCE_MS)
    text = await desk.locator("body").inner_text()
    assert "Créteil" in text
    stored = story.stage.layout.city_database.read_bytes()
    for private in ("photo de classe", "étoile", "Victor-Hugo", *tickets(story)):
        assert private not in text
        assert private.encode() not in stored


def tickets(story: Story) -> list[str]:
    """Every ticket that was given."""
    jobs = story.stage.settings.paths.jobs
    return [story.side.job(folder.name).ticket or "no ticket" for folder in jobs.iterdir()]
