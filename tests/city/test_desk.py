"""The city's page: complete without script, honest about silence, closed to the outside."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from city.app import create_app
from city.desk import Desk
from city.language import catalogue, chosen
from city.map import Mark, frame_of, place_bikes
from city.pages.live import Live
from city.pages.paper import Paper, Reading
from city.places import find, written_out
from city.store import Delivery, open_engine, open_store
from city.tallying import tally
from city.views import Reader
from onboard.messages import (
    Batch,
    Fault,
    FaultCode,
    HaltOpened,
    JobDone,
    Leaf,
    Machine,
    MachineKind,
    MachineState,
    Place,
    RobotReturned,
    State,
    Status,
    row,
)

NOON_S = 1_795_345_200.0
STATE = State(
    halt=Place(place="Médiathèque", host_city="Gentilly", left_min=85),
    soc_pct=63,
    machines=(Machine(kind=MachineKind.PRINTER, state=MachineState.RUNNING, done_pct=45),),
    queue=3,
)

LIVE = Live(Paper())
FRENCH = Reading("fr", "/")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A city with one bike in service and one silent for 42 minutes."""
    store = open_store(tmp_path / "city.db")
    rows = (
        row(1, 1.0, HaltOpened(place="Médiathèque", host_city="Gentilly", minutes=180)),
        row(2, 2.0, JobDone(kind=MachineKind.PRINTER, minutes=25, energy_wh=29.6)),
        row(3, 3.0, Fault(part="mill", code=FaultCode.LINK_LOST)),
        row(4, 4.0, RobotReturned(minutes=20, energy_wh=0.83)),
    )
    store.commit([Delivery("creteil", "creteil-1", Batch(boot="a" * 16, r=rows), NOON_S)])
    for bike, heard_s in (("creteil-1", NOON_S), ("creteil-2", NOON_S - 42 * 60)):
        store.show("creteil", bike, Leaf.STATUS, Status(online=True).model_dump_json(), heard_s)
        store.show("creteil", bike, Leaf.STATE, STATE.model_dump_json(), heard_s)
    store.refuse("schema", NOON_S)
    tally(store.engine)
    return Desk(open_engine(tmp_path / "city.db", read_only=True), asyncio.Event(), lambda: NOON_S)


def test_the_page_says_all_without_script(desk: Desk):
    """Halt, host city, battery, machine, queue, objects and events stand in the first answer."""
    page = TestClient(create_app(desk)).get("/", headers={"accept-language": "fr"})
    live = ("Créteil 1", "Médiathèque", "Gentilly", "63&nbsp;%", "fabrique", "45&nbsp;%")
    for word in (*live, "Objet terminé", "Robot rendu · prêté 20&nbsp;min", "12 h 00"):
        assert word in page.text
    assert "Silencieux depuis 42&nbsp;min" in page.text
    assert page.text.count("63&nbsp;%") == 1, "a silent bike's last battery is not shown as live"
    assert "ne respectent pas le contrat : 1" in " ".join(page.text.split())


def test_a_halt_named_like_its_city_is_said_once(tmp_path: Path):
    """Where the public place is the host city, nobody reads it twice; and one is not many."""
    store = open_store(tmp_path / "city.db")
    at_home = replace_halt(Place(place="Créteil", host_city="Créteil", left_min=85))
    opened = row(1, 1.0, HaltOpened(place="Créteil", host_city="Créteil", minutes=180))
    store.commit([Delivery("creteil", "velo", Batch(boot="a" * 16, r=(opened,)), NOON_S)])
    store.show("creteil", "velo", Leaf.STATUS, Status(online=True).model_dump_json(), NOON_S)
    store.show("creteil", "velo", Leaf.STATE, at_home.model_dump_json(), NOON_S)
    desk = Desk(open_engine(tmp_path / "city.db", read_only=True), asyncio.Event(), lambda: NOON_S)
    regions = LIVE.regions(FRENCH, desk.look())
    assert regions["bikes"].count("Créteil") == 1
    assert "Halte ouverte · Créteil<br>" in regions["events"]
    assert "<dt>vélo en service</dt>" in regions["summary"]
    assert "<dd>–&nbsp;<small>Wh" in regions["summary"], "not measured yet is not the same as nothing"


