"""`dipbike estimate`: tells what a program takes in minutes and watt-hours."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from drivers.gcode import Program
from jobs.errors import JobError
from jobs.estimate.cost import estimate
from jobs.machines import PROFILES
from jobs.types import Estimate
from onboard.cli.common import json_option, refuse


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--machine", type=click.Choice(sorted(PROFILES)), default="i3", show_default=True)
@json_option
def estimate_command(file: Path, machine: str, as_json: bool) -> None:  # noqa: FBT001 - a command-line flag
    """Estimate the G-code program FILE on a machine."""
    try:
        program = Program.from_bytes(file.read_bytes())
    except OSError as error:
        refuse("unreadable", f"{file} cannot be read: {error}", as_json=as_json)
    if not program.line_count:
        refuse("empty", f"{file} holds no G-code.", as_json=as_json)
    try:
        cost = estimate(program, PROFILES[machine])
    except JobError as error:
        refuse(error.code, str(error), as_json=as_json)
    click.echo(json.dumps(asdict(cost)) if as_json else describe(cost))


def describe(cost: Estimate) -> str:
    """The cost for a person, as ranges."""
    return (
        f"{cost.duration_low_s / 60:.0f} to {cost.duration_high_s / 60:.0f} min, "
        f"{cost.energy_low_wh:.0f} to {cost.energy_high_wh:.0f} Wh, at most {cost.peak_w:.0f} W, "
        f"{cost.mass_g:.1f} g, {cost.layers} layers"
    )


if __name__ == "__main__":
    estimate_command(prog_name="dipbike estimate")
