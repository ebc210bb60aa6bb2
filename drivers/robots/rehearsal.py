"""A program played on a simulated body in no time: what the preview shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, assert_never

from drivers.robots.body import Body
from drivers.robots.field import Field, Point
from drivers.robots.fitting import waits_for_button
from drivers.robots.interpreter import USUAL, End, Interpreter, Limits
from drivers.robots.program import RobotProgram
from drivers.robots.types import Abilities, Action, Button, Drive, Gauge, Light, Pen, Senses, Sound

LOOK_S: Final = 0.05
"""Between two steps the body is looked at so often: it may meet a wall."""
PRESS_S: Final = 0.1
HULL_MM: Final = 60.0
NO_GAUGE: Final = Gauge(track_mm=95.0, top_mm_s=0.0)


@dataclass(frozen=True, slots=True)
class Frame:
    """The robot at one instant; between two frames it goes and turns evenly.

    `step` is the id of the step that plays from now on, "" for none.
    """

    at_s: float
    x_mm: float
    y_mm: float
    heading_deg: float
    pen_is_down: bool
    lamp: Light
    sound_hz: float
    step: str


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """All that a program does: 0, 0 is the field's near left corner, x to the right, y away.

    `waits` tells that a button is waited for at the end: the rehearsal ends there.
    """

    frames: tuple[Frame, ...]
    strokes: tuple[tuple[Point, ...], ...]
    end: End
    waits: bool
    duration_s: float
    field: Field


@dataclass(frozen=True, slots=True)
class Press:
    """A button pressed at an instant of the rehearsal."""

    at_s: float
    button: Button


def mat(limits: Limits) -> Field:
    """Return a field as large as the area that a program may use, with walls just beyond."""
    side_mm = 2 * (limits.half_mm + HULL_MM)
    return Field(side_mm, side_mm)


def rehearse(
    program: RobotProgram,
    abilities: Abilities,
    limits: Limits = USUAL,
    field: Field | None = None,
    presses: Sequence[Press] = (),
) -> Rehearsal:
    """Play a program that starts in the middle of the field and looks away from who watches.

    Raises:
        RobotProgramError: this robot lacks something that the program asks for.
    """
    return _Stage(program, abilities, limits, field or mat(limits)).play(sorted(presses, key=_at))


def _at(press: Press) -> float:
    return press.at_s


class _Stage:
    def __init__(self, program: RobotProgram, abilities: Abilities, limits: Limits, field: Field) -> None:
        self._abilities = abilities
        self._interpreter = Interpreter(program, abilities, limits, 0.0)
        self._body = Body(abilities.gauge or NO_GAUGE, field, radius_mm=HULL_MM)
        self._frames: list[Frame] = []
        self._waits = waits_for_button(program)

    def play(self, presses: Sequence[Press]) -> Rehearsal:
        """Go from instant to instant until the program is over or nobody presses any more."""
        now_s, left = 0.0, list(presses)
        while not self._is_over(left):
            self._obey(self._interpreter.advance(now_s, self._senses(now_s, left)), now_s)
            self._interpreter.acted(now_s)
            self._look(now_s)
            later_s = self._next_s(now_s, left)
            left = [press for press in left if press.at_s + PRESS_S > later_s]
            self._advance(now_s, later_s)
            now_s = later_s
        end = self._interpreter.end or End.DONE
        strokes = tuple(tuple(stroke) for stroke in self._body.strokes)
        return Rehearsal(
            tuple(self._frames), strokes, end, self._waits, self._frames[-1].at_s, self._body.field
        )

    def _is_over(self, left: Sequence[Press]) -> bool:
        return self._interpreter.end is not None or (self._interpreter.is_listening and not left)

    def _next_s(self, now_s: float, left: Sequence[Press]) -> float:
        """Return the next instant at which something happens."""
        changes = [
            instant for press in left for instant in (press.at_s, press.at_s + PRESS_S) if instant > now_s
        ]
        return now_s if self._interpreter.end else max(now_s, min([self._interpreter.deadline_s, *changes]))

    def _senses(self, now_s: float, left: Sequence[Press]) -> Senses:
        self._body.pressed = frozenset(press.button for press in left if press.at_s <= now_s)
        return self._body.feel(self._abilities.sensors)

    def _obey(self, actions: Sequence[Action], now_s: float) -> None:
        for action in actions:
            match action:
                case Drive():
                    self._body.drive(action, now_s)
                case Pen():
                    self._body.set_pen(is_down=action.is_down, now_s=now_s)
                case Light():
                    self._body.shine(action, now_s)
                case Sound():
                    self._body.sing(action.pitch_hz, action.duration_s, now_s)
                case _:
                    assert_never(action)

    def _advance(self, now_s: float, later_s: float) -> None:
        """Move on, and look where a wall is met or left."""
        looks = int((later_s - now_s) / LOOK_S) if self._body.is_moving else 0
        for look in range(1, looks + 1):
            was_blocked = self._body.is_blocked
            self._body.advance(now_s + look * LOOK_S)
            if self._body.is_blocked != was_blocked:
                self._look(now_s + look * LOOK_S)
        self._body.advance(later_s)

    def _look(self, now_s: float) -> None:
        """Keep what is seen, if it is news."""
        pose, step = self._body.pose, self._interpreter.step
        frame = Frame(
            now_s,
            pose.x_mm,
            pose.y_mm,
            pose.heading_deg,
            self._body.pen_is_down,
            self._body.lamp,
            self._body.sound_hz,
            step.id if step is not None else "",
        )
        self._frames.append(frame)
