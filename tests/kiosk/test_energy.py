"""The mediator's Énergie tab: true figures, a table beside the drawing, and the answer to why."""

import datetime as dt
import re

import pytest

from drivers.battery.quality import Quality
from drivers.types import DeviceKind, DeviceState
from jobs.store.change import JobChange
from jobs.store.queue import Store
from jobs.types import Design, DesignKind, Estimate, JobState, Prepared
from kiosk.app import create_app
from kiosk.context import Kiosk
from kiosk.events import Moment
from kiosk.mediator.chart import LEFT, RIGHT, WIDTH, chart
from kiosk.mediator.energy import energy_view
from onboard.config import Config
from onboard.control.messages import (
    AcceptanceView,
    BatteryView,
    BikeStatus,
    ChargeView,
    HaltView,
    MachineView,
    OccupationView,
    OutlookView,
    Refusal,
)

NOW = dt.datetime(2026, 3, 21, 14, 10, tzinfo=dt.UTC)
REGIONS = ("charge", "outlook", "acceptances", "panel")
UNSURE = BatteryView(
    known=False, age_s=42.0, quality=Quality.STUCK, sentence_fr="Le moniteur se répète.", sentence_en="Stuck."
)
SURE = BatteryView(known=True, soc_pct=78.2, power_w=-134.4, age_s=1.0, quality=Quality.GOOD)
COST = Estimate(600, 500, 900, 40.0, 36.0, 48.0, 260)


def charge() -> tuple[ChargeView, ...]:
    """Two hours down from 78 to 40 %."""
    return tuple(
        ChargeView(minute=m, low_pct=77 - m / 3, middle_pct=78 - m / 3, high_pct=79 - m / 3)
        for m in range(0, 121, 5)
    )


def status(battery: BatteryView, outlook: OutlookView | None, *panel: Refusal) -> BikeStatus:
    """A bike with one printer in a halt."""
    machine = MachineView(name="prusa", kind=DeviceKind.PRINTER, profile="i3", state=DeviceState.IDLE)
    halt = HaltView(id="h", place="Parc", host_city="Antony", ends_s=0, left_s=7200, reserve_wh=250)
    return BikeStatus(
        bike="b", city="c", stopped=False, plan_version=1, machines=(machine,), battery=battery,
        budget_wh=301.4, halt=halt, outlook=outlook, panel=panel,
    )  # fmt: skip


@pytest.fixture
def kiosk(config: Config) -> Kiosk:
    """A kiosk beside a queue."""
    config.paths.state.mkdir(parents=True)
    Store.open(config.paths.jobs_database, NOW.timestamp).close()
    tools: Kiosk = create_app(config).state.kiosk
    return tools


def waiting(kiosk: Kiosk, key: str) -> tuple[str, str]:
    """A job before the mediator: its id and its ticket."""
    store = Store.open(kiosk.config.paths.jobs_database, NOW.timestamp)
    job = store.create(Design(DesignKind.NAME_TAG, DeviceKind.PRINTER), key)
    change = JobChange(prepared=Prepared("a.gcode", "a.stl", "a.svg", COST))
    store.transition(job.id, JobState.READY, change=change)
    ticket = store.send(job.id).ticket
    store.close()
    return job.id, ticket or ""


def drawn(kiosk: Kiosk, moment: Moment, language: str = "fr") -> str:
    """Every region of the tab as plain words."""
    context = {"moment": moment, "view": energy_view(kiosk, moment, NOW)}
    html = "".join(kiosk.pages.draw(language, f"regions/energy-{name}.html", context) for name in REGIONS)
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_the_chart_spans_the_halt_and_keeps_to_its_width():
    """Bars lie where their minutes are, and what begins after the end is not drawn."""
    jobs = [
        OccupationView(job=f"{n:032x}", machine="prusa", start_min=start, heated_min=start + 5, end_min=end)
        for n, (start, end) in enumerate([(60, 200), (0, 30), (130, 150)])
    ]
    made = chart(
        OutlookView(charge=charge(), reserve_pct=26, occupations=tuple(jobs)), ["prusa", "mill"], NOW
    )
    first, second = made.bars
    assert (first.occupation.start_min, second.occupation.start_min) == (0, 60)
    assert first.left == LEFT
    assert second.left == LEFT + (WIDTH - LEFT - RIGHT) / 2
    assert second.left + second.width <= WIDTH - RIGHT
    assert [tick.word for tick in made.times] == ["14:30", "15:00", "15:30", "16:00"]
    assert [tick.word for tick in made.charges] == ["0 %", "20 %", "40 %", "60 %", "80 %"]


def test_the_tab_tells_charge_plan_and_what_accepting_means(kiosk: Kiosk):
    """The same figures in words, drawing and table; each waiting job has its end charge."""
    (made, ticket), (small, _), (large, _) = (waiting(kiosk, key) for key in ("made", "small", "large"))
    outlook = OutlookView(
        charge=charge(),
        reserve_pct=26,
        occupations=(OccupationView(job=made, machine="prusa", start_min=3, heated_min=8, end_min=33),),
        acceptances=(
            AcceptanceView(job=small, end_pct=18.2),
            AcceptanceView(job=large, end_pct=-3, lacks="energy"),
        ),
    )
    words = drawn(kiosk, Moment(status(SURE, outlook)))
    for said in ("78 % se vide : 134 W", "38 % à 16:10 entre 37 et 39 %, réserve 26 %", "Mesure sûre",
                 f"{ticket} 14:13 → 14:43 prusa", "18 % à la fin de la halte", "toute la batterie",
                 "16:10 37 % 38 % 39 %"):  # fmt: skip
        assert said in words
    assert "38 % at 16:10 between 37 and 39 %" in drawn(kiosk, Moment(status(SURE, outlook)), "en")


def test_a_doubtful_battery_and_an_unsafe_panel_are_said(kiosk: Kiosk):
    """No forecast from a lie; the contact that is open is named beside those in order."""
    lid = Refusal(code="lid", text_fr="Le capot est ouvert.", text_en="The lid is open.")
    words = drawn(kiosk, Moment(status(UNSURE, None, lid)))
    assert "Le moniteur se répète." in words
    assert "il y a 40 s" in words
    assert "pas de prévision" in words
    assert "Capot de la fraiseuse à voir" in words
    assert "Clé en ordre" in words
    silent = Refusal(code="silent", text_fr="Muet.", text_en="Silent.")
    assert drawn(kiosk, Moment(status(UNSURE, None, silent))).count("inconnu") == 5
    assert "Pas de nouvelles du vélo." in drawn(kiosk, Moment())
