"""From a design to the files of a job: one path for each kind of design, and everything passes the gate."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, assert_never

from drivers.gcode import Program
from jobs.allow.gate import check_program
from jobs.cam.cut import cut
from jobs.cam.drawing import Drawing, read_svg
from jobs.cam.materials import PLY_3
from jobs.designs.extrusion import extruded
from jobs.designs.name_tag import name_tag, read_parameters
from jobs.errors import DesignRefusedError, Sentence
from jobs.estimate.cost import estimate
from jobs.intake.mesh import Mesh
from jobs.intake.placing import place
from jobs.intake.reading import read_mesh
from jobs.intake.refusals import SIZE_LIMIT_BYTES, refused
from jobs.intake.stl import write_stl
from jobs.machines import PROFILES, MachineProfile, MillProfile, PrinterProfile
from jobs.prepare.drawing_picture import picture_svg, polylines_json
from jobs.prepare.mesh_picture import picture_png
from jobs.prepare.program_drawing import drawing_of
from jobs.prepare.request import PrepareRequest, ProgressReport
from jobs.slicer import slice_stl
from jobs.types import Design, DesignKind, Estimate, Parameter, Prepared

SMALLEST_SCALE: Final = 0.01
LARGEST_SCALE: Final = 1000.0


@dataclass(frozen=True, slots=True)
class Made:
    """A program with its files by name, not yet written anywhere."""

    prepared: Prepared
    files: dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Workbench:
    """Where one design is worked on: the machine, a scratch folder and whom to tell."""

    profile: MachineProfile
    scratch: Path
    report: ProgressReport


def make(request: PrepareRequest, scratch: Path, report: ProgressReport) -> Made:
    """Prepare a design; nothing is written outside `scratch`.

    Raises:
        DesignRefusedError: the design cannot be made.
        ProgramRefusedError: the program did not pass the gate.
        PreparationFailedError: the slicer failed.
    """
    bench = Workbench(PROFILES[request.profile], scratch, report)
    report("intake", 0.0)
    design = request.design
    match design.kind:
        case DesignKind.MESH:
            scale = _scale(design.parameters)
            return _print(read_mesh(_read(request.source)).scaled(scale), bench)
        case DesignKind.NAME_TAG:
            return _print(name_tag(read_parameters(design.parameters)), bench)
        case DesignKind.DRAWING:
            return _draw(design, read_svg(_read(request.source)), bench)
        case DesignKind.GCODE:
            return _take_program(_read(request.source), bench)
        case _:
            assert_never(design.kind)


def _read(source: Path | None) -> bytes:
    """Read an upload, never more of it than is allowed."""
    if source is None:
        raise refused("empty")
    with source.open("rb") as stream:
        data = stream.read(SIZE_LIMIT_BYTES + 1)
    if len(data) > SIZE_LIMIT_BYTES:
        raise refused("too-heavy")
    return data


def _scale(parameters: dict[str, Parameter]) -> float:
    """Take `scale` (0.01 to 1000): 1000 for a shape in metres, 25.4 for one in inches."""
    scale = parameters.get("scale", 1.0)
    fits = not isinstance(scale, str | bool) and SMALLEST_SCALE <= scale <= LARGEST_SCALE
    if parameters.keys() - {"scale"} or not fits:
        raise DesignRefusedError("parameters", Sentence("Un réglage est inconnu.", "A setting is unknown."))
    return float(scale)


def _print(mesh: Mesh, bench: Workbench) -> Made:
    """Slice a mesh for the printer."""
    profile = bench.profile
    if not isinstance(profile, PrinterProfile):
        raise DesignRefusedError(
            "not-for-mill",
            Sentence(
                "La fraiseuse découpe des dessins : apporte un fichier SVG, ou choisis l'imprimante.",
                "The mill cuts drawings: bring an SVG file, or choose the printer.",
            ),
        )
    placed = place(mesh, profile.bed_mm)
    ours = write_stl(placed.mesh)
    stl = bench.scratch / "shape.stl"
    stl.write_bytes(ours)
    bench.report("slice", 0.0)
    program = slice_stl(stl, profile, bench.scratch, lambda share: bench.report("slice", share))
    bench.report("check", 1.0)
    files = {"preview.stl": ours, "picture.png": picture_png(placed.mesh)}
    made = _finish(program, files, bench)
    return replace(made, prepared=replace(made.prepared, warnings=placed.warnings))


def _draw(design: Design, drawing: Drawing, bench: Workbench) -> Made:
    """Mill a drawing, or give it a thickness for the printer."""
    if design.parameters:
        raise DesignRefusedError("parameters", Sentence("Un réglage est inconnu.", "A setting is unknown."))
    profile = bench.profile
    if not isinstance(profile, MillProfile):
        return _print(extruded(drawing), bench)
    bench.report("slice", 0.0)
    written = cut(drawing, profile, PLY_3)
    bench.report("check", 0.0)
    program = check_program(written, profile)
    return _finish(program, _drawn(drawing), bench)


def _take_program(data: bytes, bench: Workbench) -> Made:
    """Take over a program that a mediator brought."""
    bench.report("check", 0.0)
    program = check_program(data, bench.profile)
    return _finish(program, _drawn(drawing_of(program, bench.profile)), bench)


def _drawn(drawing: Drawing) -> dict[str, bytes]:
    return {"preview.json": polylines_json(drawing), "picture.svg": picture_svg(drawing)}


def _finish(program: Program, files: dict[str, bytes], bench: Workbench) -> Made:
    """Estimate a checked program that makes something."""
    bench.report("estimate", 0.0)
    cost = estimate(program, bench.profile)
    if cost.bounds_mm is None:
        raise DesignRefusedError(
            "makes-nothing",
            Sentence("Ce programme ne fabrique rien.", "This program does not make anything."),
        )
    bench.report("estimate", 1.0)
    return _made(program, files, cost)


def _made(program: Program, files: dict[str, bytes], cost: Estimate) -> Made:
    preview, picture = files
    prepared = Prepared("program.gcode", preview, picture, cost)
    return Made(prepared, {"program.gcode": program.data, **files})
