"""`dipbike demo`: starts the whole bike with virtual machines."""

import asyncio
import tempfile
from pathlib import Path

import click

from onboard.broker import BrokerError
from onboard.cli.common import fail
from onboard.control.client import DaemonUnreachableError
from onboard.demo.crew import CrewError
from onboard.demo.show import show
from onboard.sender import RefusedError

DEMO_SPEED = 10.0
SLOWEST = 0.1
FASTEST = 30.0
"""Faster, the firmware's dead-man would run out between two signs of life of the host."""


@click.command()
@click.option("--real-time", is_flag=True, help="Let the machines take as long as real ones.")
@click.option("--speed", type=click.FloatRange(SLOWEST, FASTEST), default=DEMO_SPEED, show_default=True)
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep everything here instead of in a folder that is removed at the end.",
)
@click.option(
    "--printer",
    type=click.Choice(["marlin", "octoprint"]),
    default="marlin",
    show_default=True,
    help="A printer of ours, or the virtual one of a real OctoPrint, which is installed on first use.",
)
def demo_command(*, real_time: bool, speed: float, folder: Path | None, printer: str) -> None:
    """Start printer, mill, battery, daemon, kiosk and city on this computer, with virtual machines."""
    with tempfile.TemporaryDirectory(prefix="dipbike-demo-") as passing:
        where = folder.resolve() if folder else Path(passing)
        trouble = _show(where, 1.0 if real_time else speed, with_octoprint=printer == "octoprint")
    if trouble is not None:
        fail(str(trouble))


def _show(folder: Path, speed: float, *, with_octoprint: bool) -> BaseException | None:
    """Run the demo and return what ended it, if that was not a person."""
    try:
        asyncio.run(show(folder, speed, click.echo, with_octoprint=with_octoprint))
    except* (BrokerError, CrewError, RefusedError, DaemonUnreachableError, TimeoutError) as group:
        return_value: BaseException = group.exceptions[0]
    else:
        return None
    return return_value


if __name__ == "__main__":
    demo_command(prog_name="dipbike demo")
