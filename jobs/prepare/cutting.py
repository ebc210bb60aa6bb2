"""From outlines to the files of a job for the mill; kept apart from reading SVG, which is slow to load."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from drivers.gcode import Program
from jobs.allow.gate import check_program
from jobs.arrays import FloatArray
from jobs.cam.cut import Cut, cut, cut_along
from jobs.cam.drawing import MARGIN_MM, Drawing
from jobs.cam.plan import MillPlan, plan_for
from jobs.cam.relief import Relief, relief
from jobs.cam.stock import Stock, simulate
from jobs.cam.verify import verify, verify_relief
from jobs.errors import Sentence
from jobs.machines import MillProfile
from jobs.prepare.drawing_picture import picture_svg, polylines_json
from jobs.prepare.request import ProgressReport
from jobs.prepare.stock_picture import stock_png

_MUCH_LOST: Final = 0.15


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
    stock = left_of_stock(drawing, written, plan)
    report("check", 0.5)
    program = check_program(written.program, profile)
    return replace(_milled(program, drawing, stock, profile, plan), warnings=written.warnings)


def _milled(program: Program, drawing: Drawing, stock: Stock, profile: MillProfile, plan: MillPlan) -> Milled:
    picture = stock_png(stock, plan.material.thickness_mm)
    files = {"preview.json": polylines_json(drawing), "picture.png": picture}
    return Milled(program, files, replace(profile, tool_mm=plan.tool.diameter_mm))


def _sheet_mm(drawing: Drawing) -> tuple[float, float, float, float]:
    """Return the rectangle of the sheet that a drawing may touch."""
    return 0.0, 0.0, drawing.width_mm + 2 * MARGIN_MM, drawing.height_mm + 2 * MARGIN_MM


def left_of_stock(drawing: Drawing, written: Cut, plan: MillPlan) -> Stock:
    """Run a program through a sheet and compare the rest with the drawing.

    Raises:
        ProgramRefusedError: It is not what was drawn.
    """
    stock = simulate(written.moves_mm, plan.tool, _sheet_mm(drawing))
    verify(stock, drawing, plan)
    return stock


def engrave_picture(
    dark: FloatArray, width_mm: float, profile: MillProfile, report: ProgressReport, plan: MillPlan
) -> Milled:
    """Engrave a picture, the darker the deeper, down to the depth of a pocket or of a V-bit.

    Raises:
        DesignRefusedError: It does not fit the machine or would take too long.
        ProgramRefusedError: The program did not pass the checker or the gate.
    """
    report("slice", 0.0)
    deepest_mm = plan.engrave_mm if plan.tool.pointed else plan.pocket_mm
    planned = relief(dark, width_mm, deepest_mm, plan)
    written = cut_along(planned.paths, profile, plan)
    report("check", 0.0)
    stock = simulate(written.moves_mm, plan.tool, _sheet_mm(planned.drawing))
    verify_relief(stock, planned)
    program = check_program(written.program, profile)
    milled = _milled(program, planned.drawing, stock, profile, plan)
    return replace(milled, warnings=() if plan.tool.pointed else _lost_detail(stock, planned))


def _lost_detail(stock: Stock, planned: Relief) -> tuple[Sentence, ...]:
    """Say that much of a picture is finer than a flat bit; a V-bit always leaves slopes."""
    rows, columns = np.nonzero(planned.heights_mm < planned.heights_mm.min() / 2)
    cells = np.column_stack([columns, rows]).astype(np.float64)
    places: FloatArray = (cells + 0.5) * planned.cell_mm + MARGIN_MM
    missed_mm = stock.height_mm(places) - planned.heights_mm[rows, columns]
    if np.mean(missed_mm > -planned.heights_mm.min() / 2) < _MUCH_LOST:
        return ()
    return (
        Sentence(
            "Une partie de cette image est plus fine que la fraise. Prends une fraise en V ou agrandis-la.",
            "Part of this picture is finer than the bit. Take a V-bit or make it larger.",
            "fine-detail",
        ),
    )


def drawn(drawing: Drawing) -> dict[str, bytes]:
    """Return the preview and the picture of a drawing by name."""
    return {"preview.json": polylines_json(drawing), "picture.svg": picture_svg(drawing)}
