"""`dipbike submit`: sends a design to the queue of the running bike."""

import asyncio
import secrets
from pathlib import Path
from typing import Final

import click

from drivers.types import DeviceKind
from jobs.types import Design, DesignKind
from onboard.cli.common import EXIT_REFUSED, config_option, fail
from onboard.cli.settings import settings_of
from onboard.config import Config
from onboard.control.client import DaemonUnreachableError
from onboard.sender import RefusedError, Sender

KINDS: Final = {
    ".stl": (DesignKind.MESH, DeviceKind.PRINTER),
    ".3mf": (DesignKind.MESH, DeviceKind.PRINTER),
    ".obj": (DesignKind.MESH, DeviceKind.PRINTER),
    ".svg": (DesignKind.DRAWING, DeviceKind.MILL),
}


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@config_option
def submit_command(file: Path, config_path: Path) -> None:
    """Prepare FILE (STL, 3MF, OBJ or SVG), send it to the mediator and print its ticket."""
    if file.suffix.lower() not in KINDS:
        fail(f"{file.name} is no STL, 3MF, OBJ or SVG file.", EXIT_REFUSED)
    settings = settings_of(config_path)
    try:
        ticket = asyncio.run(submit(settings, file))
    except (DaemonUnreachableError, OSError) as error:
        fail(str(error))
    except RefusedError as error:
        fail(str(error), EXIT_REFUSED)
    click.echo(ticket)


async def submit(settings: Config, file: Path) -> str:
    """Return the ticket of a file that was prepared and sent."""
    sender = Sender(settings.paths)
    kind, device = KINDS[file.suffix.lower()]
    job = await sender.draft(secrets.token_hex(16), Design(kind, device), file)
    click.echo("Preparing...", err=True)
    await sender.prepared(job)
    return await sender.send(job)


if __name__ == "__main__":
    submit_command(prog_name="dipbike submit")
