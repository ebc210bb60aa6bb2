"""Whether a robot has what a program asks for, said before anything moves."""

from collections.abc import Iterator, Sequence
from typing import assert_never

from drivers.robots.program import (
    If,
    Move,
    PlaySound,
    Repeat,
    RobotProgram,
    SetLight,
    SetPen,
    SetSpeed,
    Step,
    Turn,
    Wait,
    When,
)
from drivers.robots.refusals import Place, Refusal, RobotProgramError
from drivers.robots.types import Abilities


def require(program: RobotProgram, abilities: Abilities) -> None:
    """Refuse a program that this robot cannot play.

    Raises:
        RobotProgramError: the first thing that it lacks.
    """
    for error in lacks(program, abilities):
        raise error


def lacks(program: RobotProgram, abilities: Abilities) -> Iterator[RobotProgramError]:
    """Tell each step that asks for what the robot does not have, in reading order."""
    for number, step in enumerate(_all(program.steps), start=1):
        if (refusal := _lack(step, abilities)) is not None:
            yield RobotProgramError(refusal, Place(number, step.id))


def waits_for_button(program: RobotProgram) -> bool:
    """Tell whether the program goes on when all else is done, until somebody ends it."""
    return any(isinstance(step, When) for step in program.steps)


def _all(steps: Sequence[Step]) -> Iterator[Step]:
    for step in steps:
        yield step
        match step:
            case Repeat() | When():
                yield from _all(step.steps)
            case If():
                yield from _all(step.then)
                yield from _all(step.otherwise)


def _lack(step: Step, abilities: Abilities) -> Refusal | None:
    match step:
        case Move() | Turn() | SetSpeed():
            refusal, has = Refusal.NO_WHEELS, abilities.gauge is not None
        case SetPen():
            refusal, has = Refusal.NO_PEN, abilities.has_pen
        case SetLight():
            refusal, has = Refusal.NO_LIGHT, abilities.has_light
        case PlaySound():
            refusal, has = Refusal.NO_SOUND, abilities.has_sound
        case If():
            refusal, has = Refusal.NO_SENSOR, step.sensor in abilities.sensors
        case When():
            refusal, has = Refusal.NO_BUTTON, step.button in abilities.buttons
        case Wait() | Repeat():
            return None
        case _:
            assert_never(step)
    return None if has else refusal
