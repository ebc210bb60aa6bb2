"""Drawings, programs and simulated sheets for tests of milling."""

import numpy as np
from PIL import Image, ImageDraw

from jobs.cam.check import check_cut
from jobs.cam.cut import cut
from jobs.cam.drawing import MARGIN_MM, Drawing
from jobs.cam.plan import MillPlan, plan_for
from jobs.cam.stock import Stock, simulate
from jobs.cam.svg import read_svg
from jobs.machines import MILL
from tests.jobs.cam.pictures import Mask

PLAN = plan_for()
SHEET = '<svg xmlns="http://www.w3.org/2000/svg" width="100mm" height="80mm" viewBox="0 0 100 80">'


def read(body: str) -> Drawing:
    """Read a drawing from its shapes, in millimetres."""
    return read_svg(f"{SHEET}{body}</svg>".encode())


def program(drawing: Drawing, plan: MillPlan = PLAN) -> bytes:
    """Mill a drawing."""
    return cut(drawing, MILL, plan).program


def sheet(drawing: Drawing, written: bytes, plan: MillPlan = PLAN) -> Stock:
    """Run a program on a sheet with a margin round the drawing."""
    moves_mm = check_cut(written, MILL, plan.through_mm).moves_mm
    return simulate(moves_mm, plan.tool, (0.0, 0.0, drawing.width_mm + 10.0, drawing.height_mm + 10.0))


def deeper_than(stock: Stock, depth_mm: float) -> Mask:
    """Return where the drawing's own rectangle is cut lower than a depth, as a picture with y downwards."""
    return drawn_part(stock, stock.heights_um < -depth_mm * 1000)


def drawn_part(stock: Stock, mask: Mask) -> Mask:
    """Take away the margin round the drawing."""
    margin = round(MARGIN_MM / stock.cell_mm)
    return mask[::-1][margin:-margin, margin:-margin]


def fallen_out(stock: Stock, kerf_mm: float = 1.5) -> Mask:
    """Return the parts once their tabs are broken: what no longer hangs on the sheet's corner."""
    sheet_left = Image.fromarray(np.where(stock.heights_um > -kerf_mm * 1000, 255, 0).astype(np.uint8)).copy()
    ImageDraw.floodfill(sheet_left, (0, 0), 128)
    return drawn_part(stock, np.asarray(sheet_left) == 255)
