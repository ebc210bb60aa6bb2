"""The event stream: everything first, never silent, honest about a silent bike, quick to end."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx

from kiosk.app import create_app
from kiosk.events import QUEUE_LENGTH, Feed, Moment, stream
from onboard.config import Config
from onboard.control.client import ControlClient
from onboard.ports import free_port

Event = tuple[str, dict[str, str]]


async def nothing(_moment: Moment) -> dict[str, str]:
    """A page whose regions never change."""
    return {"notice": "", "now": "<p>1</p>"}


async def events(lines: AsyncIterator[str]) -> AsyncIterator[Event]:
    """Parse a stream as a browser does."""
    name, data = "", ""
    async for line in lines:
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            data += line.removeprefix("data: ")
        elif not line and data:
            yield name, json.loads(data)
            name, data = "", ""


async def test_the_first_event_is_the_whole_state(served: httpx.AsyncClient) -> None:
    """A page that opens or comes back gets every region, and learns that the bike is silent."""
    async with served.stream("GET", "/flux", headers={"Accept-Language": "en"}) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        name, regions = await anext(events(answer.aiter_lines()))
    assert name == "state"
    assert regions.keys() == {"notice", "now", "battery"}
    assert "The bike does not answer" in regions["notice"]


async def test_a_stream_speaks_at_least_every_three_seconds(served: httpx.AsyncClient) -> None:
    """Silence always means a lost link, so a page may trust its watchdog."""
    clock = asyncio.get_running_loop().time
    async with served.stream("GET", "/flux") as answer:
        coming = events(answer.aiter_lines())
        await anext(coming)
        before = clock()
        name, regions = await anext(coming)
    assert clock() - before < 3.0
    assert (name, regions) == ("beat", {})


async def test_a_frozen_daemon_is_shown_as_silent(tmp_path: Path) -> None:
    """A daemon that accepts but never answers counts as one that is gone."""

    async def freeze(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(5)
        writer.close()

    path = tmp_path / "control.sock"
    async with await asyncio.start_unix_server(freeze, path):
        feed = Feed(ControlClient(path, 0.1))
        assert await feed.look() == Moment(None)


async def test_a_closed_feed_ends_open_and_late_streams(tmp_path: Path) -> None:
    """The server waits for nobody who only listens."""
    feed = Feed(ControlClient(tmp_path / "nobody"))
    open_stream = stream(feed, nothing)
    assert (await anext(open_stream)).startswith(b"event: state")
    feed.close()
    assert [event async for event in open_stream] == []
    assert len([event async for event in stream(feed, nothing)]) == 1


async def test_a_slow_tablet_holds_no_more_than_its_queue(tmp_path: Path) -> None:
    """What a tablet did not fetch is dropped, oldest first; the end always arrives."""
    feed = Feed(ControlClient(tmp_path / "nobody"))
    with feed.watch() as queue:
        for _ in range(3 * QUEUE_LENGTH):
            feed.close()
        assert queue.qsize() == QUEUE_LENGTH
        assert queue.get_nowait() is None


async def test_a_stream_of_an_unknown_job_says_so(served: httpx.AsyncClient, config: Config) -> None:
    """A ticket that was erased elsewhere tells its page instead of breaking."""
    async with served.stream("GET", f"/flux/ticket/{'0' * 32}") as answer:
        _, regions = await anext(events(answer.aiter_lines()))
    assert regions.keys() == {"notice"}
    assert "banner" in regions["notice"]


async def test_a_signal_ends_the_server_while_tablets_listen(config: Config, tmp_path: Path) -> None:
    """SIGTERM is obeyed at once, with streams open, and without a traceback."""
    settings = tmp_path / "dipbike.toml"
    port = free_port()
    settings.write_text(
        f'[paths]\nstate = "{tmp_path}"\nrun = "{tmp_path}"\n[kiosk]\nhost = "127.0.0.1"\nport = {port}\n'
    )
    command = [sys.executable, "-m", "kiosk.server", "--config", str(settings)]
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    assert process.stderr is not None
    assert b"Serving the kiosk" in await asyncio.wait_for(process.stderr.readline(), 20)
    address = f"http://127.0.0.1:{port}/flux"
    transport = httpx.AsyncHTTPTransport(retries=5)
    async with httpx.AsyncClient(transport=transport) as client, client.stream("GET", address) as answer:
        coming = events(answer.aiter_lines())
        await anext(coming)
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(2):
            rest = [event async for event in coming]
    async with asyncio.timeout(2):
        _, said = await process.communicate()
    assert all(name == "beat" for name, _ in rest)
    assert b"Traceback" not in said


async def test_watching_starts_and_ends_with_the_server(config: Config) -> None:
    """The one task that polls the bike is held by the application's life."""
    app = create_app(config)
    before = asyncio.all_tasks()
    async with app.router.lifespan_context(app):
        names = {task.get_name() for task in asyncio.all_tasks() - before}
        assert names == {"watch the bike"}
    assert {task for task in asyncio.all_tasks() if task.get_name() == "watch the bike"} == set()
