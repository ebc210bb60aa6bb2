"""`dipbike stream`: sends a G-code file to a machine."""

import asyncio
import json
import signal
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import click

from drivers.errors import TransportError
from drivers.gcode import Program
from drivers.registry import Dialect, open_device
from drivers.types import Progress
from onboard.cli.common import EXIT_REFUSED, fail, json_option
from onboard.streaming import Outcome, Result, stream


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--port", required=True, help="/dev/serial/by-id/..., socket://HOST:PORT or sim://marlin?speed=10"
)
@click.option("--protocol", type=click.Choice(["marlin", "grbl"]), required=True)
@click.option("--baud", type=click.IntRange(9600, 2_000_000), default=115200, show_default=True)
@json_option
def stream_command(*, file: Path, port: str, protocol: Dialect, baud: int, as_json: bool) -> None:
    """Send FILE to a machine, without queue; exit code 0 only if the machine executed all of it."""
    program = Program.from_bytes(file.read_bytes())
    with click.progressbar(length=len(program.data), label=file.name, hidden=as_json) as bar:
        report: Callable[[Progress], None] = lambda done: bar.update(done.bytes_done - bar.pos)  # noqa: E731 - one line
        try:
            outcome = asyncio.run(_stream(port, protocol, baud, program, report))
        except TransportError as error:
            fail(str(error), EXIT_REFUSED)
    if as_json:
        click.echo(json.dumps(asdict(outcome)))
    else:
        click.echo(describe(outcome))
    raise SystemExit(exit_code(outcome))


async def _stream(
    port: str, protocol: Dialect, baud: int, program: Program, report: Callable[[Progress], None]
) -> Outcome:
    """Stream so that Ctrl-C and SIGTERM cancel the program and turn the heat off."""
    device = open_device("stream", protocol, port, baud)
    work = asyncio.create_task(stream(device, program, protocol, report), name="stream")
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, work.cancel)
    return await work


def describe(outcome: Outcome) -> str:
    """How it went, for a person."""
    counts = (
        f"{outcome.lines} lines, {outcome.bytes} bytes, {outcome.elapsed_s:.1f} s, {outcome.resends} resends"
    )
    return f"{outcome.result}: {counts}" + (f"\n{outcome.message}" if outcome.message else "")


def exit_code(outcome: Outcome) -> int:
    """0 for done, EXIT_REFUSED when nothing was sent, 1 for everything else."""
    if outcome.result is Result.DONE:
        return 0
    return EXIT_REFUSED if outcome.result is Result.REFUSED else 1


if __name__ == "__main__":
    stream_command(prog_name="dipbike stream")
