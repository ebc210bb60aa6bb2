"""A mediator plays a whole halt on a phone, on virtual machines: black boxes and the journal judge."""

import re
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from drivers.types import DeviceKind, DeviceState
from jobs.store.change import JobChange
from jobs.store.queue import Store
from jobs.types import Design, DesignKind, Estimate, JobState, Prepared
from onboard.control.messages import MachineView
from onboard.demo.settings import PIN
from onboard.demo.stage import Stage, start_daemon, start_kiosk, start_machines
from tests.journeys.bikeside import BikeSide
from tests.journeys.black_box import entries, executed, heater_targets
from tests.journeys.test_story import FLAGS, PATIENCE_MS, PHONE, TABLET
from tests.journeys.thumb import held, the_mill_is_armed, the_mill_is_looked_at
from tests.kiosk.test_mediator import SQUARE

pytestmark = [pytest.mark.browser, pytest.mark.thorough]  # about two minutes

SPEED = 20.0
RUNOUT = "runout@140"
PRINTER, MILL = "prusa", "fraiseuse"
LAYERS, MOVES = 24, 20
COST = Estimate(900, 800, 1100, 90, 85, 100, 260, heat_s=60, heat_wh=5, mass_g=12)
CAP_W = 600
HEADROOM_WH = 40
"""Less than the rest of a print takes, and far more than is drawn until it stands."""


def layered() -> bytes:
    """A print with layers, so that a pause can come between two of them."""
    lines = [b"M140 S40", b"M104 S60", b"G28", b"M83"]
    for layer in range(LAYERS):
        lines += [b"G1 Z%.1f F600" % (0.2 + 0.2 * layer), b"G92 E0"]
        lines += [b"G1 X%d Y%d F3000" % (20 + 90 * (number % 2), layer) for number in range(MOVES)]
    return b"\n".join(lines) + b"\nM104 S0\nM140 S0\n"


def children_sent(stage: Stage, count: int) -> list[str]:
    """Prints that wait for a mediator before the halt is open."""
    paths, found = stage.settings.paths, []
    paths.jobs.mkdir(parents=True, exist_ok=True)
    with closing(Store.open(paths.jobs_database, time.time)) as store:
        for number in range(count):
            job = store.create(Design(DesignKind.NAME_TAG, DeviceKind.PRINTER), f"halt-{number:06}")
            (paths.jobs / job.id).mkdir()
            (paths.jobs / job.id / "part.gcode").write_bytes(layered())
            prepared = Prepared("part.gcode", "part.stl", "part.svg", COST)
            store.transition(job.id, JobState.READY, change=JobChange(prepared=prepared))
            store.send(job.id)
            found.append(job.id)
    return found


class Halt:
    """A bike, the mediator's phone and a child's tablet."""

    def __init__(self, stage: Stage, browser: Browser) -> None:
        self.stage = stage
        self.side = BikeSide(stage)
        self.at = f"http://localhost:{stage.ports.kiosk}"
        self._browser = browser
        self.printer_box: Path = stage.layout.black_boxes / "marlin.jsonl"

    async def open(self, path: str, size: dict[str, int]) -> Page:
        """A page in a browser of its own."""
        context = await self._browser.new_context(base_url=self.at, viewport=size, locale="fr-FR")  # type: ignore[arg-type]  # a TypedDict
        context.set_default_timeout(PATIENCE_MS)
        page = await context.new_page()
        await page.goto(path)
        return page

    async def child_sends(self) -> tuple[Page, str]:
        """A child brings a drawing for the mill and sends it: its ticket's page and its job."""
        page = await self.open("/fichier", TABLET)
        await page.set_input_files("#chosen", {"name": "a.svg", "mimeType": "", "buffer": SQUARE})
        await page.locator("footer button.main").click()
        await page.locator("#send").click()
        await page.wait_for_url("**/ticket/*")
        return page, page.url.rsplit("/", 1)[1]

    async def machine(self, name: str, wanted: Callable[[MachineView], bool], what: str) -> MachineView:
        """Wait until one machine is as wanted."""
        return await self.side.machine(name, wanted, what)


@pytest_asyncio.fixture
async def halt(lone: Stage) -> AsyncIterator[Halt]:
    """A bike that nobody has touched; its printer will run out of filament."""
    await start_machines(lone, SPEED, RUNOUT)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield Halt(lone, browser)
        await browser.close()


async def tab(phone: Page, name: str) -> None:
    """Touch a tab."""
    await phone.locator(".tabs a").filter(has_text=name).click()


