"""Records on their way from the bike's disk to the city's, through a real broker and real deaths."""

import asyncio
import sqlite3
import sys
import time
from pathlib import Path

import pytest
from paho.mqtt.publish import single

from city.views import Presence
from onboard.broker import HOST, RunningBroker, run_broker
from onboard.messages import JobHeld, Leaf, MachineKind, code_of, topic
from onboard.messages.values import HeldReason
from onboard.ports import free_port
from tests.city.setting import DONE, bike, city, until

pytestmark = pytest.mark.broker
ROOT = Path(__file__).parents[2]
WORDS = ("Renard 12", "renard-12", "lina.stl")


def received(folder: Path) -> list[int]:
    """The record numbers in the city's store, in order; a city that is still opening its store has none."""
    database = sqlite3.connect(folder / "city.db")
    is_open = database.execute("SELECT 1 FROM sqlite_master WHERE name = 'record'").fetchone()
    found = database.execute("SELECT seq FROM record ORDER BY boot, seq") if is_open else ()
    rows = [seq for (seq,) in found]
    database.close()
    return rows


def content(folder: Path) -> bytes:
    """Every byte that the city and the bike have stored."""
    return b"".join(path.read_bytes() for path in folder.glob("*.db*"))


def refused(folder: Path) -> dict[str, int]:
    """How many messages were refused, by reason."""
    database = sqlite3.connect(folder / "city.db")
    rows = dict(database.execute("SELECT reason, messages FROM refused"))
    database.close()
    return rows


async def test_records_travel_once_and_empty_the_outbox(broker: RunningBroker, tmp_path: Path):
    """The city has each record once, and only its watermark removes them from the bike."""
    with city(broker, tmp_path):
        async with bike(broker, tmp_path) as telemetry:
            for _ in range(500):
                telemetry.record(DONE)
            await until(lambda: len(received(tmp_path)) > 500 and telemetry.waiting_rows == 0)
    assert received(tmp_path) == list(range(1, 502))


async def test_a_broker_receipt_alone_removes_nothing(broker: RunningBroker, tmp_path: Path):
    """Without a city Mosquitto confirms every message, but the bike keeps its rows for the city."""
    async with bike(broker, tmp_path) as telemetry:
        for _ in range(50):
            telemetry.record(DONE)
        await until(lambda: telemetry.connected)
        await asyncio.sleep(1.0)
        assert telemetry.waiting_rows == 51
        with city(broker, tmp_path):
            await until(lambda: telemetry.waiting_rows == 0)
    assert received(tmp_path) == list(range(1, 52))


async def test_a_broker_killed_on_the_way_loses_nothing(tmp_path: Path):
    """Kill -9 with messages in its memory, and another start on the same port."""
    port = free_port()
    async with run_broker(tmp_path, port, "mosquitto") as first:
        with city(first, tmp_path):
            async with bike(first, tmp_path) as telemetry:
                await until(lambda: telemetry.connected)
                for _ in range(2000):
                    telemetry.record(DONE)
                await until(lambda: len(received(tmp_path)) > 100)
                first.process.kill()
                await first.process.wait()
                for _ in range(200):
                    telemetry.record(DONE)
                await until(lambda: not telemetry.connected)
                async with run_broker(tmp_path, port, "mosquitto"):
                    await until(lambda: telemetry.connected and telemetry.waiting_rows == 0)
    assert received(tmp_path) == list(range(1, 2202))


async def test_a_city_killed_on_the_way_loses_nothing(broker: RunningBroker, tmp_path: Path):
    """Kill -9 of the whole city server while it writes, and another start on the same database."""
    async with bike(broker, tmp_path) as telemetry:
        first = await server(broker, tmp_path)
        await until(lambda: (tmp_path / "city.db").exists() and telemetry.connected)
        for _ in range(2000):
            telemetry.record(DONE)
        await until(lambda: len(received(tmp_path)) > 100)
        first.kill()
        await first.wait()
        telemetry.record(DONE)
        second = await server(broker, tmp_path)
        await until(lambda: telemetry.waiting_rows == 0)
        second.terminate()
        async with asyncio.timeout(8):
            await second.wait()
    assert received(tmp_path) == list(range(1, 2003))


