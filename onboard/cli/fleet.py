"""`dipbike fleet`: lets virtual bikes speak to a broker, to see what a city's server bears."""

import asyncio
import time
from pathlib import Path
from typing import Final

import click

from onboard.fleet.show import Figures, Fleet
from onboard.fleet.wire import Broker

_FOR_EVER: Final = 60.0 * 24 * 365


@click.command()
@click.option("--bikes", type=click.IntRange(1, 5000), default=20, show_default=True, help="How many bikes.")
@click.option(
    "--rate",
    type=click.FloatRange(0.01, 600),
    default=1.0,
    show_default=True,
    help="Records of each bike a minute.",
)
@click.option("--minutes", type=click.FloatRange(0.01, _FOR_EVER), default=_FOR_EVER, help="Then stop.")
@click.option("--mqtt-host", "host", default="127.0.0.1", show_default=True, help="Name of the broker.")
@click.option("--mqtt-port", "port", type=click.IntRange(1, 65535), default=8883, show_default=True)
@click.option(
    "--ca", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Whom to trust: TLS."
)
@click.option(
    "--keys",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder with NAME.pem and NAME.key of each bike.",
)
def fleet_command(
    bikes: int, rate: float, minutes: float, host: str, port: int, ca: Path | None, keys: Path | None
) -> None:
    """Let virtual bikes work; never point it at a city in service."""
    fleet = Fleet(Broker(host, port, ca, keys), bikes, rate)
    try:
        click.echo(f"At the end: {asyncio.run(_run(fleet, 60.0 * minutes))}")
    except KeyboardInterrupt:
        click.echo(f"At the end: {fleet.figures()}")
    except OSError as error:
        raise click.ClickException(f"A key or certificate cannot be used: {error}.") from error


async def _run(fleet: Fleet, for_s: float) -> Figures:
    return await fleet.run(time.monotonic() + for_s, click.echo)


if __name__ == "__main__":
    fleet_command(prog_name="dipbike fleet")
