"""A program is played within its limits, whatever it says and however late it is called."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.robots.body import Body
from drivers.robots.interpreter import End, Interpreter, Limits
from drivers.robots.reading import checked_program
from drivers.robots.refusals import Refusal, RobotProgramError
from drivers.robots.rehearsal import Press, mat, rehearse
from drivers.robots.types import STILL, Abilities, Action, Button, Drive, Light, Pen, Senses, Sensor, Sound
from tests.drivers.robots.drawn import square_error
from tests.drivers.robots.programs import ABLE, SQUARE, program, whole_programs

LATE_S = 0.008
TIGHT = Limits(duration_s=30, steps=400, speed_mm_s=120, half_mm=400)


def obey(body: Body, actions: tuple[Action, ...], now_s: float) -> None:
    """Do what the interpreter says."""
    for action in actions:
        match action:
            case Drive():
                body.drive(action, now_s)
            case Pen():
                body.set_pen(is_down=action.is_down, now_s=now_s)
            case Light():
                body.shine(action, now_s)
            case Sound():
                body.sing(action.pitch_hz, action.duration_s, now_s)


def played(
    found: dict[str, object], limits: Limits, seed: int, most_late_s: float, seldom_s: float = 0.0
) -> Body:
    """Play a program on a body while calls and wires come late; judge speed, area and time on the way."""
    lateness = random.Random(seed)  # noqa: S311 - no secret
    interpreter = Interpreter(checked_program(found), ABLE, limits, 1000.0)
    body, now_s = Body(ABLE.gauge, mat(limits)), 1000.0
    body.advance(now_s)
    while interpreter.end is None:
        assert now_s < 1000 + limits.duration_s + 2 * most_late_s
        actions = interpreter.advance(now_s, body.feel(Sensor))
        acted_s = now_s + lateness.uniform(0, most_late_s)
        obey(body, actions, acted_s)
        interpreter.acted(acted_s)
        assert max(abs(body.wheels.left_mm_s), abs(body.wheels.right_mm_s)) <= limits.speed_mm_s
        middle_mm = body.field.width_mm / 2
        away_mm = max(abs(body.pose.x_mm - middle_mm), abs(body.pose.y_mm - middle_mm))
        assert away_mm <= limits.half_mm
        if interpreter.end is None:
            starved_s = seldom_s if lateness.random() < 0.2 else 0.0
            now_s = max(acted_s, interpreter.deadline_s) + lateness.uniform(0, most_late_s) + starved_s
    body.advance(now_s + 2 * most_late_s)
    return body


@given(whole_programs, st.integers())
@settings(max_examples=60, deadline=None)
def test_every_program_keeps_its_limits(found: dict[str, object], seed: int) -> None:
    """It ends in time, is never faster, never leaves its area, and at its end all is at rest."""
    body = played(found, TIGHT, seed, LATE_S)
    assert body.wheels == STILL
    assert not body.pen_is_down
    assert body.lamp == Light(0, 0, 0)
    assert body.sound_hz == 0


@given(st.integers())
@settings(max_examples=20, deadline=None)
def test_a_square_is_square_however_late(seed: int) -> None:
    """Calls that come up to 8 ms late, and wires that are as slow are paid back: within 1 % of its side."""
    body = played({"version": 1, "steps": SQUARE}, Limits(), seed, LATE_S)
    assert square_error(body.strokes, 200) < 0.01


@given(st.integers())
@settings(max_examples=20, deadline=None)
def test_a_square_is_a_square_on_a_starved_computer(seed: int) -> None:
    """Calls that come 200 ms late now and then, 16 mm each, are mended: two at most show in where it ends."""
    body = played({"version": 1, "steps": SQUARE}, Limits(), seed, LATE_S, seldom_s=0.2)
    middle = body.field.width_mm / 2
    assert math.dist((body.pose.x_mm, body.pose.y_mm), (middle, middle)) < 2 * 16
    assert abs(body.pose.heading_deg - 450) < 10


def test_a_rehearsed_square_is_exact() -> None:
    """Every frame tells the step that plays, the pen and the pose."""
    shown = rehearse(program(*SQUARE), ABLE)
    assert shown.end is End.DONE
    assert len(shown.strokes) == 1
    assert square_error(shown.strokes, 200) < 1e-6
    assert {frame.step for frame in shown.frames} == {"pen", "side", "corner", ""}
    assert shown.frames[-1].at_s == shown.duration_s
    assert not shown.frames[-1].pen_is_down


def test_time_ends_a_program() -> None:
    """A program that would take hours ends on the second, still."""
    shown = rehearse(
        program({"do": "repeat", "times": 1000, "steps": [{"do": "wait", "s": 60}]}), ABLE, TIGHT
    )
    assert (shown.end, shown.duration_s) == (End.TIME, 30)


@pytest.mark.parametrize(
    "inner", [[], [{"do": "speed", "mm_s": 100}], [{"do": "repeat", "times": 0, "steps": []}]]
)
def test_steps_end_a_program(inner: list[dict[str, object]]) -> None:
    """A thousand times a thousand times a thousand of nothing is bounded too, and does not spin."""
    steps = inner
    for _ in range(5):
        steps = [{"do": "repeat", "times": 1000, "steps": steps}]
    shown = rehearse(program(*steps), ABLE, TIGHT)
    assert shown.end is End.STEPS
    assert shown.duration_s < 1


def test_the_edge_ends_a_program() -> None:
    """A step that would leave the area is cut, and nothing follows it."""
    shown = rehearse(program({"do": "move", "mm": 2000}, {"do": "turn", "deg": 90}), ABLE, TIGHT)
    assert shown.end is End.AREA
    assert shown.frames[-1].y_mm - shown.field.depth_mm / 2 == pytest.approx(380, abs=0.1)
    assert shown.frames[-1].heading_deg == 90


def test_conditions_ask_the_sensors_when_they_are_reached() -> None:
    """Drive while nothing is near, else turn; a sensor that tells nothing means the other branch."""
    follow = {
        "do": "repeat", "times": 100, "steps": [
            {"do": "if", "sensor": "distance", "is": "above", "value": 200,
             "then": [{"do": "move", "mm": 20}],
             "else": [{"do": "light", "red": 100, "green": 0, "blue": 0}]},
        ],
    }  # fmt: skip
    shown = rehearse(program(follow), ABLE)
    assert shown.end is End.DONE
    assert shown.frames[-2].lamp.red_pct == 100
    wall_mm = shown.field.depth_mm - 60 - shown.frames[-1].y_mm
    assert 180 <= wall_mm <= 201
    deaf = Interpreter(program(follow), ABLE, Limits(), 0)
    assert deaf.advance(0, Senses()) == (Light(100, 0, 0),)


def test_buttons_play_their_steps_once_all_else_is_done() -> None:
    """A press counts when it goes down, also while something else plays."""
    listening = program(
        {"do": "wait", "s": 1},
        {"do": "when", "button": "left", "steps": [{"do": "turn", "deg": 90}]},
        {"do": "when", "button": "right", "steps": [{"do": "turn", "deg": -90}]},
    )
    silent = rehearse(listening, ABLE)
    assert (silent.waits, silent.frames[-1].at_s) == (True, 1)
    presses = [Press(0.5, Button.LEFT), Press(5, Button.LEFT), Press(9, Button.RIGHT)]
    assert rehearse(listening, ABLE, presses=presses).frames[-1].heading_deg == pytest.approx(180)


def test_a_held_button_is_one_press() -> None:
    """Nothing repeats while a finger stays, nor for one that was there before."""
    listening = program(
        {"do": "when", "button": "a", "steps": [{"do": "light", "red": 0, "green": 9, "blue": 0}]}
    )
    interpreter = Interpreter(listening, ABLE, Limits(), 0)
    held = Senses(pressed=frozenset({Button.A}))
    assert interpreter.advance(0, held) == ()
    assert interpreter.is_listening
    assert interpreter.advance(1, held) == ()
    assert interpreter.advance(2, Senses()) == ()
    assert interpreter.advance(3, held) == (Light(0, 9, 0),)
    assert interpreter.advance(4, held) == ()
    assert interpreter.is_listening


def test_what_a_robot_lacks_is_told_before_it_begins() -> None:
    """No interpreter is made for a robot without wheels."""
    with pytest.raises(RobotProgramError) as caught:
        Interpreter(program({"do": "move", "mm": 1}), Abilities(gauge=None), Limits(), 0)
    assert caught.value.refusal is Refusal.NO_WHEELS


def test_a_tone_is_silenced_at_the_end() -> None:
    """Time that runs out in a tone ends it."""
    interpreter = Interpreter(program({"do": "sound", "hz": 440, "s": 10}), ABLE, Limits(duration_s=1), 0)
    assert interpreter.advance(0, Senses()) == (Sound(440, 10),)
    assert interpreter.advance(1, Senses()) == (Sound(0, 0),)
    assert interpreter.end is End.TIME
