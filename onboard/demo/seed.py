"""Opens a halt at a school in Créteil and brings the first designs."""

import asyncio
from pathlib import Path
from typing import Final

from drivers.types import DeviceKind
from jobs.types import Design, DesignKind
from onboard.config import Config
from onboard.control.client import ControlClient
from onboard.control.messages import AskRobot, OpenHalt
from onboard.sender import RefusedError, Sender

SAMPLES: Final = Path(__file__).parent / "samples"

HALT: Final = OpenHalt(place="École Victor-Hugo", host_city="Créteil", minutes=180, reserve_wh=250.0)

SQUARE: Final = AskRobot(
    key="demo-seed-robot",
    program='{"version": 1, "steps": [{"do": "light", "red": 0, "green": 100, "blue": 0}, {"do": "repeat", '
    '"times": 4, "steps": [{"do": "move", "mm": 200}, {"do": "turn", "deg": 90}]}]}',
)

PREPARE_S: Final = 180.0

SEEDS: Final = (
    (Design(DesignKind.NAME_TAG, DeviceKind.PRINTER, parameters={"text": "Zoë"}), None),
    (Design(DesignKind.DRAWING, DeviceKind.MILL), SAMPLES / "etoile.svg"),
    (Design(DesignKind.NAME_TAG, DeviceKind.PRINTER, parameters={"text": "DIPbike"}), None),
)


async def seed(config: Config) -> None:
    """Open the halt and send each design to the mediator.

    Raises:
        RefusedError: the daemon refused something.
        TimeoutError: preparing took longer than PREPARE_S.
    """
    opened = await ControlClient(config.paths.control_socket).ask(HALT)
    if opened.refusal is not None:
        raise RefusedError(opened.refusal.text_en)
    sender = Sender(config.paths)
    async with asyncio.timeout(PREPARE_S):
        for number, (design, file) in enumerate(SEEDS):
            job = await sender.draft(f"demo-seed-{number}", design, file)
            await sender.prepared(job)
            await sender.send(job)
    asked = await ControlClient(config.paths.control_socket).ask(SQUARE)
    if asked.refusal is not None:
        raise RefusedError(asked.refusal.text_en)
