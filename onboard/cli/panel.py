"""`dipbike panel`: a hand on the contacts of a virtual panel."""

from pathlib import Path

import click

from drivers.errors import TransportError
from drivers.panel.sim import HANDLED
from drivers.panel.sim_socket import SocketLines
from drivers.panel.types import Input
from onboard.cli.common import EXIT_REFUSED, fail

LEVELS = {"open": False, "closed": True}


@click.command()
@click.argument("turns", nargs=-1, metavar="[NAME=open|closed]...")
@click.option("--link", type=click.Path(path_type=Path), required=True, help="The virtual panel's socket.")
def panel_command(turns: tuple[str, ...], link: Path) -> None:
    """Open or close contacts of a virtual panel, then show them all.

    NAME is mushroom_a, mushroom_b, lid, key or parked; a pressed mushroom is both of its contacts open.
    """
    wanted = [_turn(turn) for turn in turns]
    try:
        lines = SocketLines(str(link))
        for name, closed in wanted:
            lines.turn(name, closed)
        levels = lines.read()
        lines.close()
    except TransportError as error:
        fail(str(error))
    for name, closed in levels.items():
        click.echo(f"{name:<11}{'closed' if closed else 'open'}")


def _turn(text: str) -> tuple[Input, bool]:
    """Read one NAME=open or NAME=closed."""
    name, _, level = text.partition("=")
    if name not in HANDLED or level not in LEVELS:
        known = ", ".join(HANDLED)
        fail(f"{text!r} is no turn: write NAME=open or NAME=closed; the contacts are {known}.", EXIT_REFUSED)
    return Input(name), LEVELS[level]


if __name__ == "__main__":
    panel_command(prog_name="dipbike panel")
