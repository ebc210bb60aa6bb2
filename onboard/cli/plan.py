"""`dipbike plan`: plans jobs within time, energy and power."""

from pathlib import Path

import click

from jobs.errors import InstanceError
from jobs.planner.exchange import parse_instance, plan_json
from jobs.planner.instance import Plan
from jobs.planner.plan import plan
from onboard.cli.common import json_option, refuse


@click.command()
@click.argument("instance", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@json_option
def plan_command(instance: Path, as_json: bool) -> None:  # noqa: FBT001 - a command-line flag
    """Plan INSTANCE (JSON, the exchange format): who starts when, and why the others wait."""
    try:
        question = parse_instance(instance.read_bytes())
    except InstanceError as error:
        refuse(error.code, str(error), as_json=as_json)
    except OSError as error:
        refuse("unreadable", f"{instance} cannot be read: {error}", as_json=as_json)
    made = plan(question)
    click.echo(plan_json(made) if as_json else describe(made))


def describe(made: Plan) -> str:
    """The plan for a person."""
    starts = [f"{start.start_min:>4} min  {start.device:<12} {start.job}" for start in made.starts]
    held = [f"    held  {item.job}: {item.sentence.en}" for item in made.held]
    total = f"{made.energy_wh:.1f} Wh, at most {made.peak_w:.0f} W"
    return "\n".join([*starts, *held, total])


if __name__ == "__main__":
    plan_command(prog_name="dipbike plan")
