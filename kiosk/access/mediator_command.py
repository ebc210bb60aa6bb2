"""`dipbike mediator`: who may enter as a mediator, from the bike's own keyboard."""

import datetime as dt
from enum import StrEnum
from pathlib import Path
from typing import Final

import click
import segno

from jobs.errors import JobError
from kiosk.access.address import badge_address, phones_address
from kiosk.access.book import AccessBook
from kiosk.access.people import People, Welcome
from kiosk.access.secret import grouped
from onboard.cli.common import EXIT_REFUSED, config_option, fail
from onboard.cli.settings import settings_of
from onboard.config import Config


class Action(StrEnum):
    """What may be done with the list."""

    LIST = "list"
    ADD = "add"
    RENEW = "renew"
    REMOVE = "remove"
    CODE = "code"


NAMED: Final = frozenset({Action.ADD, Action.RENEW, Action.REMOVE})


@click.command()
@click.argument("action", type=click.Choice([action.value for action in Action]), default=Action.LIST.value)
@click.argument("name", required=False)
@click.option(
    "--badge",
    type=click.Path(path_type=Path, dir_okay=False),
    help="add, renew: also write the badge's code into this file (.svg, .png or .pdf).",
)
@config_option
def mediator_command(action: str, name: str | None, badge: Path | None, config_path: Path) -> None:
    """List, add, renew or remove mediators, or show the code of the first start.

    NAME is a pseudonym of one word. A PIN and a badge are shown once; what they replace no longer counts.
    """
    wanted, settings = Action(action), settings_of(config_path)
    if (wanted in NAMED) != (name is not None):
        fail(f"{action} needs {'a' if wanted in NAMED else 'no'} name.", EXIT_REFUSED)
    book = AccessBook(settings.paths.kiosk_state)
    people = People(book, settings.kiosk.mediator_pin_hash)
    try:
        _do(wanted, name or "", people, book, (settings, badge))
    except JobError as error:
        where = f" ({book.path})" if error.code == "no-access-list" else ""
        fail(error.sentence.en + where, EXIT_REFUSED)


def _do(
    wanted: Action, name: str, people: People, book: AccessBook, shown: tuple[Config, Path | None]
) -> None:
    match wanted:
        case Action.LIST:
            _list(people, book)
        case Action.ADD:
            _show(people.add(name), *shown)
        case Action.RENEW:
            _show(people.renew(people.named(name).id), *shown)
        case Action.REMOVE:
            people.remove(people.named(name).id)
            click.echo(f"{name} can no longer enter.")
        case Action.CODE:
            _tell_code(people)


def _list(people: People, book: AccessBook) -> None:
    for each in book.mediators():
        since = dt.datetime.fromtimestamp(each.since_s).astimezone()
        click.echo(f"{each.name:<21}{each.id}  since {since:%Y-%m-%d}")
    if people.needs_setup:
        click.echo("Nobody can enter yet: `dipbike mediator add NAME`, or the page /mediateur.")


def _tell_code(people: People) -> None:
    if not people.needs_setup:
        fail("The bike is set up: mediators add each other, or `dipbike mediator add`.", EXIT_REFUSED)
    click.echo(f"Set-up code, for the page /mediateur: {grouped(people.setup_code())}")


def _show(welcome: Welcome, settings: Config, badge: Path | None) -> None:
    """The PIN and the badge, once."""
    here = phones_address(settings.kiosk)
    code = segno.make(badge_address(here, welcome.badge), error="m", micro=False)
    click.echo(f"{welcome.mediator.name}\nPIN    {welcome.pin}\nbadge  {grouped(welcome.badge)}")
    if badge is not None:
        try:
            badge.touch(mode=0o600)
            code.save(str(badge), scale=8)
        except (OSError, ValueError) as error:
            fail(f"The badge is not in {badge} ({error}); renew {welcome.mediator.name} to get another one.")
        click.echo(f"Its code is in {badge}: print it, then delete the file.")
    else:
        code.terminal(compact=True)
    if not settings.kiosk.public_url:
        click.echo(f"The code leads to {here}: set public_url in the settings if phones use another address.")


if __name__ == "__main__":
    mediator_command(prog_name="dipbike mediator")