async def server(broker: RunningBroker, folder: Path) -> asyncio.subprocess.Process:
    """The city's own program."""
    program = (sys.executable, "-m", "city.server", "--port", str(free_port()))
    options = ("--mqtt-host", HOST, "--mqtt-port", str(broker.port), "--db", str(folder / "city.db"))
    return await asyncio.create_subprocess_exec(*program, *options, cwd=ROOT)


async def test_junk_is_refused_and_counted(broker: RunningBroker, tmp_path: Path):
    """Neither strangers nor extra fields get in, and honest records still do."""
    evt, state = topic("creteil", "creteil-1", Leaf.EVT), topic("creteil", "creteil-1", Leaf.STATE)
    smuggled = (
        '{"v":1,"boot":"%s","r":[[1,1,"job.done",{"kind":"mill","minutes":5,"energy_wh":1,"ticket":"%s"}]]}'
    )
    junk = [
        (evt, b"\x00\xff no json"),
        (evt, b"[" * 50_000),
        (evt, b" " * 70_000),
        (evt, b'{"v":2,"boot":"0000000000000000","r":[]}'),
        (evt, (smuggled % ("0" * 16, WORDS[0])).encode()),
        (state, b'{"v":1,"queue":3,"file":"lina.stl"}'),
        ("dipbike/v1/Cr\u00e9teil/<script>/evt", b"{}"),
    ]
    with city(broker, tmp_path):
        await asyncio.sleep(0.5)
        for where, payload in junk:
            await asyncio.to_thread(single, where, payload, qos=1, hostname=HOST, port=broker.port)
        await until(lambda: sum(refused(tmp_path).values()) == len(junk))
        assert refused(tmp_path) == {"schema": 5, "size": 1, "topic": 1}
        async with bike(broker, tmp_path) as telemetry:
            telemetry.record(DONE)
            await until(lambda: telemetry.connected and telemetry.waiting_rows == 0)
    assert received(tmp_path) == [1, 2]
    everything = content(tmp_path)
    assert not any(word.encode() in everything for word in WORDS)


async def test_a_word_of_a_child_never_reaches_the_city(broker: RunningBroker, tmp_path: Path):
    """Even as a reason code from elsewhere in the program, a ticket is not passed on."""
    with city(broker, tmp_path):
        async with bike(broker, tmp_path) as telemetry:
            for word in WORDS:
                telemetry.record(JobHeld(kind=MachineKind.MILL, reason=code_of(HeldReason, word)))
            await until(lambda: telemetry.connected and telemetry.waiting_rows == 0)
    everything = content(tmp_path)
    assert b"job.held" in everything
    assert not any(word.encode() in everything for word in WORDS)


async def test_a_bike_that_dies_is_shown_as_silent(broker: RunningBroker, tmp_path: Path):
    """Its will turns the desk's live row into silence, without anybody saying goodbye."""
    program = (sys.executable, "-m", "tests.city.lone_bike", broker.settings.model_dump_json())
    with city(broker, tmp_path) as reader:
        lone = await asyncio.create_subprocess_exec(
            *program, "creteil-1", str(tmp_path / "bike.db"), cwd=ROOT
        )
        await until(lambda: [b.presence for b in reader.overview(time.time()).bikes] == [Presence.AT_HALT])
        lone.kill()
        await lone.wait()
        await until(lambda: reader.overview(time.time()).bikes[0].presence is Presence.SILENT)


async def test_without_mosquitto_amqtt_carries_the_demonstration(tmp_path: Path):
    """The broker of the `demo` extra brings the same records over MQTT 3.1.1."""
    async with run_broker(tmp_path, kind="amqtt") as broker:
        with city(broker, tmp_path):
            async with bike(broker, tmp_path) as telemetry:
                for _ in range(60):
                    telemetry.record(DONE)
                await until(lambda: len(received(tmp_path)) > 60 and telemetry.waiting_rows == 0)
    assert received(tmp_path) == list(range(1, 62))
