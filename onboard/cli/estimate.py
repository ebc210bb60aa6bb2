"""`dipbike estimate`: tells what a program takes in minutes and watt-hours."""

import json
from pathlib import Path

import click

from jobs.errors import JobError
from jobs.estimate.cost import estimate_file
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
        cost = estimate_file(file, PROFILES[machine])
    except OSError as error:
        refuse("unreadable", f"{file} cannot be read: {error}", as_json=as_json)
    except JobError as error:
        refuse(error.code, str(error), as_json=as_json)
    click.echo(json.dumps(figures(cost)) if as_json else describe(cost))


def figures(cost: Estimate) -> dict[str, object]:
    """What `--json` prints: the duration counts from when the machine is warm and homed, as slicers count.

    Energy and peak are at the battery and from a cold start.
    """
    warm_share = 1.0 - cost.heat_s / cost.duration_s if cost.duration_s else 1.0
    return {
        "duration_s": cost.duration_s * warm_share,
        "duration_low_s": cost.duration_low_s * warm_share,
        "duration_high_s": cost.duration_high_s * warm_share,
        "energy_wh": cost.energy_wh,
        "energy_low_wh": cost.energy_low_wh,
        "energy_high_wh": cost.energy_high_wh,
        "mass_g": cost.mass_g,
        "length_mm": cost.length_mm,
        "layers": cost.layers,
        "bounds_mm": cost.bounds_mm,
        "peak_w": cost.peak_w,
    }


def describe(cost: Estimate) -> str:
    """The cost for a person, as ranges; warming up is told apart."""
    warm_share = 1.0 - cost.heat_s / cost.duration_s if cost.duration_s else 1.0
    low_s, high_s = cost.duration_low_s * warm_share, cost.duration_high_s * warm_share
    warming = f" after {cost.heat_s / 60:.0f} min of warming up" if cost.heat_s else ""
    return (
        f"{low_s / 60:.0f} to {high_s / 60:.0f} min{warming}, "
        f"{cost.energy_low_wh:.0f} to {cost.energy_high_wh:.0f} Wh, at most {cost.peak_w:.0f} W, "
        f"{cost.mass_g:.1f} g, {cost.layers} layers"
    )


if __name__ == "__main__":
    estimate_command(prog_name="dipbike estimate")
