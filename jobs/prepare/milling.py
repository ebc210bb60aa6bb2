"""From a drawing to the files of a job for the mill."""

from dataclasses import dataclass

from drivers.gcode import Program
from jobs.allow.gate import check_program
from jobs.cam.cut import cut
from jobs.cam.drawing import Drawing
from jobs.cam.materials import PLY_3
from jobs.cam.svg import read_svg
from jobs.errors import DesignRefusedError, Sentence
from jobs.machines import MillProfile
from jobs.prepare.drawing_picture import picture_svg, polylines_json
from jobs.prepare.request import ProgressReport
from jobs.types import Parameter


@dataclass(frozen=True, slots=True)
class Milled:
    """A checked program with its preview and picture by name, and what a person should know of it."""

    program: Program
    files: dict[str, bytes]
    warnings: tuple[Sentence, ...] = ()


def read_drawing(data: bytes, parameters: dict[str, Parameter]) -> Drawing:
    """Read an uploaded drawing at the size that was asked for.

    Raises:
        DesignRefusedError: The drawing cannot be read, or a parameter is unknown or out of bounds.
    """
    drawing = read_svg(data)
    if parameters:
        raise DesignRefusedError("parameters", Sentence("Un réglage est inconnu.", "A setting is unknown."))
    return drawing


def mill(
    data: bytes, parameters: dict[str, Parameter], profile: MillProfile, report: ProgressReport
) -> Milled:
    """Mill an uploaded drawing.

    Raises:
        DesignRefusedError: The drawing or its parameters cannot be milled.
        ProgramRefusedError: The program did not pass the checker or the gate.
    """
    drawing = read_drawing(data, parameters)
    report("slice", 0.0)
    written = cut(drawing, profile, PLY_3)
    report("check", 0.0)
    return Milled(check_program(written, profile), drawn(drawing))


def drawn(drawing: Drawing) -> dict[str, bytes]:
    """Return the preview and the picture of a drawing by name."""
    return {"preview.json": polylines_json(drawing), "picture.svg": picture_svg(drawing)}
