"""The program in the robot, on Aseba's virtual machine: when it stops the motors, and what makes it obey."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.thymio.frames import Frame
from drivers.thymio.layout import Layout
from drivers.thymio.resident import (
    INIT,
    KEY,
    LIMIT_TICKS,
    MARK,
    NEEDED,
    TICK_MS,
    Event,
    missing,
    own,
    program,
)
from drivers.thymio.sim_board import EVENTS, NATIVES, Board
from drivers.thymio.sim_vm import Machine


def layout_of(board: Board) -> Layout:
    """Read a robot's description of itself."""
    layout = Layout()
    for kind, payload in board.description():
        layout.take(Frame(board.node, kind, payload))
    assert layout.is_whole
    return layout


class Robot:
    """The program in a machine whose variables lie as the layout says."""

    def __init__(self, layout: Layout) -> None:
        self.calls: list[tuple[str, list[int]]] = []
        natives = [self._native(name, len(parameters)) for name, parameters in NATIVES]
        self.machine = Machine(layout.memory_words, layout.code_words, natives, lambda *_: None)
        code = program(layout)
        self.machine.code[: len(code)] = code
        self._layout = layout
        self.happen(INIT)

    def happen(self, event: int, *arguments: int) -> None:
        """Let an event come, with its arguments in place."""
        at = self._layout.variables["event.args"].offset
        self.machine.variables[at : at + len(arguments)] = arguments
        self.machine.setup(event)
        self.machine.run()
        assert not self.machine.flags, "it ran to its end"

    def drive(self, left: int, right: int) -> None:
        """Let an order to drive come."""
        self.happen(Event.DRIVE, left, right, KEY)

    def tick(self, count: int = 1) -> None:
        """Let the timer run out."""
        for _ in range(count):
            self.happen(self._layout.event("timer0"))

    def read(self, name: str) -> int:
        """Return the first word of a variable."""
        return self.machine.variables[self._layout.variables[name].offset]

    @property
    def wheels(self) -> tuple[int, int]:
        """The targets of both motors."""
        return self.read("motor.left.target"), self.read("motor.right.target")

    @property
    def own(self) -> tuple[int, int]:
        """The mark, and how often it had to stop by itself."""
        places = own(self._layout)
        return self.machine.variables[places.mark], self.machine.variables[places.trips]

    def _native(self, name: str, count: int):
        def call(machine: Machine) -> None:
            self.calls.append((name, [machine.variables[machine.pop()] for _ in range(count)]))

        return call


@pytest.fixture
def robot() -> Robot:
    """A robot with the layout of the real firmware."""
    return Robot(layout_of(Board()))


def test_it_begins_still_marked_and_counting(robot: Robot):
    """Nothing moves before it is told to."""
    assert robot.wheels == (0, 0)
    assert robot.own == (MARK, 0)
    assert robot.read("timer.period") == TICK_MS


def test_wheels_turn_for_less_than_600_ms_after_the_last_sign_of_life(robot: Robot):
    """A tick comes up to 50 ms after the sign: twelve of them are 550 to 600 ms."""
    assert (LIMIT_TICKS - 1) * TICK_MS >= 550
    assert LIMIT_TICKS * TICK_MS <= 600
    robot.drive(250, -100)
    robot.tick(LIMIT_TICKS - 1)
    assert robot.wheels == (250, -100)
    robot.tick()
    assert robot.wheels == (0, 0)
    assert robot.own == (MARK, 1)


@pytest.mark.parametrize("sign", [Event.BEAT, Event.LIGHT, Event.SOUND])
def test_any_sign_of_life_keeps_it_going(robot: Robot, sign: Event):
    """Again and again, from anybody who speaks to it."""
    robot.drive(250, 250)
    for _ in range(20):
        robot.tick(LIMIT_TICKS - 1)
        robot.happen(sign, 0, 0, 0)
    assert robot.wheels == (250, 250)


def test_who_stands_still_is_not_said_to_have_tripped(robot: Robot):
    """Hours without a program are no fault, and a counter does not run over."""
    robot.tick(33_000)
    assert robot.own == (MARK, 0)
    robot.drive(1, 0)
    assert robot.wheels == (1, 0)


def test_a_beat_alone_never_moves_it_again(robot: Robot):
    """What stopped by itself stands until it is told to drive."""
    robot.drive(250, 250)
    robot.tick(LIMIT_TICKS)
    robot.happen(Event.BEAT)
    robot.tick()
    assert robot.wheels == (0, 0)


def test_stop_is_the_event_that_zeros_mean(robot: Robot):
    """A run of zeros on the wire is a run of stops."""
    assert Event.STOP == 0
    robot.drive(250, 250)
    robot.happen(0)
    assert robot.wheels == (0, 0)


def test_what_only_looks_like_an_order_does_not_move_it(robot: Robot):
    """Without the key, or with the arguments of an order that was obeyed already."""
    robot.drive(250, 250)
    robot.happen(Event.STOP)
    robot.happen(Event.DRIVE)
    assert robot.wheels == (0, 0)
    robot.happen(Event.DRIVE, 300, 300)
    assert robot.wheels == (0, 0)


def test_lamp_and_tone_get_their_numbers_in_order(robot: Robot):
    """Native functions take addresses from the stack, the first argument last."""
    robot.happen(Event.LIGHT, 1, 2, 3)
    robot.happen(Event.SOUND, 440, 30)
    assert robot.calls == [("leds.top", [1, 2, 3]), ("sound.freq", [440, 30])]


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False))
def test_no_place_of_a_variable_is_taken_for_granted(dice: random.Random):
    """Firmwares differ: everything is looked up by its name."""
    board = Board()
    order = list(board.variables)
    dice.shuffle(order)
    events, natives = list(EVENTS), [name for name, _ in NATIVES]
    dice.shuffle(events)
    layout = Layout("thymio-II", 1534, 620)
    for name, size in order:
        layout.variables[name] = type(next(iter(layout_of(board).variables.values())))(layout.words, size)
        layout.words += size
    layout.events, layout.natives = events, natives
    assert missing(layout) == []
    robot = Robot(layout)
    robot.drive(10, 20)
    assert robot.wheels == (10, 20)
    robot.tick(LIMIT_TICKS)
    assert robot.wheels == (0, 0)
    assert robot.own == (MARK, 1)


@pytest.mark.parametrize("name", NEEDED)
def test_a_robot_that_lacks_something_is_not_taken_for_a_thymio(name: str):
    """Each variable that is needed is missed."""
    assert missing(layout_of(Board(lacks=frozenset({name})))) == [name]
