"""A year of invented life of a few bikes, the same at each call, in a store of the city."""

import random
from collections.abc import Iterator
from typing import Final

from city.store import Delivery, Store
from city.tallying import tally
from onboard.messages import (
    About,
    Batch,
    HaltClosed,
    HaltOpened,
    Leaf,
    Machine,
    MachineKind,
    MachineState,
    Place,
    Record,
    State,
    Status,
    row,
)
from tests.city.records import job, network

DAY_S: Final = 86_400.0
DAYS: Final = 300
BIKES: Final = ("creteil-1", "creteil-2", "montreuil-1", "antony-1", "vitry-sur-seine-1")
SILENT: Final = "creteil-2"
PLACES: Final = (
    ("Médiathèque", "Gentilly"),
    ("Place de la Mairie", "Créteil"),
    ("Halle", "Montreuil"),
    ("Parc Heller", "Antony"),
    ("Cité Gagarine", "Ivry-sur-Seine"),
)
_MACHINES: Final = (
    Machine(kind=MachineKind.PRINTER, state=MachineState.RUNNING, done_pct=45),
    Machine(kind=MachineKind.MILL, state=MachineState.IDLE),
)


def live(store: Store, now_s: float) -> None:
    """Fill a store: four bikes that speak, one silent for 42 minutes, and their last 300 days."""
    for number, bike in enumerate(BIKES):
        chance = random.Random(number)  # noqa: S311 - invented life, the same each time
        records = list(_year(chance, now_s - DAYS * DAY_S, number))
        rows = [row(seq, round(mono_s, 2), record) for seq, (mono_s, record) in enumerate(records, 1)]
        batches = [
            Batch(boot=f"{number:016x}", r=tuple(rows[at : at + 200])) for at in range(0, len(rows), 200)
        ]
        store.commit([Delivery(bike.rsplit("-", 1)[0], bike, batch, now_s) for batch in batches])
        _speak(store, bike, number, now_s - (42 * 60 if bike == SILENT else 20))
    tally(store.engine)


def _speak(store: Store, bike: str, number: int, at_s: float) -> None:
    place, host_city = PLACES[number]
    halt = Place(place=place, host_city=host_city, left_min=85) if number != len(BIKES) - 1 else None
    state = State(halt=halt, soc_pct=71 - 9 * number, machines=_MACHINES, queue=3)
    for leaf, said in (
        (Leaf.STATUS, Status(online=True)),
        (Leaf.ABOUT, About(software="0.1.0")),
        (Leaf.STATE, state),
    ):
        store.show(bike.rsplit("-", 1)[0], bike, leaf, said.model_dump_json(), at_s)


def _year(chance: random.Random, begin_s: float, number: int) -> Iterator[tuple[float, Record]]:
    """A halt every few days."""
    yield 1.0, network(begin_s)
    for day in range(number, DAYS, 3 + number):
        start_s = day * DAY_S
        place, host_city = chance.choice(PLACES)
        minutes = chance.choice((120, 180, 240))
        yield start_s, HaltOpened(place=place, host_city=host_city, minutes=minutes)
        for turn in range(chance.randint(1, 9)):
            yield from job(chance, start_s + 1200.0 * (turn + 1))
        if day < DAYS - 3:
            end_s = start_s + 14_400.0
            yield end_s, HaltClosed(place=place, host_city=host_city, minutes=minutes)
