"""The whole bike in processes of its own, with virtual machines on pseudo-terminals."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from onboard import config
from onboard.broker import find_mosquitto, run_broker
from onboard.demo.crew import Crew
from onboard.demo.settings import Layout, Ports, write_settings
from onboard.demo.stage import Stage
from onboard.ports import free_port


@pytest_asyncio.fixture
async def lone(tmp_path: Path) -> AsyncIterator[Stage]:
    """The settings of a bike whose broker is down; each test starts the processes it needs."""
    layout = _layout(tmp_path)
    ports = Ports(kiosk=free_port(), city=free_port(), broker=free_port())
    write_settings(layout, ports, mqtt_is_v3=find_mosquitto() is None)
    crew = Crew(layout.logs)
    try:
        yield Stage(crew, layout, ports, config.load(layout.config))
    finally:
        await crew.end()


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A broker and the settings of a bike; each test starts the processes it needs."""
    layout = _layout(tmp_path)
    async with run_broker(tmp_path) as broker:
        ports = Ports(kiosk=free_port(), city=free_port(), broker=broker.port)
        write_settings(layout, ports, mqtt_is_v3=broker.kind == "amqtt")
        crew = Crew(layout.logs)
        try:
            yield Stage(crew, layout, ports, config.load(layout.config))
        finally:
            await crew.end()


def _layout(folder: Path) -> Layout:
    """The folders of a stage, made."""
    layout = Layout(folder)
    for part in (layout.machines, layout.black_boxes, layout.logs):
        part.mkdir(parents=True)
    return layout