def replace_halt(halt: Place) -> State:
    """The usual state at another halt."""
    return STATE.model_copy(update={"halt": halt})


def test_the_page_speaks_english(desk: Desk):
    """By a link, or by the browser's own wish."""
    client = TestClient(create_app(desk))
    assert "Silent for 42&nbsp;min" in client.get("/?langue=en").text
    assert "Silent for 42&nbsp;min" in client.get("/", headers={"accept-language": "en-GB,fr;q=0.5"}).text


def test_every_french_text_has_an_english_one():
    """No text of a template is missing in the catalogue."""
    english = catalogue("en")
    asked: set[str] = set()
    folder = Path(__file__).parents[2] / "city" / "templates"
    for template in folder.glob("*.html"):
        for part in template.read_text(encoding="utf-8").split('_("')[1:]:
            asked.add(part.split('")')[0])
    same = {"Machines", "Incident", "Date", "Machine", "Page", "Pages"}
    assert len(asked) > 40
    assert {text for text in asked if english(text) == text} == same


def test_nothing_comes_from_elsewhere(desk: Desk):
    """No address of another host, and a policy that would block it."""
    client = TestClient(create_app(desk))
    page = client.get("/")
    assert "http://" not in page.text
    assert "https://" not in page.text
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert page.headers["x-content-type-options"] == "nosniff"
    for path in ("/static/desk.css", "/static/desk.js", "/static/icon.svg"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "url(http" not in answer.text


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_the_desk_only_reads(desk: Desk, method: str):
    """There is nothing to send to."""
    assert TestClient(create_app(desk)).request(method, "/").status_code == 405


def test_the_stream_begins_with_everything_and_ends_with_the_server(desk: Desk):
    """The first event holds every region; a closing server is not held up."""
    desk.closing.set()
    assert TestClient(create_app(desk)).get("/events").text == ""
    regions = LIVE.regions(FRENCH, desk.look())
    assert set(regions) == {"summary", "map", "bikes", "events", "footer"}


def test_hostile_words_are_text(tmp_path: Path):
    """A place that slipped through as markup stays text."""
    store = open_store(tmp_path / "city.db")
    evil = '{"v":1,"halt":{"place":"x\'; alert(1)","host_city":"Gentilly","left_min":5}}'
    store.show("creteil", "creteil-1", Leaf.STATUS, Status(online=True).model_dump_json(), NOON_S)
    store.show("creteil", "creteil-1", Leaf.STATE, evil, NOON_S)
    page = LIVE.page(FRENCH, Reader(open_engine(tmp_path / "city.db", read_only=True)).overview(NOON_S))
    assert "x'; alert" not in page
    assert "x&#39;; alert(1)" in page


def test_bikes_stand_at_their_host_city(desk: Desk):
    """Créteil's bike at Gentilly is drawn at Gentilly, two of them side by side."""
    marks = place_bikes(desk.look().bikes)
    assert len({(mark.x, mark.y) for mark in marks}) == 2
    assert {mark.bike.bike for mark in marks} == {"creteil-1", "creteil-2"}
    assert frame_of(marks).width < frame_of([*marks, *_far(desk)]).width


def _far(desk: Desk) -> list[Mark]:
    """The same bikes, at Provins."""
    far = State(halt=Place(place="Remparts", host_city="Provins", left_min=5))
    return place_bikes([replace(bike, state=far) for bike in desk.look().bikes])


def test_names_are_written_out():
    """Short names of topics become names of communes."""
    assert written_out("creteil-2") == "Créteil 2"
    assert written_out("workshop") == "workshop"
    assert find("L’Haÿ-les-Roses") == find("l-hay-les-roses")
    assert chosen(None, "de, en;q=0.9") == "en"
