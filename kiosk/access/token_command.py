"""`dipbike token`: scripts' ways in, from the bike's own keyboard."""

import datetime as dt
from enum import StrEnum
from pathlib import Path

import click

from jobs.errors import JobError
from kiosk.access.book import AccessBook
from kiosk.access.records import Scope
from kiosk.access.tokens import Tokens
from onboard.cli.common import EXIT_REFUSED, config_option, fail
from onboard.cli.settings import settings_of


class Action(StrEnum):
    """What may be done with tokens."""

    LIST = "list"
    MAKE = "make"
    REVOKE = "revoke"


@click.command()
@click.argument("action", type=click.Choice([action.value for action in Action]), default=Action.LIST.value)
@click.argument("which", metavar="[LABEL|ID]", required=False)
@click.option(
    "--scope",
    type=click.Choice([scope.value for scope in Scope]),
    default=Scope.READ.value,
    show_default=True,
    help="make: only read, or also what makes nothing start, heat or move.",
)
@click.option("--days", type=int, default=30, show_default=True, help="make: how long it is good for.")
@config_option
def token_command(action: str, which: str | None, scope: str, days: int, config_path: Path) -> None:
    """List, make or revoke tokens, with which scripts ask the bike's HTTP interface.

    LABEL says what a new token is for; ID, such as t-1a2b3c4d, which one is revoked. A token is shown once.
    """
    wanted = Action(action)
    if (wanted is Action.LIST) != (which is None):
        fail(
            f"{action} needs {'nothing more' if wanted is Action.LIST else 'a label or an id'}.", EXIT_REFUSED
        )
    book = AccessBook(settings_of(config_path).paths.kiosk_state)
    tokens = Tokens(book)
    try:
        match wanted:
            case Action.LIST:
                for token in tokens.every():
                    ends = dt.datetime.fromtimestamp(token.ends_s).astimezone()
                    click.echo(f"{token.id}  {token.scope.value:<5}until {ends:%Y-%m-%d}  {token.label}")
            case Action.MAKE:
                token, words = tokens.make(which or "", Scope(scope), days)
                click.echo(f"{token.id}\n{words}")
            case Action.REVOKE:
                tokens.revoke(which or "")
                click.echo(f"{which} is worth nothing any more.")
    except JobError as error:
        where = f" ({book.path})" if error.code == "no-access-list" else ""
        fail(error.sentence.en + where, EXIT_REFUSED)


if __name__ == "__main__":
    token_command(prog_name="dipbike token")
