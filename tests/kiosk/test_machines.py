"""The mediator's Machines tab: what is offered in which state, figures as a table, a list nobody skips."""

import html
import json
import re

import httpx
import pytest
from fastapi import Request

from drivers.types import DeviceKind, DeviceState
from jobs.store.queue import Store
from jobs.types import Design, DesignKind
from kiosk.access.login import only_mediators
from kiosk.app import create_app
from kiosk.context import Kiosk
from kiosk.events import Moment
from kiosk.mediator.machines import PARTS, desk_of
from onboard.config import Config, MachineSection
from onboard.control.messages import (
    BatteryView,
    BikeStatus,
    ErrandView,
    HandView,
    HeaterView,
    MachineView,
    PointView,
    PresetView,
    Refusal,
)

STEPS_MM = (0.1, 1.0, 10.0, 50.0)
BUSY = Refusal(code="machine-busy", text_fr="La machine n'est pas au repos.", text_en="Not at rest.")
HEATERS = {
    "hotend": HeaterView(actual_c=209.6, target_c=210, past_c=tuple(20.0 + 3 * n for n in range(60))),
    "bed": HeaterView(actual_c=40, target_c=0, past_c=tuple(20.0 + n / 3 for n in range(60))),
}
PRINTER = HandView(steps_mm=STEPS_MM, presets=(PresetView(material="PLA", hotend_c=210, bed_c=60),))


def with_machines(config: Config) -> Config:
    """A bike with a printer and a mill in its settings."""
    machines = {
        "prusa": MachineSection(protocol="marlin", port="sim://marlin", profile="i3"),
        "fraiseuse": MachineSection(protocol="grbl", port="sim://grbl", profile="mill"),
    }
    return config.model_copy(update={"machines": machines})


@pytest.fixture
def kiosk(config: Config) -> Kiosk:
    """A kiosk beside a queue with one job for the mill."""
    config.paths.state.mkdir(parents=True)
    Store.open(config.paths.jobs_database, lambda: 0.0).close()
    tools: Kiosk = create_app(with_machines(config)).state.kiosk
    return tools


def job_for_the_mill(kiosk: Kiosk) -> str:
    """A job that the mill's list is about."""
    store = Store.open(kiosk.config.paths.jobs_database, lambda: 0.0)
    job = store.create(Design(DesignKind.KEY_RING, DeviceKind.MILL), "key-of-a-ring")
    store.close()
    return job.id


def moment(machine: MachineView) -> Moment:
    """The bike with one machine that answers."""
    battery = BatteryView(known=True, soc_pct=70, power_w=-100, age_s=1)
    status = BikeStatus(
        bike="b", city="c", stopped=False, plan_version=1, machines=(machine,), battery=battery
    )
    return Moment(status)


def printer(
    state: DeviceState = DeviceState.IDLE, hand: HandView = PRINTER, job: str | None = None
) -> Moment:
    """A printer that has measured for ten minutes."""
    view = MachineView(
        name="prusa", kind=DeviceKind.PRINTER, profile="i3", state=state, hand=hand, job=job, heaters=HEATERS
    )
    return moment(view)


def mill(job: str, *, seen: bool, state: DeviceState = DeviceState.IDLE, armed_s: float = 0.0) -> Moment:
    """A mill whose outline was traced and whose program was read, or not."""
    codes = ("clamp", "tool", "zero", "lid", "outline", "program")
    told = {"lid": True, "outline": seen, "program": seen}
    points = tuple(PointView.model_validate({"code": code, "done": told.get(code)}) for code in codes)
    on_it = job if state is DeviceState.PAUSED else None
    view = MachineView(
        name="fraiseuse", kind=DeviceKind.MILL, profile="mill", state=state, job=on_it, armed_s=armed_s,
        armed_job=job if armed_s else None, position_mm=(0, 0, 0),
        hand=HandView(steps_mm=STEPS_MM, points=points, job=job, refusal=BUSY if on_it else None),
    )  # fmt: skip
    return moment(view)


def drawn(kiosk: Kiosk, now: Moment, name: str, language: str = "fr") -> str:
    """Every region of a machine's page."""
    desk = desk_of(kiosk, now, name)
    context = {"moment": now, "name": name, "desk": desk, "card": desk.card if desk else None}
    return "".join(kiosk.pages.draw(language, f"regions/machines-{part}.html", context) for part in PARTS)


def buttons(page: str) -> dict[str, bool]:
    """Every button by its id, and whether it is not greyed."""
    found = re.findall(r"<button([^>]*)>", page)
    named = {match[1]: text for text in found if (match := re.search(r' id="([\w-]+)"', text))}
    return {name: "aria-disabled" not in text for name, text in named.items()}


