"""Plays a program step by step: senses and the time go in, actions and a deadline come out."""

import math
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, assert_never

from drivers.robots.driving import SLIVER_MM, Driving, Leg
from drivers.robots.fitting import require
from drivers.robots.program import (
    If,
    Move,
    PlaySound,
    Repeat,
    RobotProgram,
    SetLight,
    SetPen,
    SetSpeed,
    Side,
    Step,
    Turn,
    Wait,
    When,
)
from drivers.robots.types import STILL, Abilities, Action, Button, Drive, Light, Pen, Senses, Sound

USUAL_MM_S: Final = 80.0
PEN_S: Final = 0.3
"""A pen needs so long to go down or up."""
LIGHT_S: Final = 0.02
BURST: Final = 50
"""So many steps that take no time are done at one instant; then the robot rests for a moment."""
BREATH_S: Final = 0.02
DARK: Final = Light(0.0, 0.0, 0.0)
SILENCE: Final = Sound(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Limits:
    """What no program may exceed: in time, steps played, wheel speed, and how far it goes to each side."""

    duration_s: float = 300.0
    steps: int = 5000
    speed_mm_s: float = 150.0
    half_mm: float = 600.0


USUAL: Final = Limits()


class End(StrEnum):
    """Why a program is over."""

    DONE = "done"
    """All steps were played."""
    TIME = "time"
    """It took as long as it may: the regular end of one that waits for buttons."""
    STEPS = "steps"
    """It played as many steps as it may."""
    AREA = "area"
    """A step would have left the area; the robot stands at its edge."""
    STOPPED = "stopped"
    """Somebody ended it; never said by the interpreter itself."""


class _Mark(StrEnum):
    LISTENING = "listening"
    OVER = "over"


class Interpreter:
    """One run of a program: it always ends within its limits, and at its end all is off.

    Call `advance` at `deadline_s`, or earlier with new senses; do the actions it returns, then call `acted`
    with the instant at which they were done. Every instant is seconds of one clock.
    """

    def __init__(self, program: RobotProgram, abilities: Abilities, limits: Limits, now_s: float) -> None:
        """Raises RobotProgramError when this robot lacks something."""
        require(program, abilities)
        self.end: End | None = None
        self.step: Step | None = None
        self._program = program
        self._limits = limits
        self._driving = Driving(abilities.gauge, limits.half_mm, now_s) if abilities.gauge else None
        self._marks = self._all()
        self._speed_mm_s = min(USUAL_MM_S, limits.speed_mm_s)
        self._senses = Senses()
        self._held: frozenset[Button] | None = None
        self._presses: deque[Button] = deque()
        self._wheels = STILL
        self._count = 0
        self._until_s = now_s
        self._ends_s = now_s + limits.duration_s
        self._pen_is_down = False
        self._lamp = DARK

    @property
    def is_listening(self) -> bool:
        """Whether all is done that was to be done, and a button is waited for."""
        return self.end is None and self._until_s == math.inf

    @property
    def deadline_s(self) -> float:
        """When `advance` wants to be called at the latest."""
        if self.end is not None:
            return -math.inf
        is_driving = self._driving is not None and self._driving.leg is not None
        next_s = self._driving.deadline_s if self._driving is not None and is_driving else self._until_s
        return min(next_s, self._ends_s)

    def advance(self, now_s: float, senses: Senses) -> tuple[Action, ...]:
        """Return what the robot must do now."""
        if self.end is not None:
            return ()
        self._feel(senses)
        if self._driving is not None:
            self._driving.reckon(now_s)
        return self._finish(End.TIME, now_s) if now_s >= self._ends_s else self._go_on(now_s)

    def _go_on(self, now_s: float) -> tuple[Action, ...]:
        if (leg := self._leg) is not None:
            if (going := self._still_to_go(leg)) is not None:
                return self._turn_wheels(going.drive)
            self._let_go()
            if leg.is_cut:
                return self._finish(End.AREA, now_s)
        elif now_s < self._until_s and not (self.is_listening and self._presses):
            return ()
        return self._play(now_s)

    def acted(self, now_s: float) -> None:
        """The actions returned last were done at this instant."""
        if self._driving is not None:
            self._driving.reckon(now_s)
            self._driving.told(self._wheels)

    @property
    def _leg(self) -> Leg | None:
        return self._driving.leg if self._driving is not None else None

    def _still_to_go(self, leg: Leg) -> Leg | None:
        """The leg while it lasts, then the way back if it went too far."""
        if leg.rest_mm > SLIVER_MM or self._driving is None:
            return leg
        return self._driving.mend()

    def _let_go(self) -> None:
        if self._driving is not None:
            self._driving.leg = None

    def _feel(self, senses: Senses) -> None:
        """Note a button when it goes down, once until its steps are played."""
        for button in sorted(senses.pressed - (senses.pressed if self._held is None else self._held)):
            if button not in self._presses:
                self._presses.append(button)
        self._senses, self._held = senses, senses.pressed

    def _play(self, now_s: float) -> tuple[Action, ...]:
        """Go on to the next step that takes time."""
        actions: list[Action] = []
        for _ in range(BURST):
            mark = next(self._marks)
            if mark is _Mark.OVER:
                return (*actions, *self._finish(End.DONE, now_s))
            if mark is _Mark.LISTENING:
                self._until_s, self.step = math.inf, None
                return (*actions, *self._turn_wheels(STILL))
            self._count += 1
            if self._count > self._limits.steps:
                return (*actions, *self._finish(End.STEPS, now_s))
            self.step = mark
            duration_s = self._begin(mark, actions)
            leg = self._leg
            if leg is not None and leg.is_cut and leg.rest_mm <= SLIVER_MM:
                return (*actions, *self._finish(End.AREA, now_s))
            if leg is not None or duration_s > 0:
                self._until_s = now_s + duration_s
                return tuple(actions)
        self._until_s = now_s + BREATH_S
        return (*actions, *self._turn_wheels(STILL))

    def _begin(self, step: Step, actions: list[Action]) -> float:
        """Add what the step does to the actions, and return how long to stand still for it."""
        match step:
            case Move() | Turn():
                actions += self._drive(step)
                return 0.0
            case SetSpeed():
                self._speed_mm_s = min(step.speed_mm_s, self._limits.speed_mm_s)
                return 0.0
            case Repeat() | If() | When():
                return 0.0
            case SetPen() | SetLight() | PlaySound() | Wait():
                duration_s, action = self._still_action(step)
                actions += self._turn_wheels(STILL) if duration_s > 0 else ()
                actions += (action,) if action is not None else ()
                return duration_s
            case _:
                assert_never(step)

    def _still_action(self, step: SetPen | SetLight | PlaySound | Wait) -> tuple[float, Action | None]:
        match step:
            case SetPen():
                self._pen_is_down = step.is_down
                return PEN_S, Pen(step.is_down)
            case SetLight():
                self._lamp = Light(step.red_pct, step.green_pct, step.blue_pct)
                return LIGHT_S, self._lamp
            case PlaySound():
                return step.duration_s, Sound(step.pitch_hz, step.duration_s)
            case Wait():
                return step.duration_s, None
            case _:
                assert_never(step)

    def _drive(self, step: Move | Turn) -> tuple[Action, ...]:
        """Begin the leg; one too short to drive is left to the next."""
        if self._driving is None:
            return ()
        if isinstance(step, Move):
            leg = self._driving.ahead(step.distance_mm, self._speed_mm_s)
        else:
            leg = self._driving.around(step.angle_deg, self._speed_mm_s)
        if leg.rest_mm > SLIVER_MM:
            return self._turn_wheels(leg.drive)
        if not leg.is_cut:
            self._let_go()
        return ()

    def _turn_wheels(self, wheels: Drive) -> tuple[Action, ...]:
        if wheels == self._wheels:
            return ()
        self._wheels = wheels
        return (wheels,)

    def _finish(self, end: End, now_s: float) -> tuple[Action, ...]:
        """Everything off that may be on."""
        is_sounding = isinstance(self.step, PlaySound) and now_s < self._until_s
        self.end, self.step = end, None
        self._let_go()
        actions: list[Action] = [*self._turn_wheels(STILL)]
        if self._pen_is_down:
            actions.append(Pen(is_down=False))
        if self._lamp != DARK:
            actions.append(DARK)
        if is_sounding:
            actions.append(SILENCE)
        return tuple(actions)

    def _all(self) -> Iterator[Step | _Mark]:
        """Every step in the order in which it is played, conditions asked when they are reached."""
        yield from self._each(self._program.steps)
        whens = [step for step in self._program.steps if isinstance(step, When)]
        while whens:
            if not self._presses:
                yield _Mark.LISTENING
                continue
            button = self._presses.popleft()
            for when in whens:
                if when.button is button:
                    yield when
                    yield from self._each(when.steps)
        yield _Mark.OVER

    def _each(self, steps: Sequence[Step]) -> Iterator[Step]:
        for step in steps:
            match step:
                case Repeat():
                    for _ in range(step.times):
                        yield step
                        yield from self._each(step.steps)
                case If():
                    yield step
                    yield from self._each(step.then if self._holds(step) else step.otherwise)
                case When():
                    continue
                case _:
                    yield step

    def _holds(self, step: If) -> bool:
        """A sensor that tells nothing is on neither side."""
        value = self._senses.values.get(step.sensor)
        if value is None or math.isnan(value):
            return False
        return value < step.value if step.side is Side.BELOW else value > step.value
