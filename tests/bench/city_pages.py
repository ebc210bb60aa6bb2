"""How long the city's pages take with many bikes and a school year: `python -m tests.bench.city_pages`."""

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import product
from pathlib import Path

from fastapi.testclient import TestClient

from city.app import create_app
from city.desk import Desk
from city.folding import COUNTS
from city.periods import PARIS, days_between
from city.places import _communes
from city.store import Store, open_engine, open_store
from city.store.engine import Session
from city.store.totals import make_totals
from onboard.messages import Leaf, Machine, MachineKind, MachineState, Place, State, Status
from tests.peers.postgres_server import run_postgres

DAY_S = 86_400.0
HOURS = range(9, 17)
KINDS = ("", "printer", "mill")
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
PAGES += ("/historique?par=31j", "/historique?par=jour", "/historique?ville=creteil", "/comparer?selon=lieu")
PAGES += ("/metrics", "/velos.geojson", "/ngsi-ld/v1/entities")


def fill(store: Store, bikes: int, days: int, now_s: float) -> list[str]:
    """Bikes that speak, and their sums: the rows as the housekeeper writes them, then their totals."""
    names = [_speak(store, number, now_s) for number in range(bikes)]
    begin_s = time.perf_counter()
    starts_s = [
        midnight_s for midnight_s in days_between(now_s - 2 * days * DAY_S, now_s) if _at_school(midnight_s)
    ]
    with store.engine.transaction() as session:
        counts = [_switch_on(session, midnight_s) for midnight_s in starts_s[-days:]]
    with store.engine.transaction() as session:
        make_totals(session)
    halts, rows = (sum(column) for column in zip(*counts, strict=True))
    took_s = time.perf_counter() - begin_s
    print(f"{bikes} bikes, {halts} halts, {rows} rows of sums, written in {took_s:.0f} s")  # noqa: T201 - the result
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


def _at_school(at_s: float) -> bool:
    """Monday to Friday."""
    return datetime.fromtimestamp(at_s + DAY_S / 2, PARIS).weekday() < 5


def _switch_on(session: Session, midnight_s: float) -> tuple[int, int]:
    """A day: each bike is switched on in the morning, and has one halt and eight hours of three kinds."""
    day = round(midnight_s // DAY_S)
    bikes = session.rows("SELECT key, city FROM bike ORDER BY key")
    session.run_each(
        "INSERT INTO boot (bike, boot, month, upto, counted, offset_s, dated_s) VALUES (?, ?, 1, 1, 1, ?, ?)",
        [(bike, f"{day:08x}{bike:08x}", midnight_s, midnight_s) for bike, _city in bikes],
    )
    boots = session.rows("SELECT key, bike FROM boot WHERE offset_s = ?", (midnight_s,))
    cities = dict(bikes)
    at_s = HOURS[0] * 3600.0
    session.run_each(
        "INSERT INTO visit (boot, seq, mono_s, received_s, at_s, place, host_city, minutes, closed)"
        " VALUES (?, 1, ?, ?, ?, ?, ?, 480, 1)",
        [
            (boot, at_s, midnight_s + at_s, midnight_s + at_s, *_stands(bike, cities[bike], day))
            for boot, bike in boots
        ],
    )
    counts = ", ".join("60" if name == "seconds" else "1" for name in COUNTS)
    hours = ", ".join(f"({hour}, '{kind}', {hour * 3600.0})" for hour, kind in product(HOURS, KINDS))
    rows = session.run(
        f"INSERT INTO tally (boot, visit, hour, kind, mono_s, received_s, at_s, {', '.join(COUNTS)})"  # noqa: S608 - our own words
        f" WITH worked (hour, kind, mono_s) AS (VALUES {hours})"
        " SELECT visit.boot, visit.key, hour, kind, worked.mono_s, visit.at_s,"
        f" visit.at_s - ? + worked.mono_s, {counts}"
        " FROM visit, worked WHERE visit.at_s = ? ORDER BY visit.boot, hour",
        (at_s, midnight_s + at_s),
    )
    return len(boots), rows


def _stands(bike: int, city: str, day: int) -> tuple[str, str]:
    """One of eight places of the bike's city and its neighbours."""
    communes = list(_communes().values())
    home = communes.index(_communes()[city])
    turn = (bike + day) % 8
    return f"École {bike % 5} {turn}", communes[(home + turn // 3) % len(communes)].name


@contextmanager
def database(*, at_a_server: bool) -> Iterator[str]:
    """An empty one."""
    if at_a_server:
        with run_postgres() as postgres:
            yield postgres.database("pages")
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield str(Path(folder) / "city.db")


def ask(place: str, names: list[str], now_s: float, times: int) -> None:
    """Ask for each page a few times, two seconds apart."""
    now = [now_s]
    engines = [open_engine(place, read_only=True) for _ in range(2)]
    client = TestClient(create_app(Desk(engines[0], asyncio.Event(), lambda: now[0], engines[1])))
    for page in PAGES:
        took_ms = []
        for _ in range(times):
            now[0] += 2.0
            begin_s = time.perf_counter()
            answer = client.get(page.replace("BIKE", names[0]))
            took_ms.append(1000 * (time.perf_counter() - begin_s))
            assert answer.status_code == 200, page
        size_kb = len(answer.content) / 1000
        print(  # noqa: T201 - the result
            f"{page:26} first {took_ms[0]:7.0f} ms,"
            f" then {statistics.median(took_ms[1:]):6.0f} ms, {size_kb:6.0f} kB"
        )
    for engine in engines:
        engine.close()


def main() -> None:
    """Fill a store, then ask for each page."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--bikes", type=int, default=2600)
    parser.add_argument("--days", type=int, default=200)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--postgres", action="store_true", help="a server instead of a file")
    told = parser.parse_args()
    with database(at_a_server=told.postgres) as place:
        now_s = time.time()
        store = open_store(place)
        names = fill(store, told.bikes, told.days, now_s)
        store.close()
        ask(place, names, now_s, told.times)
        print("load average", os.getloadavg())  # noqa: T201 - the result


if __name__ == "__main__":
    main()
