"""*Essayer*: a program is played on a simulated robot, and the page gets every place that it comes to."""

from dataclasses import dataclass, replace
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from drivers.robots.body import Pose
from drivers.robots.interpreter import USUAL, End, Limits
from drivers.robots.program import RobotProgram, When
from drivers.robots.rehearsal import Frame, Press, Rehearsal, mat, rehearse
from drivers.robots.types import Abilities, Button, Gauge, Sensor
from jobs.errors import Sentence
from kiosk.context import KioskHere
from kiosk.events import Moment
from kiosk.i18n import language_of, said
from kiosk.participant.robot_words import ENDS, WAITS
from kiosk.participant.robot_writing import Written, answered, program_of, taken
from onboard.robots.view import abilities_of

router = APIRouter()

EVERYTHING: Final = Abilities(
    Gauge(track_mm=95.0, top_mm_s=USUAL.speed_mm_s),
    has_pen=True,
    has_light=True,
    has_sound=True,
    sensors=frozenset(Sensor),
    buttons=frozenset(Button),
)
"""Before a robot is lent nobody knows which it will be: on the page it can do whatever a block says."""
FLOOR: Final = mat(USUAL)
START: Final = Pose(FLOOR.width_mm / 2, FLOOR.depth_mm / 2, 90.0)
PAUSE_S: Final = 0.6
"""So long after all else somebody presses the first button."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What the robot has, and how far and how fast it may go."""

    abilities: Abilities = EVERYTHING
    limits: Limits = USUAL


@router.post("/programme/essayer")
async def try_out(
    request: Request, kiosk: KioskHere, program: Written = "", text: Written = "", loan: Written = ""
) -> Response:
    """Tell where the robot goes, when and in which step; a program that is none gets a sentence."""

    def play() -> dict[str, object]:
        wanted, stage = program_of(request, program, text), stage_of(loan, kiosk.feed.latest)
        seen = taken(lambda: rehearsed(wanted, stage))
        sentence = said(ending(seen), language_of(request))
        places = [_place(frame) for frame in seen.frames]
        return {"sentence": sentence, "step": "", "places": places, "side": seen.field.width_mm}

    return answered(request, play)


def stage_of(loan_id: str, moment: Moment) -> Stage:
    """What the robot that is out on a loan has; everything before one is lent."""
    robots = moment.status.robots if moment.status is not None else ()
    robot = next((robot for robot in robots if robot.loan and robot.loan == loan_id), None)
    if robot is None:
        return Stage()
    limits = replace(USUAL, speed_mm_s=robot.speed_mm_s, half_mm=robot.half_mm)
    return Stage(abilities_of(robot.abilities), limits)


def rehearsed(program: RobotProgram, stage: Stage = Stage()) -> Rehearsal:
    """All that a program does when somebody presses each of its buttons once, after all else.

    Raises:
        RobotProgramError: the robot lacks something that the program asks for.
    """
    seen = rehearse(program, stage.abilities, stage.limits)
    presses: list[Press] = []
    for step in program.steps:
        if isinstance(step, When) and seen.end is End.DONE:
            presses.append(Press(seen.duration_s + PAUSE_S, step.button))
            seen = rehearse(program, stage.abilities, stage.limits, presses=presses)
    return replace(seen, waits=seen.waits and seen.end is End.DONE)


def ending(seen: Rehearsal) -> Sentence:
    """What is said when all was shown."""
    return WAITS if seen.waits else ENDS[seen.end]


def _place(frame: Frame) -> list[float | str]:
    """What the page's script draws: see `robot_floor.js`."""
    lamp = frame.lamp
    return [
        round(frame.at_s, 3),
        round(frame.x_mm, 2),
        round(frame.y_mm, 2),
        round(frame.heading_deg, 2),
        int(frame.pen_is_down),
        f"{lamp.red_pct:g}/{lamp.green_pct:g}/{lamp.blue_pct:g}",
        frame.step,
        round(frame.sound_hz),
    ]