async def test_a_whole_halt_is_played_on_a_phone(halt: Halt) -> None:
    """Open, refuse, accept, print and mill at once, filament, battery, a call, stop, report: all by thumb."""
    first, second = children_sent(halt.stage, 2)
    await start_daemon(halt.stage)
    await start_kiosk(halt.stage)
    phone = await halt.open("/mediateur", PHONE)
    await a_halt_is_opened(phone)
    refused_page, refused = await halt.child_sends()
    cut_page, cut = await halt.child_sends()
    await one_is_refused_and_its_child_reads_why(phone, refused_page, refused)
    await two_are_accepted_and_made_at_once(halt, phone, first, cut)
    await filament_is_changed(halt, phone)
    await a_low_battery_pauses_until_the_mediator_lets_it_go_on(halt, phone)
    await a_child_calls_and_is_answered(phone, cut_page)
    await halt.side.job_is(first, JobState.DONE)
    await the_next_print_is_stopped_with_everything(halt, phone, second)
    await a_frozen_bike_is_told_as_one(halt, phone)
    await everything_is_armed_again_cold(halt, phone)
    await the_report_tells_it(halt, phone)


async def a_halt_is_opened(phone: Page) -> None:
    """PIN, then four fields."""
    await phone.fill("#pin", PIN)
    await phone.keyboard.press("Enter")
    await phone.wait_for_url("**/mediateur/maintenant")
    await tab(phone, "Halte")
    values = {"place": "École Victor-Hugo", "host_city": "Créteil", "minutes": "180", "reserve_wh": "100"}
    for name, value in values.items():
        await phone.fill(f"#OpenForm-{name}", value)
    await phone.get_by_role("button", name="Ouvrir la halte").click()
    await expect(phone.get_by_text("École Victor-Hugo").first).to_be_visible()


async def one_is_refused_and_its_child_reads_why(phone: Page, page: Page, job: str) -> None:
    """Two touches: the reasons, and one of them."""
    await tab(phone, "File")
    await phone.locator(f"#refuse-{job} summary").click()
    await phone.locator(f"#refuse-{job} button[value=not-here]").click()
    await expect(phone.locator(f"#refuse-{job}")).to_have_count(0)
    await expect(page.locator("main")).to_contain_text("pas ce qu'il faut", timeout=PATIENCE_MS)


async def two_are_accepted_and_made_at_once(halt: Halt, phone: Page, print_job: str, cut: str) -> None:
    """The plate is cleared, the mill's list gone through; both work, and the pack gives what it may."""
    await phone.locator(f"#accept-{cut}").click()
    await expect(phone.locator(f"#accept-{cut}")).to_have_count(0)
    await phone.goto(f"/mediateur/machines/{MILL}")
    await the_mill_is_looked_at(phone, MILL)
    await tab(phone, "File")
    await phone.locator(f"#accept-{print_job}").click()
    await expect(phone.locator(f"#accept-{print_job}")).to_have_count(0)
    await tab(phone, "Maintenant")
    await held(phone.locator(f"#clear-{PRINTER}"))
    await halt.machine(PRINTER, lambda view: view.job == print_job, "the print to begin")
    await phone.goto(f"/mediateur/machines/{MILL}")
    await the_mill_is_armed(phone, MILL)
    await halt.machine(MILL, lambda view: view.job == cut, "the cut to begin")
    status = await halt.side.status()
    assert status is not None
    assert {view.job for view in status.machines} == {print_job, cut}, "both at once"
    await halt.side.job_is(cut, JobState.DONE)
    frames = entries(halt.stage.layout.black_boxes / "battery.jsonl")
    assert max(float(str(frame["output_w"])) for frame in frames if frame["kind"] == "frame") <= CAP_W


async def filament_is_changed(halt: Halt, phone: Page) -> None:
    """The printer calls; its card says what to do; a held button lets it go on."""
    await phone.goto("/mediateur/file")
    alert = phone.locator(f"[data-alert=waits-{PRINTER}]")
    await expect(alert).to_contain_text("remettre du filament", timeout=PATIENCE_MS)
    await alert.get_by_role("link").click()
    await phone.wait_for_url(f"**/machines/{PRINTER}")
    await held(phone.locator(f"#resume-{PRINTER}"))
    await halt.machine(PRINTER, lambda view: view.state is DeviceState.RUNNING, "the print to go on")
    await expect(alert).to_have_count(0)


