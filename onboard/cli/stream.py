"""`dipbike stream`: sends a G-code file to a machine."""

import asyncio
import json
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TypeAlias

import click

from drivers.device import Device
from drivers.errors import TransportError
from drivers.gcode import Program
from drivers.types import Progress
from drivers.wired import Dialect, open_wired
from onboard.cli.common import EXIT_REFUSED, fail, json_option
from onboard.cli.main import become
from onboard.streaming import Outcome, Result, stream

Opener: TypeAlias = Callable[[str, Dialect, str, int], Device]
SIMULATED = "sim://"
REHEARSAL = "onboard.cli.rehearse"


def make_command(open_machine: Opener) -> click.Command:
    """Build `dipbike stream` for machines that are opened in one way."""

    @click.command(name="stream")
    @click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
    @click.option(
        "--port", required=True, help="/dev/serial/by-id/..., socket://HOST:PORT or sim://marlin?speed=10"
    )
    @click.option("--protocol", type=click.Choice(["marlin", "grbl"]), required=True)
    @click.option("--baud", type=click.IntRange(9600, 2_000_000), default=115200, show_default=True)
    @json_option
    def command(*, file: Path, port: str, protocol: Dialect, baud: int, as_json: bool) -> None:
        """Send FILE to a machine, without queue; exit code 0 only if the machine executed all of it."""
        if port.startswith(SIMULATED) and open_machine is open_wired:
            become(REHEARSAL, sys.argv[1:])  # a real machine's stream does not carry the virtual ones along
        program = Program.from_file(file)
        with click.progressbar(length=len(program.data), label=file.name, hidden=as_json) as bar:
            report: Callable[[Progress], None] = lambda done: bar.update(done.bytes_done - bar.pos)  # noqa: E731 - one line
            try:
                device = open_machine("stream", protocol, port, baud)
                outcome = asyncio.run(_stream(device, protocol, program, report))
            except TransportError as error:
                fail(str(error), EXIT_REFUSED)
        click.echo(json.dumps(asdict(outcome)) if as_json else describe(outcome))
        raise SystemExit(exit_code(outcome))

    return command


async def _stream(
    device: Device, protocol: Dialect, program: Program, report: Callable[[Progress], None]
) -> Outcome:
    """Stream so that Ctrl-C and SIGTERM cancel the program and turn the heat off."""
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


stream_command = make_command(open_wired)

if __name__ == "__main__":
    stream_command(prog_name="dipbike stream")