def test_a_printer_at_rest_offers_everything_and_greys_it_at_an_errand(kiosk: Kiosk) -> None:
    """Heat and filament are held, steps and cooling are tapped; while it is busy only its end is offered."""
    page = drawn(kiosk, printer(), "prusa")
    offered = buttons(page)
    assert all(offered.values())
    assert {"cool", "warm-PLA", "load", "unload", "change", "home-all", "jog-xless", "jog-zmore"} <= set(
        offered
    )
    held = set(re.findall(r'<button[^>]* id="([\w-]+)"[^>]*data-hold', page))
    assert held == {"warm-PLA", "load", "unload", "change"}
    errand = ErrandView(code="home", text_fr="Va à l'origine.", text_en="Goes home.")
    busy = PRINTER.model_copy(update={"errand": errand, "refusal": BUSY})
    page = drawn(kiosk, printer(hand=busy), "prusa", "en")
    assert "Goes home." in page
    assert "Not at rest." not in page
    assert {name for name, ready in buttons(page).items() if ready} == {"end-prusa"}


def test_a_refusal_and_a_print_change_what_is_offered(kiosk: Kiosk) -> None:
    """Without a halt the page says so; in a print there are speed, flow, pause and cancel, and no pad."""
    refusal = Refusal(code="no-halt", text_fr="Ouvrez d'abord une halte.", text_en="Open a halt first.")
    page = drawn(kiosk, printer(hand=PRINTER.model_copy(update={"refusal": refusal})), "prusa")
    assert "Ouvrez d&#39;abord une halte." in page
    assert {name for name, ready in buttons(page).items() if ready} == {"cool"}
    hand = PRINTER.model_copy(update={"refusal": BUSY, "speed_pct": 200, "flow_pct": 100})
    page = drawn(kiosk, printer(DeviceState.RUNNING, hand, "0" * 32), "prusa")
    assert buttons(page) == {
        "pause-prusa": True, "cancel-prusa": True, "speed_pct-less": True, "speed_pct-same": True,
        "speed_pct-more": False, "flow_pct-less": True, "flow_pct-same": False, "flow_pct-more": True,
    }  # fmt: skip


def test_the_table_says_what_the_curves_draw(kiosk: Kiosk) -> None:
    """A row a minute from now back, and the same readings for the script."""
    page = drawn(kiosk, printer(), "prusa")
    rows = re.findall(r'<th scope="row">(\d+) min</th><td>(\d+) °C</td><td>(\d+) °C</td>', page)
    assert rows[0] == ("0", "210", "40")
    assert rows[1] == ("1", "182", "38")
    assert [row[0] for row in rows] == [str(minute) for minute in range(11)]
    told = json.loads(html.unescape(re.findall(r'data-curves="([^"]*)"', page)[0]))
    assert told["curves"][0]["past"][-1] == 209.6
    assert [curve["target"] for curve in told["curves"]] == [210, None]


def test_the_list_of_the_mill_goes_before_its_arming(kiosk: Kiosk) -> None:
    """Arming is grey until outline and program were seen; armed, the ring stands in the list's place."""
    job = job_for_the_mill(kiosk)
    page = drawn(kiosk, mill(job, seen=False), "fraiseuse")
    assert not buttons(page)["arm-fraiseuse"]
    assert buttons(page)["trace-fraiseuse"]
    assert buttons(page)["check-fraiseuse"]
    page = drawn(kiosk, mill(job, seen=True), "fraiseuse")
    assert buttons(page)["arm-fraiseuse"]
    assert re.findall(r'name="check" value="(\w+)"', page) == ["clamp", "tool", "zero", "outline"]
    page = drawn(kiosk, mill(job, seen=True, armed_s=83.4), "fraiseuse")
    assert "84 s" in page
    assert "arm-fraiseuse" not in buttons(page)


def test_a_paused_mill_is_armed_again_before_it_goes_on(kiosk: Kiosk) -> None:
    """First the short list, then the way to resume, held."""
    job = job_for_the_mill(kiosk)
    page = drawn(kiosk, mill(job, seen=False, state=DeviceState.PAUSED), "fraiseuse")
    assert buttons(page) == {"cancel-fraiseuse": True, "arm-fraiseuse": True}
    page = drawn(kiosk, mill(job, seen=False, state=DeviceState.PAUSED, armed_s=60), "fraiseuse")
    assert buttons(page) == {"cancel-fraiseuse": True, "resume-fraiseuse": True}


def somebody(request: Request) -> None:
    """A mediator who has entered."""
    request.state.who = "m-00000000"


@pytest.mark.parametrize(
    ("ticks", "said"),
    [
        (("clamp", "tool", "zero"), "Cochez chaque point"),
        ((), "Cochez chaque point"),
        (("clamp", "tool", "zero", "outline"), "ne répond"),
    ],
)
async def test_arming_needs_every_tick(config: Config, ticks: tuple[str, ...], said: str) -> None:
    """What lacks is said with the way back; a whole list is asked of the bike, which is not there."""
    config.paths.state.mkdir(parents=True)
    Store.open(config.paths.jobs_database, lambda: 0.0).close()
    app = create_app(with_machines(config))
    app.dependency_overrides[only_mediators] = somebody
    job = job_for_the_mill(app.state.kiosk)
    app.state.kiosk.feed.latest = mill(job, seen=True)
    base = "http://velo.example"
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url=base, headers={"Origin": base}
    ) as phone:
        answer = await phone.post(f"/mediateur/machines/fraiseuse/armer/{job}", data={"check": list(ticks)})
    assert answer.status_code in {422, 503}
    assert said in answer.text
    assert 'href="/mediateur/machines/fraiseuse"' in answer.text
