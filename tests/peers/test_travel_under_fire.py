"""20,000 records through TLS, certificates and rules into PostgreSQL, while all on the way is killed."""

import asyncio
import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from onboard.messages import Energy, JobDone, MachineKind, Record
from onboard.uplink.outbox import Entry, Outbox
from tests.city.guarded import Guarded, Proxy
from tests.city.setting import until
from tests.peers.postgres_server import Postgres

pytestmark = [pytest.mark.peers, pytest.mark.broker]
ROOT = Path(__file__).parents[2]
ROWS = 20_000
KILLS = 16
LONG_S = 300.0


@dataclass(slots=True)
class Field:
    """A bike, a line, a broker and two receivers, each of which can be killed."""

    folder: Path
    database: str
    broker: Guarded
    line: Proxy
    how: str
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def outbox(self) -> Path:
        """The bike's file."""
        return self.folder / "bike.db"

    def command(self, who: str) -> list[str]:
        """How a process is started."""
        if who == "bike":
            settings = self.broker.bike("creteil-1", self.line.port).model_dump_json()
            return ["tests.city.lone_bike", settings, "creteil-1", str(self.outbox), self.how]
        update = {"client_id": who, "group": "city", "live": who == "receiver-1"}
        return ["city.worker", self.broker.city().model_copy(update=update).model_dump_json(), self.database]

    def start(self, who: str) -> None:
        """Start the bike or a receiver."""
        self.processes[who] = subprocess.Popen(
            [sys.executable, "-m", *self.command(who)], cwd=ROOT, stdin=subprocess.PIPE
        )

    async def kill(self, who: str) -> None:
        """Kill one of them, or cut the line, and put another in its place."""
        match who:
            case "line":
                await self.line.cut()
            case "broker":
                self.broker.kill()
                await asyncio.to_thread(self.broker.start)
            case _:
                self.end(who)
                self.start(who)

    def end(self, who: str) -> None:
        """Kill a process."""
        process = self.processes.pop(who)
        process.kill()
        process.communicate()

    def received(self) -> list[int]:
        """The record numbers at the city."""
        with psycopg.connect(self.database) as database:
            return [seq for (seq,) in database.execute("SELECT seq FROM record ORDER BY seq")]

    def waiting(self) -> int:
        """Rows on the bike."""
        with closing(sqlite3.connect(self.outbox, timeout=30)) as database:
            return int(database.execute("SELECT count(*) FROM row").fetchone()[0])

    def written(self) -> int:
        """The number of the bike's last record."""
        with closing(sqlite3.connect(self.outbox, timeout=30)) as database:
            return int(database.execute("SELECT last_seq FROM boot").fetchone()[0])


def records() -> list[Entry]:
    """A year of a bike that is seldom heard: energy every minute, and what was made."""
    kinds: list[Record] = [
        *[Energy(seconds=60, used_wh=3.0, soc_pct=60)] * 9,
        JobDone(kind=MachineKind.MILL, minutes=25, energy_wh=30.0),
    ]
    texts = [(record.type, record.model_dump_json(exclude_none=True)) for record in kinds]
    return [Entry(float(i), *texts[i % len(texts)]) for i in range(ROWS)]


@pytest.fixture
def fill(tmp_path: Path) -> Callable[[], None]:
    """Fill the bike's outbox."""

    def filled() -> None:
        with closing(Outbox(tmp_path / "bike.db", "boot")) as outbox:
            outbox.append(records())

    return filled


async def play(field: Field, seed: int) -> None:
    """Let all records travel, and kill at random whenever another share of them has come in."""
    chance = random.Random(seed)  # noqa: S311 - a repeatable experiment
    field.broker.prepare()
    field.broker.start()
    await field.line.start()
    everybody = ["receiver-1", "receiver-2", "bike"]
    for who in everybody:
        field.start(who)
    for kill in range(KILLS):
        goal = (kill + chance.random()) * ROWS / KILLS
        await until(lambda goal=goal: field.waiting() <= ROWS - goal, LONG_S)
        await field.kill(chance.choice([*everybody, "broker", "broker", "line"]))
    await until(lambda: field.waiting() == 0, LONG_S)


async def tidy(field: Field) -> None:
    """End everything that runs."""
    for who in list(field.processes):
        field.end(who)
    with suppress(OSError):
        field.broker.kill()
    await field.line.stop()


@pytest.mark.parametrize("seed", range(2))
async def test_every_record_arrives_once(
    tmp_path: Path, postgres: Postgres, fill: Callable[[], None], seed: int
):
    """Exactly once, no gap, nothing left on the bike: only the city's committed watermark removes rows."""
    broker = Guarded(tmp_path)
    field = Field(tmp_path, postgres.database("fire"), broker, Proxy(broker.port), "patient")
    fill()
    try:
        await play(field, seed)
        assert field.received() == list(range(1, field.written() + 1))
        assert field.written() >= ROWS + 1
        with psycopg.connect(field.database) as database:
            assert database.execute("SELECT count(*) FROM record WHERE type = 'gap'").fetchone() == (0,)
            assert database.execute("SELECT upto, lost, ahead FROM boot").fetchall() == [
                (field.written(), 0, "[]")
            ]
            assert database.execute("SELECT sum(messages) FROM refused").fetchone() == (None,)
    finally:
        await tidy(field)


async def test_the_same_loses_records_when_the_broker_is_believed(
    tmp_path: Path, postgres: Postgres, fill: Callable[[], None]
):
    """A bike that forgets rows at the broker's receipt loses some of them: the test above can fail."""
    broker = Guarded(tmp_path)
    field = Field(tmp_path, postgres.database("hasty"), broker, Proxy(broker.port), "hasty")
    fill()
    try:
        await play(field, 0)
        async with asyncio.timeout(LONG_S):
            before = -1
            while (now := len(field.received())) > before:  # what is still on its way may arrive
                before = now
                await asyncio.sleep(3)
        lost = set(range(1, field.written() + 1)) - set(field.received())
        assert lost, "the broker was believed, and yet nothing was lost"
    finally:
        await tidy(field)
