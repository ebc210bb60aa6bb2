"""What a simulated Thymio's sensors read on its floor."""

import math
from typing import Final

from drivers.robots.body import Body
from drivers.thymio.senses import BUTTONS, NEARNESS, REACH_MM, STEP_MM, VOLT, WHITE
from drivers.thymio.sim_board import Board

BEARINGS_DEG: Final = (40.0, 20.0, 0.0, -20.0, -40.0, 180.0, 180.0)
GROUND_MM: Final = (72.0, 11.5)
"""Before the axle and beside the middle. Source: Enki, Thymio2.cpp: bearings and places of the sensors."""
GRAVITY: Final = 22
"""`acc` for one g. Source: "Programming Thymio", accelerometer."""


def refresh(variables: list[int], board: Board, body: Body) -> None:
    """Write what is felt now into the robot's memory."""
    ahead_mm, aside_mm = GROUND_MM
    tilt = math.radians(body.tilt_deg)
    readings: dict[str, list[int]] = {
        "prox.horizontal": [reading(body.distance_mm(bearing)) for bearing in BEARINGS_DEG],
        "prox.ground.delta": [
            round(body.ground_pct(ahead_mm, side_mm) / 100 * WHITE) for side_mm in (aside_mm, -aside_mm)
        ],
        "acc": [round(GRAVITY * math.sin(tilt)), 0, round(GRAVITY * math.cos(tilt))],
        "_vbat": [round(board.battery_v * VOLT / 2)] * 2,
        **{name: [int(button in body.pressed)] for name, button in BUTTONS.items()},
    }
    known = {name for name, _ in board.variables}
    for name, values in readings.items():
        if name in known:
            at = board.address(name)
            variables[at : at + len(values)] = values


def reading(distance_mm: float) -> int:
    """Return what a sensor reads before something white: the inverse of `senses.distance_mm`."""
    if distance_mm >= REACH_MM:
        return 0
    step, rest = divmod(max(distance_mm, 0.0), STEP_MM)
    near, far = NEARNESS[int(step)], NEARNESS[int(step) + 1]
    return round(near + (far - near) * rest / STEP_MM)
