"""`dipbike prepare`: turns a design into a program for a machine."""

import asyncio
import json
import shutil
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Final

import click

from jobs.cam.drawing import Role
from jobs.cam.materials import MATERIALS
from jobs.cam.tools import TOOLS
from jobs.errors import JobError
from jobs.intake.choices import Orientation, Quality
from jobs.machines import PROFILES
from jobs.prepare.parent import prepare
from jobs.prepare.request import PrepareRequest
from jobs.types import Design, DesignKind, Parameter, Prepared
from onboard.cli.common import EXIT_REFUSED, fail, json_option, refuse
from onboard.cli.estimate import describe

KINDS: Final = {
    ".stl": DesignKind.MESH,
    ".3mf": DesignKind.MESH,
    ".obj": DesignKind.MESH,
    ".svg": DesignKind.DRAWING,
    ".png": DesignKind.DRAWING,
    ".jpg": DesignKind.DRAWING,
    ".jpeg": DesignKind.DRAWING,
    ".gcode": DesignKind.GCODE,
    ".nc": DesignKind.GCODE,
}


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--machine", type=click.Choice(sorted(PROFILES)), required=True)
@click.option(
    "-o", "out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The program to write."
)
@click.option("--copies", type=int, help="How many, side by side (1 to 20).")
@click.option("--scale", type=float, help="Larger or smaller: 1000 for a shape in metres, 25.4 for inches.")
@click.option("--fit", "size", flag_value="fit", help="Shrink a shape that is too large.")
@click.option("--quality", type=click.Choice([one.value for one in Quality]), help="Quick, usual or fine.")
@click.option("--orientation", type=click.Choice([one.value for one in Orientation]), help="Which way up.")
@click.option("--supports", type=click.Choice(["auto", "none"]), help="Hold up what hangs, or not.")
@click.option("--width-mm", type=float, help="Width of a drawing or a picture on the sheet.")
@click.option("--material", type=click.Choice(sorted(MATERIALS)), help="The sheet in the mill.")
@click.option("--tool", type=click.Choice(sorted(TOOLS)), help="The bit in the mill.")
@click.option("--role", type=click.Choice([role.value for role in Role]), help="What is done with all lines.")
@click.option("--letters", type=click.Choice(["outline", "line"]), help="Texts as outlines or single lines.")
@click.option("--picture", type=click.Choice(["ink", "depth"]), help="A picture's lines, or its shades.")
@click.option("--set", "others", multiple=True, metavar="NAME=VALUE", help="Another setting, such as tabs=3.")
@json_option
def prepare_command(
    file: Path,
    machine: str,
    out: Path,
    others: tuple[str, ...],
    as_json: bool,  # noqa: FBT001 - a command-line flag
    **wishes: Parameter | None,
) -> None:
    """Turn FILE (STL, 3MF, OBJ, SVG, PNG, JPEG, G-code) into a checked program; exit code 2 when refused."""
    kind = KINDS.get(file.suffix.lower())
    if not file.is_file():
        refuse("no-file", f"There is no file {file}.", as_json=as_json)
    if kind is None:
        refuse("unknown-kind", f"{file.name} is no STL, 3MF, OBJ, SVG or G-code file.", as_json=as_json)
    parameters = {key: value for key, value in wishes.items() if value is not None} | _named(others)
    if parameters and kind is DesignKind.GCODE:
        refuse("parameters", "A program is taken as it is: it has no settings.", as_json=as_json)
    design = Design(kind, PROFILES[machine].kind, parameters=parameters)
    try:
        made = asyncio.run(_prepare(design, machine, file.resolve(), out, quiet=as_json))
    except JobError as error:
        refuse(error.code, str(error), as_json=as_json)
    except OSError as error:
        fail(f"{out} cannot be written: {error}", EXIT_REFUSED)
    _tell(made, out, as_json=as_json)


def _named(others: Iterable[str]) -> dict[str, Parameter]:
    """Read settings written as name=value; a value that is a number counts as one."""
    found: dict[str, Parameter] = {}
    for name, _, value in (other.partition("=") for other in others):
        try:
            found[name] = float(value)
        except ValueError:
            found[name] = value
    return found


def _tell(made: Prepared, out: Path, *, as_json: bool) -> None:
    """Print what was made, and what a person should know about it."""
    if as_json:
        said = {
            "program": str(out),
            "estimate": asdict(made.estimate),
            "warnings": [warning.en for warning in made.warnings],
            "codes": [warning.code for warning in made.warnings],
        }
        click.echo(json.dumps(said))
        return
    for warning in made.warnings:
        click.echo(f"Warning: {warning.en}")
    click.echo(f"{out}: {describe(made.estimate)}")


async def _prepare(design: Design, machine: str, file: Path, out: Path, *, quiet: bool) -> Prepared:
    """Prepare in a folder of its own, then put the program into place in one step."""
    with tempfile.TemporaryDirectory(prefix="dipbike-") as folder:
        request = PrepareRequest(design, machine, file, Path(folder))
        unseen = quiet or not sys.stderr.isatty()
        with click.progressbar(
            length=100, label="Preparing", show_eta=False, hidden=unseen, file=sys.stderr
        ) as bar:
            made = await prepare(request, lambda _stage, share: bar.update(int(share * 100) - bar.pos))
        fresh = out.with_name(out.name + ".new")
        await asyncio.to_thread(shutil.copyfile, Path(folder) / made.program, fresh)
        fresh.replace(out)
        return made


if __name__ == "__main__":
    prepare_command(prog_name="dipbike prepare")
