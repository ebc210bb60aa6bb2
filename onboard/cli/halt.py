"""`dipbike halt`: shows, opens, changes and closes the halt of the running bike."""

import asyncio
from enum import StrEnum
from pathlib import Path
from typing import Final

import click
from pydantic import ValidationError

from jobs.store.groups import Group
from onboard.cli.common import EXIT_REFUSED, config_option, fail
from onboard.cli.settings import settings_of
from onboard.control.client import ControlClient, DaemonUnreachableError
from onboard.control.messages import (
    ChangeReserve,
    CloseHalt,
    ExtendHalt,
    GetStatus,
    MoveHalt,
    OpenHalt,
    Reply,
    Request,
    WelcomeGroup,
)


class Action(StrEnum):
    """What may be done with a halt."""

    SHOW = "show"
    OPEN = "open"
    EXTEND = "extend"
    MOVE = "move"
    RESERVE = "reserve"
    WELCOME = "welcome"
    CLOSE = "close"


REQUESTS: Final[dict[Action, type[Request]]] = {
    Action.SHOW: GetStatus,
    Action.OPEN: OpenHalt,
    Action.EXTEND: ExtendHalt,
    Action.MOVE: MoveHalt,
    Action.RESERVE: ChangeReserve,
    Action.WELCOME: WelcomeGroup,
    Action.CLOSE: CloseHalt,
}
OPTIONS: Final = {
    "place": "--place",
    "host_city": "--city",
    "minutes": "--minutes",
    "reserve_wh": "--reserve",
    "group": "--class",
}
NOBODY: Final = "nobody"


@click.command()
@click.argument("action", type=click.Choice([action.value for action in Action]), default=Action.SHOW.value)
@click.option("--place", help="open, move: where the bike stands, such as a school.")
@click.option("--city", "host_city", help="open, move: the host city.")
@click.option("--minutes", type=int, help="open: how long from now; extend: how much longer, or -15.")
@click.option("--reserve", "reserve_wh", type=float, help="open, reserve: watt-hours for the ride home.")
@click.option(
    "--class",
    "group",
    type=click.Choice([NOBODY, *(group.value for group in Group if group)]),
    help="open, welcome: the word of the class that is here.",
)
@config_option
def halt_command(action: str, config_path: Path, **given: str | float | None) -> None:
    """Show, open, extend, move or close the halt of the running bike; what waits is carried over."""
    request = request_of(Action(action), {name: value for name, value in given.items() if value is not None})
    settings = settings_of(config_path)
    try:
        told = asyncio.run(_ask(ControlClient(settings.paths.control_socket), request))
    except DaemonUnreachableError as error:
        fail(str(error))
    if told.refusal is not None:
        fail(told.refusal.text_en, EXIT_REFUSED)
    click.echo(describe(told))


def request_of(action: Action, given: dict[str, str | float]) -> Request:
    """The order that is meant; what is missing, too much or out of bounds is said."""
    if given.get("group") == NOBODY:
        given = {**given, "group": Group.NOBODY}
    try:
        return REQUESTS[action].model_validate(given)
    except ValidationError as error:
        problem = error.errors()[0]
        name = OPTIONS.get(str(problem["loc"][0]), str(problem["loc"][0]))
        match problem["type"]:
            case "missing":
                fail(f"{action} needs {name}.", EXIT_REFUSED)
            case "extra_forbidden":
                fail(f"{action} takes no {name}.", EXIT_REFUSED)
            case _:
                fail(f"{name}: {problem['msg']}.", EXIT_REFUSED)


async def _ask(client: ControlClient, request: Request) -> Reply:
    """Have an order carried out, and look at the halt afterwards."""
    reply = await client.ask(request)
    return reply if reply.refusal is not None or reply.status is not None else await client.ask(GetStatus())


def describe(reply: Reply) -> str:
    """The halt in one line."""
    halt = reply.status.halt if reply.status is not None else None
    if halt is None:
        return "No halt is open."
    group = f", class {halt.group}" if halt.group else ""
    left_min = halt.left_s / 60
    return f"{halt.place}, {halt.host_city}: {left_min:.0f} min left, {halt.reserve_wh:.0f} Wh kept{group}"


if __name__ == "__main__":
    halt_command(prog_name="dipbike halt")
