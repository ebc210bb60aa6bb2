"""Six hours without a network, with a clock wrong by years: told as silence, then filled in rightly."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from paho.mqtt.client import MQTTMessage

from city.app import create_app
from city.desk import Desk
from city.periods import PARIS
from city.sorting import sort
from city.store import Delivery, Live, open_engine, open_store
from city.tallying import tally
from onboard.messages import (
    Batch,
    Clock,
    ClockSource,
    HaltOpened,
    JobDone,
    Leaf,
    MachineKind,
    Place,
    Record,
    State,
    Status,
    row,
    topic,
)
from onboard.messages.values import Closed

NOON_S = 1_795_345_200.0  # 22 November 2026, 12:00 in Paris
HOUR_S = 3600.0
BOOT = "c" * 16
STATE = State(halt=Place(place="Médiathèque", host_city="Gentilly", left_min=480), soc_pct=63, queue=2)
YEARS_WRONG_S = 86_400.0 * 365 * 6
PRINTED = JobDone(kind=MachineKind.PRINTER, minutes=25, energy_wh=30.0)


@dataclass
class Hall:
    """A city hall whose time is ours: what arrives goes through the receiver's own sorting and store."""

    folder: Path
    now_s: float = NOON_S

    def __post_init__(self) -> None:
        """Open the store and the pages."""
        self.store = open_store(self.folder / "city.db")
        reader = open_engine(self.folder / "city.db", read_only=True)
        self.client = TestClient(create_app(Desk(reader, asyncio.Event(), lambda: self.now_s)))

    def hears(self, leaf: Leaf, said: Closed) -> None:
        """One message of the bike, byte by byte as it travels."""
        message = MQTTMessage(topic=topic("creteil", "creteil-1", leaf).encode())
        message.payload = said.model_dump_json(exclude_none=True).encode()
        thing, _greeting = sort(message, self.now_s)
        assert isinstance(thing, Delivery | Live)
        self.store.keep(
            [thing] if isinstance(thing, Delivery) else [], [thing] if isinstance(thing, Live) else []
        )
        tally(self.store.engine)

    def records(self, sent_s: float, *records: tuple[int, float, Record]) -> None:
        """A batch from the bike's outbox."""
        rows = tuple(row(*record) for record in records)
        self.hears(Leaf.EVT, Batch(boot=BOOT, sent_s=sent_s, r=rows))

    def reads(self, address: str) -> str:
        """What a page says in French, its spaces made plain."""
        answer = self.client.get(address, headers={"accept-language": "fr"})
        assert answer.status_code == 200
        return " ".join(answer.text.replace("&nbsp;", " ").split())


@pytest.fixture
def hall(tmp_path: Path) -> Hall:
    """A bike that came on the line at noon, at its halt, believing that it is 2020."""
    hall = Hall(tmp_path)
    clock = Clock(mono_s=100.0, utc_s=NOON_S - YEARS_WRONG_S, error_ms=1000, source=ClockSource.CHIP)
    hall.hears(Leaf.STATUS, Status(online=True, boot=BOOT))
    hall.hears(Leaf.STATE, STATE)
    opened = HaltOpened(place="Médiathèque", host_city="Gentilly", minutes=540)
    hall.records(100.0, (1, 100.0, clock), (2, 100.0, opened))
    return hall


def test_six_hours_of_silence_are_told_and_then_filled(hall: Hall):
    """While it lasts nothing old is shown as live; afterwards each object stands at its own hour."""
    assert "63 %" in hall.reads("/")
    hall.now_s += 6 * HOUR_S
    live, bike = hall.reads("/"), hall.reads("/velo/creteil-1")
    for page in (live, bike):
        assert "Silencieux depuis 6 h" in page
        assert "63 %" not in page, "the last charge is not the charge now"
    assert "Rien n’est perdu" in bike
    assert hall.client.get("/velos.geojson").json()["features"][0]["properties"] == {
        "bike": "creteil-1",
        "name": "Créteil 1",
        "state": "silent",
        "silent_min": 360,
    }
    device = hall.client.get("/ngsi-ld/v1/entities?type=Device,BatteryStatus").json()
    assert [(one["type"], one["batteryLevel"]["value"]) for one in device] == [("Device", -1.0)]
    assert device[0]["dateLastValueReported"]["value"]["@value"] == "2026-11-22T11:00:00Z"
    assert 'dipbike_bikes{city="creteil",state="silent"} 1' in hall.client.get("/metrics").text
    hall.hears(Leaf.STATUS, Status(online=True, boot=BOOT))
    hall.hears(Leaf.STATE, STATE)
    made = [(2 + hour, 100.0 + hour * HOUR_S, PRINTED) for hour in range(1, 6)]
    hall.records(100.0 + 6 * HOUR_S, *made)
    hall.now_s += 31
    assert "Silencieux" not in hall.reads("/").replace("silencieux", "")
    diary = hall.reads("/velo/creteil-1")
    for hour in range(13, 18):
        assert f"22/11 {hour}:00</time><p>Objet terminé" in diary
    hours = hall.client.get("/historique.csv?par=jour&langue=en").text.splitlines()[1:]
    assert {line.split(",")[0]: line.split(",")[4] for line in hours if line.split(",")[4] != "0"} == {
        str(hour): "1" for hour in range(13, 18)
    }


def test_the_years_of_the_clock_are_nowhere(hall: Hall):
    """No page dates anything in the year that the bike believes in."""
    hall.now_s += 31
    year = datetime.fromtimestamp(NOON_S - YEARS_WRONG_S, PARIS).year
    for address in ("/", "/velo/creteil-1", "/comparer"):
        page = hall.reads(address)
        assert f"{year}-" not in page
        assert "2026-11-22T12:00" in page
