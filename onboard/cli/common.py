"""What subcommands share: the settings option and the way they fail."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, TypeVar

import click

F = TypeVar("F", bound=Callable[..., object])

DEFAULT_CONFIG = Path("/etc/dipbike/dipbike.toml")

EXIT_REFUSED = 2
"""What was given cannot be used; nothing was changed."""


def config_option(command: F) -> F:
    """Add `--config PATH`."""
    return click.option(
        "--config",
        "config_path",
        type=click.Path(path_type=Path, dir_okay=False),
        default=DEFAULT_CONFIG,
        envvar="DIPBIKE_CONFIG",
        show_default=True,
        help="The settings of the bike.",
    )(command)


def json_option(command: F) -> F:
    """Add `--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object for programs.")(
        command
    )


def fail(message: str, code: int = 1) -> NoReturn:
    """Say what happened on standard error and leave."""
    click.echo(f"dipbike: {message}", err=True)
    raise SystemExit(code)


def refuse(code: str, message: str, *, as_json: bool) -> NoReturn:
    """Say what cannot be used, as text or as JSON, and leave with EXIT_REFUSED."""
    if as_json:
        click.echo(json.dumps({"refused": code, "message": message}))
        raise SystemExit(EXIT_REFUSED)
    fail(message, EXIT_REFUSED)
