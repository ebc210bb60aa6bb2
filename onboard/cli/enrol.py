"""`dipbike enrol`: the bike's key, its certificate, and a look whether the city takes it."""

import asyncio
from enum import StrEnum
from pathlib import Path
from typing import Final

import click

from onboard.cli.common import config_option, fail
from onboard.cli.settings import settings_of
from onboard.uplink.certificates import DAYS, Authority, CertificateError, make_request, name_in
from onboard.uplink.check import Check
from onboard.uplink.reporter import about

_FOLDER: Final = Path("/etc/dipbike")


class Action(StrEnum):
    """What may be done."""

    REQUEST = "request"
    SIGN = "sign"
    CHECK = "check"


@click.command()
@click.argument("action", type=click.Choice([action.value for action in Action]))
@config_option
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=_FOLDER,
    show_default=True,
    help="Where the key and the request are kept; with `sign`, the authority.",
)
@click.option("--name", default="", help="For whom a request is; the bike's id without it.")
@click.option(
    "--request", "request_file", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="To sign."
)
@click.option("--address", "addresses", multiple=True, help="Sign for a server of this name or address.")
@click.option("--days", type=click.IntRange(1, 3650), default=DAYS, show_default=True, help="Validity.")
def enrol_command(
    action: str,
    config_path: Path,
    folder: Path,
    name: str,
    request_file: Path | None,
    addresses: tuple[str, ...],
    days: int,
) -> None:
    """Make the bike's key and certificate request, sign one as a small city, or check the way to the city."""
    try:
        match Action(action):
            case Action.REQUEST:
                _request(folder, name or settings_of(config_path).bike.id)
            case Action.SIGN:
                _sign(folder, request_file, addresses, days)
            case Action.CHECK:
                _check(config_path)
    except (CertificateError, OSError) as error:
        fail(str(error))


def _request(folder: Path, name: str) -> None:
    """Make the key, which never leaves the bike, and the request for the city."""
    key, request = folder / f"{name}.key", folder / f"{name}.csr"
    request.write_bytes(make_request(key, name))
    click.echo(f"The key is {key}: keep it on this bike, readable for the daemon's user only.")
    click.echo(f"Send {request} to the city. It returns a certificate; then write into [mqtt]:")
    click.echo(f'  certificate = "{folder / name}.pem"\n  key = "{key}"\n  ca = "{folder}/city-ca.pem"')
    click.echo("and see with `dipbike enrol check` whether the city takes it.")


def _sign(folder: Path, request_file: Path | None, addresses: tuple[str, ...], days: int) -> None:
    """Sign a request with the authority in a folder, which is founded there at the first time."""
    if request_file is None:
        fail("Say which request is to be signed: --request FILE.")
    request = request_file.read_bytes()
    authority = Authority(folder)
    certificate = request_file.with_suffix(".pem")
    certificate.write_bytes(authority.sign(request, days, addresses))
    click.echo(f"{certificate} is for {name_in(request)!r}, for {days} days. Return it with")
    click.echo(
        f"{authority.certificate_file}, by which the bike knows the broker. Keep ca.key away from everyone."
    )


def _check(config_path: Path) -> None:
    """Publish a record and read its receipt."""
    settings = settings_of(config_path)
    if settings.mqtt is None:
        fail(f"{config_path} has no table [mqtt]: nothing leaves this bike.")
    raise SystemExit(0 if asyncio.run(_walk(Check(settings.mqtt, settings.bike, about(settings)))) else 1)


async def _walk(check: Check) -> bool:
    """Say each step; true when all work."""
    well = True
    async for step in check.steps():
        well = well and step.well
        click.echo(("ok       " if step.well else "refused  ") + step.sentence)
    return well


if __name__ == "__main__":
    enrol_command(prog_name="dipbike enrol")
