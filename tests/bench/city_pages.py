"""How long the city's pages take with many bikes: `python tests/bench/city_pages.py --days 30`."""

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from itertools import product
from pathlib import Path

from fastapi.testclient import TestClient

from city.app import create_app
from city.desk import Desk
from city.folding import COUNTS
from city.places import _communes
from city.store import Store, open_engine, open_store
from city.store.engine import Rows, Session, marks
from onboard.messages import Leaf, Machine, MachineKind, MachineState, Place, State, Status

HOURS = range(9, 17)
PAGES = (
    "/",
    "/?etat=silent",
    "/velo/BIKE",
    "/historique",
    "/comparer",
    "/bilan",
    "/public",
    "/donnees/mois.json",
)
PAGES += ("/metrics", "/velos.geojson", "/ngsi-ld/v1/entities")


def fill(store: Store, bikes: int, days: int, now_s: float) -> list[str]:
    """Bikes that speak, and their sums by hour, written as the housekeeper writes them."""
    names = [_speak(store, number, now_s) for number in range(bikes)]
    begin_s = now_s - days * 86_400.0
    with store.engine.transaction() as session:
        session.run_each(
            "INSERT INTO boot (bike, boot, month, upto, counted, offset_s) VALUES (?, ?, 1, 1, 1, ?)",
            [(key, f"{key:016x}", begin_s) for (key,) in session.rows("SELECT key FROM bike")],
        )
        boots = session.rows("SELECT boot.key, city FROM boot JOIN bike ON bike.key = boot.bike")
        _sum_up(session, boots, days, begin_s)
    return names


def _speak(store: Store, number: int, now_s: float) -> str:
    """One bike at its halt; every tenth has been silent for an hour."""
    city, commune = list(_communes().items())[number % len(_communes())]
    name = f"{city[:24]}-{number}"
    heard_s = now_s - (3600 if number % 10 == 0 else 20)
    machines = (Machine(kind=MachineKind.PRINTER, state=MachineState.RUNNING, done_pct=45),)
    halt = Place(place="Médiathèque", host_city=commune.name, left_min=60)
    state = State(halt=halt, soc_pct=60, machines=machines, queue=3)
    store.show(city, name, Leaf.STATUS, Status(online=True).model_dump_json(), heard_s)
    store.show(city, name, Leaf.STATE, state.model_dump_json(), heard_s)
    return name


def _sum_up(session: Session, boots: Rows, days: int, begin_s: float) -> None:
    """One halt a day, eight hours of three kinds in each."""
    counts = [60 if name == "seconds" else 1 for name in COUNTS]
    visits: list[tuple[object, ...]] = []
    sums: list[tuple[object, ...]] = []
    for (boot, city), day in product(boots, range(days)):
        at_s = day * 86_400.0 + 32_400.0
        there = ("Médiathèque", _communes()[city].name, 480, 1)
        visits.append((boot, day + 1, at_s, begin_s + at_s, *there))
        for hour, kind in product(HOURS, ("", "printer", "mill")):
            mono_s = day * 86_400.0 + hour * 3600.0
            when = (int(mono_s // 3600), kind, mono_s, begin_s + mono_s)
            sums.append((boot, len(visits), *when, *counts))
    session.run_each(
        "INSERT INTO visit (boot, seq, mono_s, received_s, place, host_city, minutes, closed)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        visits,
    )
    columns = ["boot", "visit", "hour", "kind", "mono_s", "received_s", *COUNTS]
    session.run_each(
        f"INSERT INTO tally ({', '.join(columns)}) VALUES ({marks(len(columns))})",  # noqa: S608 - our own words
        sums,
    )
    print(f"{len(boots)} bikes, {len(visits)} halts, {len(sums)} rows of sums")  # noqa: T201 - the result


def main() -> None:
    """Fill a store, then ask for each page a few times, two seconds apart."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--bikes", type=int, default=2600)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--db", default="", help="postgresql://… instead of a file")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = told.db or Path(folder) / "city.db"
        now = [time.time()]
        store = open_store(place)
        names = fill(store, told.bikes, told.days, now[0])
        engines = [open_engine(place, read_only=True) for _ in range(2)]
        desk = Desk(engines[0], asyncio.Event(), lambda: now[0], engines[1])
        client = TestClient(create_app(desk))
        for page in PAGES:
            took_ms = []
            for _ in range(told.times):
                now[0] += 2.0
                begin_s = time.perf_counter()
                answer = client.get(page.replace("BIKE", names[0]))
                took_ms.append(1000 * (time.perf_counter() - begin_s))
                assert answer.status_code == 200, page
            size_kb = len(answer.content) / 1000
            print(  # noqa: T201 - the result
                f"{page:24} first {took_ms[0]:7.0f} ms,"
                f" then {statistics.median(took_ms[1:]):6.0f} ms, {size_kb:6.0f} kB"
            )
        print("load average", os.getloadavg())  # noqa: T201 - the result


if __name__ == "__main__":
    main()
