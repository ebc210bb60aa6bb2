"""From outlines to the files of a job for the mill; kept apart from reading SVG, which is slow to load."""

from dataclasses import dataclass, replace

from drivers.gcode import Program
from jobs.allow.gate import check_program
from jobs.cam.check import check_cut
from jobs.cam.cut import Cut, cut
from jobs.cam.drawing import MARGIN_MM, Drawing
from jobs.cam.plan import MillPlan, plan_for
from jobs.cam.stock import Stock, simulate
from jobs.cam.verify import verify
from jobs.errors import Sentence
from jobs.machines import MillProfile
from jobs.prepare.drawing_picture import picture_svg, polylines_json
from jobs.prepare.request import ProgressReport
from jobs.prepare.stock_picture import stock_png


@dataclass(frozen=True, slots=True)
class Milled:
    """A checked program with its preview and picture by name, and what a person should know of it.

    `profile` is the mill with the bit that the program asks for.
    """

    program: Program
    files: dict[str, bytes]
    profile: MillProfile
    warnings: tuple[Sentence, ...] = ()


def mill_drawing(
    drawing: Drawing, profile: MillProfile, report: ProgressReport, plan: MillPlan | None = None
) -> Milled:
    """Mill a drawing that was read, or made on the bike.

    Raises:
        DesignRefusedError: The drawing does not fit the machine or its tool.
        ProgramRefusedError: The program did not pass the checker or the gate.
    """
    plan = plan or plan_for()
    report("slice", 0.0)
    written = cut(drawing, profile, plan)
    report("check", 0.0)
    stock = left_of_stock(drawing, written, profile, plan)
    report("check", 0.5)
    program = check_program(written.program, profile)
    files = {
        "preview.json": polylines_json(drawing),
        "picture.png": stock_png(stock, plan.material.thickness_mm),
    }
    return Milled(program, files, replace(profile, tool_mm=plan.tool.diameter_mm), written.warnings)


def left_of_stock(drawing: Drawing, written: Cut, profile: MillProfile, plan: MillPlan) -> Stock:
    """Replay a program on a sheet and compare the rest with the drawing.

    Raises:
        ProgramRefusedError: It is not what was drawn.
    """
    moves_mm = check_cut(written.program, profile, plan.through_mm).moves_mm
    far = (drawing.width_mm + 2 * MARGIN_MM, drawing.height_mm + 2 * MARGIN_MM)
    stock = simulate(moves_mm, plan.tool, (0.0, 0.0, *far))
    verify(stock, drawing, plan)
    return stock


def drawn(drawing: Drawing) -> dict[str, bytes]:
    """Return the preview and the picture of a drawing by name."""
    return {"preview.json": polylines_json(drawing), "picture.svg": picture_svg(drawing)}
