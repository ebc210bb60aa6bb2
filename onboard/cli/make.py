"""`dipbike make`: writes a shape of the catalogue as an STL for the printer or an SVG for the mill."""

import json
from pathlib import Path
from typing import Final

import click

from jobs.designs.bring import bring
from jobs.designs.brought import Brought
from jobs.designs.catalogue import SHAPES, Shape, Source, mill_shape, print_shape
from jobs.designs.settings import Setting, SettingKind
from jobs.designs.svg_out import svg_of
from jobs.errors import JobError
from jobs.intake.refusals import SIZE_LIMIT_BYTES, refused
from jobs.intake.stl import write_stl
from jobs.types import Parameter
from onboard.cli.common import EXIT_REFUSED, fail, refuse

PRINTED: Final = ".stl"
MILLED: Final = ".svg"
_FILES: Final = {
    Source.DRAWING: ("--drawing", "What was drawn, as an SVG of strokes."),
    Source.DRAWING_OR_NOT: ("--drawing", "What was drawn, as an SVG of strokes; may be left out."),
    Source.MIND_MAP: ("--map", "A mind map: FreeMind or Freeplane (.mm), OPML or JSON."),
}


_SIZE: Final = {"width_mm": ("--size",)}
"""The width is what most people mean by the size of a plate."""


@click.group(epilog="SHAPE --help lists the settings of a shape with their bounds.")
def make_command() -> None:
    """Make a shape: an STL for the printer or an SVG for the mill, by the ending of -o.

    All take --json; most take --text or a drawing (--drawing, or --map for a mind map), --size or --width,
    and --style.
    """


def _option(shape: Shape, key: str) -> click.Option:
    """The option of one setting, which may have other bounds on the mill."""
    printed = {setting.key: setting for setting in shape.printed.settings}
    milled = {setting.key: setting for setting in shape.milled.settings} if shape.milled else {}
    told = [f"{_bounds(printed[key])}"] if key in printed else []
    if key in milled and milled.get(key) != printed.get(key):
        told.append(f"on the mill {_bounds(milled[key])}")
    setting = printed.get(key) or milled[key]
    names = ["--" + key.removesuffix("_mm").replace("_", "-"), *_SIZE.get(key, ())]
    kind = click.FLOAT if setting.kind is SettingKind.NUMBER else click.STRING
    return click.Option([*names, key], type=kind, help=f"{setting.label.en}: {'; '.join(told)}.")


def _bounds(setting: Setting) -> str:
    """What may be chosen."""
    match setting.kind:
        case SettingKind.NUMBER:
            return f"{setting.low:g} to {setting.high:g} {setting.unit}, usually {setting.default:g}"
        case SettingKind.TEXT:
            return f"{setting.low:g} to {setting.high:g} letters"
        case SettingKind.CHOICE:
            return ", ".join(option.value for option in setting.options)


def _command(shape: Shape) -> click.Command:
    """The subcommand of one shape."""
    settings = [*shape.printed.settings, *(shape.milled.settings if shape.milled else ())]
    keys = dict.fromkeys(setting.key for setting in settings)
    options: list[click.Parameter] = [_option(shape, key) for key in keys]
    if shape.source in _FILES:
        name, told = _FILES[shape.source]
        file = click.Path(path_type=Path, exists=True, dir_okay=False)
        options.append(click.Option([name, "file"], type=file, help=told))
    endings = f"{PRINTED} or {MILLED}" if shape.milled else PRINTED
    usual = Path(f"{shape.kind}{PRINTED}")
    target = click.Path(path_type=Path, dir_okay=False)
    options.append(click.Option(["-o", "out"], type=target, default=usual, help=f"What to write, {endings}."))
    options.append(
        click.Option(["--json", "as_json"], is_flag=True, help="Print one JSON object for programs.")
    )

    def run(out: Path, *, as_json: bool, file: Path | None = None, **given: str | float | None) -> None:
        parameters = {key: value for key, value in given.items() if value is not None}
        try:
            _make(shape, parameters, bring(shape.kind, _read(file)), out, as_json=as_json)
        except JobError as error:
            refuse(error.code, str(error), as_json=as_json)
        except OSError as error:
            fail(f"{out} cannot be written: {error}", EXIT_REFUSED)

    return click.Command(shape.kind.value, callback=run, params=options, help=f"{shape.label.en}.")


def _read(file: Path | None) -> bytes:
    """Read what was brought, never more of it than is allowed; nothing when there is no file."""
    if file is None:
        return b""
    with file.open("rb") as stream:
        data = stream.read(SIZE_LIMIT_BYTES + 1)
    if not data:
        raise refused("empty")
    return data


def _make(
    shape: Shape, parameters: dict[str, Parameter], brought: Brought, out: Path, *, as_json: bool
) -> None:
    """Make a shape, write it in one step and say how large it is."""
    told: dict[str, object]
    size: tuple[float, ...]
    if out.suffix.lower() == MILLED:
        drawing = mill_shape(shape.kind, parameters, brought)
        data, size = svg_of(drawing), (drawing.width_mm, drawing.height_mm)
        told = {"outlines": len(drawing.outlines)}
    elif out.suffix.lower() == PRINTED:
        mesh = print_shape(shape.kind, parameters, brought)
        data, size = write_stl(mesh), mesh.size_mm
        told = {"triangles": len(mesh.triangles), "volume_mm3": round(mesh.volume_mm3, 1)}
    else:
        refuse("ending", f"{out}: the ending must be {PRINTED} or {MILLED}.", as_json=as_json)
    fresh = out.with_name(out.name + ".new")
    fresh.write_bytes(data)
    fresh.replace(out)
    rounded = [round(side, 2) for side in size]
    if as_json:
        click.echo(json.dumps({"file": str(out), "shape": shape.kind, "size_mm": rounded, **told}))
    else:
        click.echo(f"{out}: {' × '.join(f'{side:.1f}' for side in rounded)} mm")


for _shape in SHAPES.values():
    make_command.add_command(_command(_shape))

if __name__ == "__main__":
    make_command(prog_name="dipbike make")