async def a_low_battery_pauses_until_the_mediator_lets_it_go_on(halt: Halt, phone: Page) -> None:
    """More is kept for the ride home than the print leaves: it pauses warm, and goes on by hand only."""
    status = await halt.side.status()
    assert status is not None
    stored_wh = status.battery.soc_pct / 100 * 960
    await the_reserve_is(phone, round(stored_wh) - HEADROOM_WH)
    view = await halt.machine(PRINTER, lambda view: view.state is DeviceState.PAUSED, "the pause")
    assert view.reason is not None
    assert view.heaters["bed"].target_c == 40
    await phone.goto("/mediateur/bilan")
    await expect(phone.locator(f"[data-alert=reason-{PRINTER}]")).to_contain_text("Pas assez de batterie")
    await the_reserve_is(phone, 100)
    await phone.goto("/mediateur/maintenant")
    await held(phone.locator(f"#resume-{PRINTER}"))
    await halt.machine(PRINTER, lambda view: view.state is DeviceState.RUNNING, "the print to go on")


async def the_reserve_is(phone: Page, watt_hours: int) -> None:
    """Change what is kept for the ride home."""
    await phone.goto("/mediateur/halte")
    await phone.locator("#reserve summary").click()
    await phone.fill("#ReserveForm-reserve_wh", str(watt_hours))
    await phone.locator("#reserve button.main").click()
    await expect(phone.locator("[data-live=halt]")).to_contain_text(f"{watt_hours} Wh")


async def a_child_calls_and_is_answered(phone: Page, page: Page) -> None:
    """Whatever tab is open, the call stands on it; the child reads that somebody comes."""
    await phone.goto("/mediateur/energie")
    await page.locator("#call").click()
    await phone.locator("[data-alert^=call-] button").click()
    await expect(page.get_by_text("Le médiateur arrive.")).to_be_visible(timeout=PATIENCE_MS)


async def the_next_print_is_stopped_with_everything(halt: Halt, phone: Page, job: str) -> None:
    """One touch of the red button; the machines confirm; nothing heats any more."""
    await phone.goto("/mediateur/file")
    await phone.locator(f"#accept-{job}").click()
    await phone.goto("/mediateur/maintenant")
    await held(phone.locator(f"#clear-{PRINTER}"))
    await halt.machine(PRINTER, lambda view: view.job == job, "the second print to begin")
    await phone.locator(".stop-all").click()
    await expect(phone.get_by_text("Les machines confirment l'arrêt.")).to_be_visible(timeout=PATIENCE_MS)
    await halt.side.job_is(job, JobState.INTERRUPTED)
    assert "M112" in "".join(str(e.get("bytes", "")) for e in entries(halt.printer_box))
    assert set(heater_targets(halt.printer_box).values()) == {0.0}


async def a_frozen_bike_is_told_as_one(halt: Halt, phone: Page) -> None:
    """SIGSTOP stands for a daemon that hangs: the phone tells to hit the mushroom button."""
    daemon = halt.stage.crew.process("daemon")
    daemon.send_signal(signal.SIGSTOP)
    try:
        await phone.locator(".stop-all").click()
        await expect(phone.get_by_text("Pas de réponse !").first).to_be_visible(timeout=PATIENCE_MS)
    finally:
        daemon.send_signal(signal.SIGCONT)
    await phone.locator(".stop-all").click()
    await expect(phone.get_by_text("Les machines confirment l'arrêt.")).to_be_visible(timeout=PATIENCE_MS)


async def everything_is_armed_again_cold(halt: Halt, phone: Page) -> None:
    """A held button each; nothing goes on by itself."""
    lines = len(executed(halt.printer_box))
    for name in (PRINTER, MILL):
        await phone.goto("/mediateur/maintenant")
        await held(phone.locator(f"#rearm-{name}"))
        await halt.machine(name, lambda view: view.state is DeviceState.IDLE, f"{name} to be at rest")
    assert not [line for line in executed(halt.printer_box)[lines:] if line.startswith(("G1", "M104 S6"))]


async def the_report_tells_it(halt: Halt, phone: Page) -> None:
    """What the page shows is what the journal holds: two made, one interrupted, one refused."""
    await tab(phone, "Bilan")
    text = await phone.inner_text("main")
    figures = dict(re.findall(r"^(.+?)\t([\d,]+)(?: \w+)?$", text, re.MULTILINE))
    wanted = {
        "Réussis": 2, "Interrompus": 1, "Refusés": 1, "Total : nouveaux": 2, "Total : déjà en attente": 2,
        "Participants": 4, "Filament à remettre": 1,
        "« Quelque chose ne va pas »": 1, "Protections de la batterie": 1,
    }  # fmt: skip
    assert {name: int(figures[name]) for name in wanted} == wanted
    assert int(figures["Arrêts d'urgence"]) >= 2
