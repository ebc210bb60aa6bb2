"""How long milling takes on this computer: `python -m tests.bench.cam` prints seconds of processor time."""

import math
import random
import sys
import time
from itertools import pairwise

from jobs.cam.cut import cut
from jobs.cam.plan import plan_for
from jobs.cam.svg import read_svg
from jobs.cam.tools import FLAT_1, VEE_60
from jobs.machines import MILL
from jobs.prepare.cutting import left_of_stock
from jobs.prepare.stock_picture import stock_png

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" width="250mm" height="150mm" viewBox="0 0 250 150">'
RED = 'fill="none" stroke="red"'


def gear(teeth: int = 60, radius_mm: float = 55.0) -> str:
    """Draw a gear with a bore and six round windows."""
    corners = []
    for tooth in range(teeth):
        for share, out_mm in ((0.0, 0.0), (0.25, 3.0), (0.5, 3.0), (0.75, 0.0)):
            turn = 2 * math.pi * (tooth + share) / teeth
            away_mm = radius_mm + out_mm
            corners.append(f"{70 + away_mm * math.cos(turn):.3f},{70 + away_mm * math.sin(turn):.3f}")
    windows = "".join(
        f'<circle cx="70" cy="70" r="9" transform="rotate({60 * k} 70 70) translate(30 0)"/>'
        for k in range(6)
    )
    rim = f'<polygon points="{" ".join(corners)}"/>'
    return f'{HEAD}<g {RED}>{rim}<circle cx="70" cy="70" r="5"/>{windows}</g></svg>'


def curves(count: int = 300) -> str:
    """Draw random curves to engrave."""
    chance = random.Random(4)  # noqa: S311 - repeatable drawing, no secret
    body = []
    for _ in range(count):
        x, y = chance.uniform(20, 230), chance.uniform(20, 130)
        bends = " ".join(
            f"{x + chance.uniform(-20, 20):.2f} {y + chance.uniform(-20, 20):.2f}" for _ in range(6)
        )
        body.append(f'<path d="M{x:.2f} {y:.2f}C{bends}"/>')
    return f'{HEAD}<g fill="none" stroke="black">{"".join(body)}</g></svg>'


def letters() -> str:
    """Write a line to carve."""
    return f'{HEAD}<text x="10" y="60" font-size="26" font-weight="bold">L’été à Cœur-Ça</text></svg>'


def main() -> None:
    """Print the time of reading, cutting and checking each drawing."""
    for name, svg, plan in (
        ("gear of 60 teeth", gear(), plan_for()),
        ("300 curves", curves(), plan_for(tool=FLAT_1)),
        ("16 carved letters", letters(), plan_for(tool=VEE_60)),
    ):
        marks = [time.process_time()]
        drawing = read_svg(svg.encode())
        marks.append(time.process_time())
        written = cut(drawing, MILL, plan)
        marks.append(time.process_time())
        stock = left_of_stock(drawing, written, plan)
        marks.append(time.process_time())
        stock_png(stock, plan.material.thickness_mm)
        marks.append(time.process_time())
        steps = [after - before for before, after in pairwise(marks)]
        read_s, cut_s, check_s, picture_s = steps
        sys.stdout.write(
            f"{name}: {sum(steps):.2f} s (reading {read_s:.2f}, cutting {cut_s:.2f}, checking {check_s:.2f}, "
            f"picture {picture_s:.2f}), {len(written.program.splitlines())} lines\n"
        )


if __name__ == "__main__":
    main()
