"""The whole bike in processes of its own, with virtual machines on pseudo-terminals."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from onboard import config
from onboard.broker import run_broker
from onboard.demo.crew import Crew
from onboard.demo.settings import Layout, Ports, free_port, write_settings
from onboard.demo.stage import Stage


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A broker and the settings of a bike; each test starts the processes it needs."""
    layout = Layout(tmp_path)
    for folder in (layout.machines, layout.black_boxes, layout.logs):
        folder.mkdir(parents=True)
    async with run_broker(tmp_path) as broker:
        ports = Ports(kiosk=free_port(0), city=free_port(0), broker=broker.port)
        write_settings(layout, ports, mqtt_is_v3=broker.kind == "amqtt")
        crew = Crew(layout.logs)
        try:
            yield Stage(crew, layout, ports, config.load(layout.config))
        finally:
            await crew.end()
