"""Kiosks: one in a folder of its own with nobody on the control socket, and one of a whole virtual bike."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from kiosk.app import create_app
from kiosk.server import server_of
from onboard.config import Config, KioskSection, PathsSection
from tests.kiosk.virtual_bike import Bike, running, settled


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Settings with small limits, so that tests need little data."""
    return Config(
        paths=PathsSection(state=tmp_path / "state", run=tmp_path / "run"),
        kiosk=KioskSection(
            host="127.0.0.1", public_url="http://velo.example", upload_limit_mb=1, spool_limit_mb=10
        ),
    )


@asynccontextmanager
async def serving(config: Config) -> AsyncIterator[httpx.AsyncClient]:
    """The real server on a free port, and a client whose commands come from its own pages."""
    listener = socket.create_server(("127.0.0.1", 0))
    base = f"http://127.0.0.1:{listener.getsockname()[1]}"
    server = server_of(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:  # noqa: ASYNC110 - uvicorn offers no event to wait for
        await asyncio.sleep(0.01)
    try:
        async with httpx.AsyncClient(base_url=base, headers={"Origin": base}, timeout=20) as client:
            yield client
    finally:
        server.stop()
        await task


@pytest.fixture
async def client(config: Config) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a kiosk without a daemon and without a socket."""
    transport = httpx.ASGITransport(create_app(config))
    base = "http://velo.example"
    async with httpx.AsyncClient(transport=transport, base_url=base, headers={"Origin": base}) as browser:
        yield browser


@pytest.fixture
async def served(config: Config) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a kiosk without a daemon, over a real connection."""
    async with serving(config) as browser:
        yield browser


@pytest.fixture(scope="session")
def bike(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bike]:
    """A whole virtual bike for all tests that only add jobs to it."""
    folder = tmp_path_factory.mktemp("bike")
    with running(settled(folder)) as whole:
        yield whole
