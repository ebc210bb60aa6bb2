"""`dipbike daemon`: runs the machines, the queue and the telemetry."""

import asyncio
import logging
from pathlib import Path

import click

from onboard import config
from onboard.cli.common import EXIT_REFUSED, config_option, fail
from onboard.config import ConfigError
from onboard.daemon import run_daemon
from onboard.ownership import StartError


@click.command()
@config_option
@click.option("--verbose", is_flag=True, help="Log what the drivers do.")
def daemon_command(config_path: Path, verbose: bool) -> None:  # noqa: FBT001 - a command-line flag
    """Run the bike until SIGTERM; machines are made safe at start and at the end.

    A jobs database that cannot be used keeps it in safe mode: nothing starts, and the pages say why.
    Exit code 2 when settings or folders cannot be used; machines that could be reached are off then.
    """
    logging.basicConfig(level=logging.DEBUG if verbose else logging.INFO, format="%(name)s: %(message)s")
    try:
        asyncio.run(run_daemon(config.load(config_path)))
    except (ConfigError, StartError) as error:
        fail(str(error), EXIT_REFUSED)


if __name__ == "__main__":
    daemon_command(prog_name="dipbike daemon")
