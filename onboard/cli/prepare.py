"""`dipbike prepare`: turns a design into a program for a machine."""

import asyncio
import json
import shutil
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Final

import click

from jobs.errors import JobError
from jobs.machines import PROFILES
from jobs.prepare.parent import prepare
from jobs.prepare.request import PrepareRequest
from jobs.types import Design, DesignKind, Prepared
from onboard.cli.common import EXIT_REFUSED, fail, json_option, refuse
from onboard.cli.estimate import describe

KINDS: Final = {
    ".stl": DesignKind.MESH,
    ".3mf": DesignKind.MESH,
    ".obj": DesignKind.MESH,
    ".svg": DesignKind.DRAWING,
    ".gcode": DesignKind.GCODE,
    ".nc": DesignKind.GCODE,
}


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--machine", type=click.Choice(sorted(PROFILES)), required=True)
@click.option(
    "-o", "out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The program to write."
)
@json_option
def prepare_command(file: Path, machine: str, out: Path, as_json: bool) -> None:  # noqa: FBT001 - a command-line flag
    """Turn FILE (STL, 3MF, OBJ, SVG or G-code) into a checked program; exit code 2 when it is refused."""
    kind = KINDS.get(file.suffix.lower())
    if kind is None:
        refuse("unknown-kind", f"{file.name} is no STL, 3MF, OBJ, SVG or G-code file.", as_json=as_json)
    design = Design(kind, PROFILES[machine].kind)
    try:
        made = asyncio.run(_prepare(design, machine, file.resolve(), out, quiet=as_json))
    except JobError as error:
        refuse(error.code, str(error), as_json=as_json)
    except OSError as error:
        fail(f"{out} cannot be written: {error}", EXIT_REFUSED)
    if as_json:
        warnings = [warning.en for warning in made.warnings]
        click.echo(json.dumps({"program": str(out), "estimate": asdict(made.estimate), "warnings": warnings}))
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
