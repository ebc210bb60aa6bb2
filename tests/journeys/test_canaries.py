"""Fifty identities planted on the bike: not one reaches the broker, the city, an export or a log."""

import os
import pty
import sqlite3
import threading
import tty
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from city.app import Desk, create_app
from city.store import open_engine
from city.views import Reader
from drivers.types import DeviceKind
from jobs.types import Design, DesignKind
from onboard.broker import HOST
from onboard.control.messages import ApproveJob, OpenHalt
from onboard.demo.stage import Stage, start_city, start_daemon, start_machines
from onboard.sender import RefusedError, Sender
from tests.journeys.bikeside import BikeSide, until

pytestmark = [pytest.mark.broker, pytest.mark.thorough]

FILES, TAGS, REPLIES = 6, 2, 10
PLACES_IN_A_FILE = ("name", "title", "desc", "comment", "id", "key")


def canary(number: int) -> str:
    """An identity that stands nowhere else."""
    return f"Kanari{number:02d}Zqx"


CANARIES = [canary(number) for number in range(FILES * len(PLACES_IN_A_FILE) + 2 * TAGS + REPLIES)]


class Spy:
    """Hears everything at the broker."""

    def __init__(self, port: int) -> None:
        self.heard = bytearray()
        self._client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
        self._client.on_connect = lambda client, *_: client.subscribe("#", qos=1)
        self._client.on_message = self._on_message
        self._client.connect(HOST, port)
        self._client.loop_start()

    def stop(self) -> None:
        """Listen no more."""
        self._client.disconnect()
        self._client.loop_stop()

    def _on_message(self, _client: object, _data: object, message: MQTTMessage) -> None:
        self.heard += message.topic.encode() + b" " + bytes(message.payload) + b"\n"


@contextmanager
def talkative_printer(link: Path, words: list[str]) -> Iterator[None]:
    """A board in the printer's place that puts an identity into each of its replies, and then fails."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    link.unlink()
    link.symlink_to(os.ttyname(slave))
    ended = threading.Event()

    def answer() -> None:
        turn = 0
        with suppress(OSError):
            while not ended.is_set() and os.read(master, 4096):
                word = words[turn % len(words)]
                turn += 1
                os.write(master, f"echo:{word}\nFIRMWARE_NAME:Marlin {word} MACHINE_TYPE:{word}\n".encode())
                os.write(master, f"ok {word}\nError:{word} kill() called\n".encode())

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        os.close(slave)
        os.close(master)


def drawing(folder: Path, words: list[str]) -> Path:
    """A drawing whose file, title, description, comment and names tell who made it."""
    name, title, desc, comment, identity, _key = words
    file = folder / f"{name}.svg"
    file.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 60" width="60mm" height="60mm">'
        f"<title>{title}</title><desc>{desc}</desc><!-- {comment} -->"
        f'<rect id="{identity}" x="10" y="10" width="30" height="20" fill="none" stroke="black"/></svg>',
        encoding="utf-8",
    )
    return file


async def bring(side: BikeSide, folder: Path, words: Iterator[str]) -> None:
    """Designs with identities in all their words: some cannot be made, the others are approved."""
    sender = Sender(side.stage.settings.paths)
    drafts = []
    for _ in range(FILES):
        own = [next(words) for _ in PLACES_IN_A_FILE]
        design = Design(DesignKind.DRAWING, DeviceKind.MILL)
        drafts.append(await sender.draft(own[-1], design, drawing(folder, own)))
    for _ in range(TAGS):
        design = Design(DesignKind.NAME_TAG, DeviceKind.MILL, parameters={"text": next(words)})
        tag = await sender.draft(next(words), design)
        with pytest.raises(RefusedError, match="too wide for these letters"):
            await sender.prepared(tag)
    for job in drafts:
        await sender.prepared(job)
        await sender.send(job)
        await side.ask(ApproveJob(job=job))


def exports(stage: Stage) -> bytes:
    """Everything that the city's server hands out."""
    engine = open_engine(stage.layout.city_database, read_only=True)
    routes = create_app(Desk(Reader(engine), closing=None)).routes  # type: ignore[arg-type] # only its addresses
    engine.close()
    paths = [route.path for route in routes if isinstance(route, APIRoute) and "{" not in route.path]
    handed_out = bytearray()
    for path in paths:
        if path != "/events":  # a stream of the same regions, without an end
            with urllib.request.urlopen(f"http://{HOST}:{stage.ports.city}{path}", timeout=30) as answer:
                handed_out += answer.read()
    return bytes(handed_out)


def received(stage: Stage) -> set[str]:
    """The types of the records at the city."""
    with closing(sqlite3.connect(stage.layout.city_database)) as database:
        return {kind for (kind,) in database.execute("SELECT DISTINCT type FROM record")}


def kept(stage: Stage) -> dict[str, bytes]:
    """What lies in the city's database, in the bike's outbox and in the logs."""
    files = [*stage.settings.paths.state.glob("outbox.db*"), *stage.layout.folder.glob("city.db*")]
    return {path.name: path.read_bytes() for path in (*files, *stage.layout.logs.iterdir())}


async def test_fifty_identities_stay_on_the_bike(stage: Stage, tmp_path: Path):
    """What participants type, name and draw, and what a machine replies, is neither published nor logged."""
    side, words = BikeSide(stage), iter(CANARIES)
    spy = Spy(stage.ports.broker)
    await start_machines(stage, 10.0)
    await start_city(stage)
    replies = [next(words) for _ in range(REPLIES)]
    with talkative_printer(stage.layout.machines / "marlin", replies):
        await start_daemon(stage)
        await side.ask(OpenHalt(place="Parc", host_city="Antony", minutes=180, reserve_wh=0.0))
        await bring(side, tmp_path, words)

        async def told() -> bool:
            return {"job.queued", "halt.opened", "fault"} <= received(stage)

        await until(told, "the city to hear of jobs and of the fault")
        handed_out = exports(stage)
    spy.stop()
    assert next(words, None) is None, "all are planted"
    assert len(CANARIES) == 50
    everything = {"MQTT": bytes(spy.heard), "exports": handed_out, **kept(stage)}
    assert b"job.queued" in everything["MQTT"]
    found = {
        (word, place)
        for place, content in everything.items()
        for word in CANARIES
        if word.lower().encode() in content.lower()
    }
    assert found == set()
