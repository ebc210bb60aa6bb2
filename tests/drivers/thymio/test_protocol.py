"""The protocol and the virtual robot by an injected clock."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.robots.events import Failed, Felt, Ready, Tripped
from drivers.robots.interpreter import USUAL, End, Interpreter
from drivers.robots.types import Drive, Light, Senses, Sensor, Sound
from drivers.thymio import orders
from drivers.thymio.frames import Frame
from drivers.thymio.messages import Ask, Say, ask
from drivers.thymio.motors import TYPICAL
from drivers.thymio.protocol import ThymioProtocol, abilities
from drivers.thymio.sim_board import Board
from drivers.thymio.sim_faults import Incident
from drivers.types import DeviceState
from tests.drivers.robots.drawn import square_error
from tests.drivers.robots.programs import program
from tests.drivers.thymio.pair import Pair

SIDE_MM = 200
SQUARE = program(
    {"do": "repeat", "times": 4, "steps": [{"do": "move", "mm": SIDE_MM}, {"do": "turn", "deg": 90}]}
)
AHEAD = Drive(100.0, 100.0)


@pytest.fixture(params=[1, 7, 4096], ids=["bytewise", "crumbs", "whole"])
def pair(request: pytest.FixtureRequest) -> Iterator[Pair]:
    """A robot that is ready, over lines that cut what is said into pieces."""
    made = Pair(piece=request.param)
    made.connect()
    return made


def drive(pair: Pair, drive_: Drive = AHEAD) -> None:
    """Let it drive, and let that arrive."""
    pair.events += pair.protocol.act(drive_, pair.now_s)
    pair.exchange()


def test_the_first_bytes_of_every_connection_stop_a_robot_that_runs_our_program():
    """A bike that restarted in mid-drive finds the robot still, however little it knows of it."""
    pair = Pair()
    pair.connect()
    drive(pair)
    assert pair.robot.body.is_moving
    again = ThymioProtocol()
    again.connect(pair.now_s)
    pair.robot.opened(pair.now_s)
    pair.robot.receive(again.take_output(pair.now_s), pair.now_s)
    assert not pair.robot.body.is_moving


def test_acquaintance_ends_with_our_program_in_a_robot_that_stands(pair: Pair):
    """The firmware is named, the program was loaded once and runs."""
    (ready,) = pair.told(Ready)
    assert isinstance(ready, Ready)
    assert ready.firmware == "thymio-II 14"
    assert [entry["kind"] for entry in pair.of("upload", "run")] == ["upload", "run"]
    assert not pair.robot.body.is_moving


def test_a_square_is_a_square_within_one_percent(pair: Pair):
    """Steps of a program, through bytes and byte code, to what the pen in the robot's hole has drawn."""
    interpreter = Interpreter(SQUARE, abilities(TYPICAL), USUAL, pair.now_s)
    while interpreter.end is None:
        for action in interpreter.advance(pair.now_s, Senses(pair.now_s)):
            pair.events += pair.protocol.act(action, pair.now_s)
        pair.events += pair.protocol.beat(pair.now_s)
        pair.exchange()
        interpreter.acted(pair.now_s)
        pair.pass_time(min(0.2, max(0.0, interpreter.deadline_s - pair.now_s)))
    assert interpreter.end is End.DONE
    assert not pair.of("deadman")
    assert square_error(pair.robot.body.strokes, SIDE_MM) < 0.01


def test_without_a_sign_of_life_the_robot_stops_itself_within_600_ms(pair: Pair):
    """Also when the line is cut: it is the robot's own clock that counts."""
    drive(pair)
    (turned,) = pair.of("wheels")
    pair.is_cut = True
    pair.pass_time(1.0)
    stopped = pair.of("wheels")[-1]
    assert (stopped["left_mm_s"], stopped["right_mm_s"]) == (0.0, 0.0)
    assert 0.55 <= float(str(stopped["t"])) - float(str(turned["t"])) <= 0.6
    assert len(pair.of("deadman")) == 1


def test_a_stop_by_itself_is_told(pair: Pair):
    """Once, and the connection lives on."""
    drive(pair)
    pair.until(lambda: bool(pair.told(Tripped)))
    pair.pass_time(2.0)
    assert len(pair.told(Tripped)) == 1
    assert not pair.told(Failed)
    drive(pair)
    assert pair.robot.body.is_moving


@pytest.mark.parametrize("cut", range(13))
def test_the_stop_works_wherever_the_message_before_it_was_cut_off(cut: int):
    """The rest of an order may be dropped for the stop: its zeros complete it, and stop all the same."""
    pair = Pair()
    pair.connect()
    drive(pair)
    order = orders.order(Drive(50, 100), TYPICAL)
    assert len(order) == 12
    assert len(orders.PAD) % 6 == 0, "what follows it is understood"
    pair.robot.receive(order[:cut] + pair.protocol.stop_bytes, pair.now_s)
    assert not pair.robot.body.is_moving


def test_the_stop_works_on_a_robot_whose_program_is_halted(pair: Pair):
    """A debugger's halt keeps the motors turning: they are stopped without the program."""
    drive(pair)
    pair.robot.receive(ask(Ask.PAUSE, pair.robot.board.node), pair.now_s)
    assert pair.robot.body.is_moving
    pair.robot.receive(pair.protocol.stop_bytes, pair.now_s)
    assert not pair.robot.body.is_moving


def test_lamp_and_sound_do_what_is_asked_and_rest_ends_all(pair: Pair):
    """As the robot's body has it."""
    drive(pair)
    for action in (Light(100, 50, 0), Sound(440, 0.5)):
        pair.protocol.act(action, pair.now_s)
    pair.exchange()
    body = pair.robot.body
    assert body.lamp == Light(100, 50, 0)
    assert body.sound_hz == 440
    pair.protocol.rest(pair.now_s)
    pair.exchange()
    assert (body.is_moving, body.lamp, body.sound_hz) == (False, Light(0, 0, 0), 0)


@pytest.mark.parametrize("sound", [Sound(440, 0.0), Sound(0.0, 1.0), Sound(440, -1.0)])
def test_a_sound_of_no_length_is_silence_and_not_for_ever(pair: Pair, sound: Sound):
    """The firmware takes a length of 0 for endless."""
    pair.protocol.act(sound, pair.now_s)
    pair.exchange()
    assert pair.robot.body.sound_hz == 0


def test_what_is_felt_is_told_ten_times_a_second(pair: Pair):
    """Distance, ground, tilt, and the charge of the cell."""
    before = len(pair.told(Felt))
    pair.pass_time(1.0)
    assert len(pair.told(Felt)) - before == pytest.approx(10, abs=2)
    felt = pair.told(Felt)[-1]
    assert isinstance(felt, Felt)
    assert felt.senses.values[Sensor.TILT] == 0.0
    assert felt.senses.values[Sensor.GROUND] == 100.0
    assert felt.senses.values[Sensor.DISTANCE] == 200.0
    assert felt.battery_pct == pytest.approx(75, abs=1)


@pytest.mark.parametrize(
    ("board", "sentence"),
    [
        (Board(name="e-puck0", lacks=frozenset({"motor.left.target"})), "no Thymio II but 'e-puck0'"),
        (Board(lacks=frozenset({"timer.period"})), "lacks timer.period"),
    ],
)
def test_another_robot_is_refused_by_its_name(board: Board, sentence: str):
    """Before it gets a program."""
    pair = Pair(board)
    pair.meet()
    (failed,) = pair.told(Failed)
    assert isinstance(failed, Failed)
    assert sentence in failed.message
    assert not pair.of("upload")


def test_nobody_there_is_told_in_the_end():
    """After ten calls."""
    pair = Pair()
    pair.robot.befall(Incident.HANG)
    pair.meet()
    (failed,) = pair.told(Failed)
    assert isinstance(failed, Failed)
    assert failed.state is DeviceState.OFFLINE
    assert "switch it on" in failed.message


@pytest.mark.parametrize(
    ("incident", "state", "sentence"),
    [
        (Incident.SILENCE, DeviceState.OFFLINE, "answers no more"),
        (Incident.HANG, DeviceState.OFFLINE, "answers no more"),
        (Incident.GARBAGE, DeviceState.FAULT, "makes no sense"),
        (Incident.RESET, DeviceState.FAULT, "restarted by itself"),
        (Incident.ERROR, DeviceState.FAULT, "Motor too hot"),
        (Incident.COMPANION, DeviceState.FAULT, "Several robots"),
    ],
)
def test_whatever_happens_is_told_once_with_what_to_do(
    pair: Pair, incident: Incident, state: DeviceState, sentence: str
):
    """And nothing more is said to the robot: the tether stops it."""
    drive(pair)
    pair.robot.befall(incident)
    pair.until(lambda: bool(pair.told(Failed)))
    pair.pass_time(1.0)
    (failed,) = pair.told(Failed)
    assert isinstance(failed, Failed)
    assert failed.state is state
    assert sentence in failed.message
    assert pair.protocol.deadline_s() is None
    assert pair.protocol.take_output(pair.now_s) == b""


def test_a_watchdog_that_stands_still_is_a_fault(pair: Pair):
    """Who answers, but would not stop by itself, is not driven."""
    pair.robot.receive(ask(Ask.SET_VARIABLES, 1, pair.robot.board.address("timer.period"), 0), pair.now_s)
    pair.until(lambda: bool(pair.told(Failed)))
    (failed,) = pair.told(Failed)
    assert isinstance(failed, Failed)
    assert "stands still" in failed.message


def test_another_program_that_halts_the_robot_is_told(pair: Pair):
    """Such as a debugger on a switch between us and the robot."""
    pair.robot.receive(ask(Ask.PAUSE, 1), pair.now_s)
    pair.until(lambda: bool(pair.told(Failed)))
    assert "close it" in str(pair.told(Failed)[0])


def test_a_description_that_stops_in_the_middle_is_asked_for_again():
    """A dongle may lose a message."""
    pair = Pair()
    lost = [True]
    say = pair.robot._say

    def lossy(kind: int, payload: bytes) -> None:
        if kind == Say.VARIABLE and b"prox.horizontal" in payload and lost:
            lost.clear()
        else:
            say(kind, payload)

    pair.robot._say = lossy  # type: ignore[method-assign]
    pair.connect()
    assert not lost
    assert pair.now_s > 1.0


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=80), max_size=12), st.integers(0, 40))
def test_hostile_bytes_at_any_moment_end_in_a_sentence_or_in_nothing(said: list[bytes], after: int):
    """No exception reaches the thread that talks to the robot, and what is told ends it once."""
    pair = Pair()
    pair.robot.opened(0.0)
    pair.events += pair.protocol.connect(0.0)
    for _ in range(after):
        pair.pass_time(0.002)
    for piece in said:
        pair.hear(piece)
        pair.pass_time(0.002)
    assert len(pair.told(Failed)) <= 1


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.builds(
            Frame,
            st.just(1),
            st.sampled_from([*Say, 3, 0x900F]),
            st.binary(max_size=30),
        ),
        max_size=12,
    ),
    st.sampled_from([0, 1, 3, 200]),
)
def test_well_framed_nonsense_from_the_robot_is_survived(said: list[Frame], after: int):
    """Descriptions without end, variables that were never asked for, errors without text."""
    pair = Pair()
    pair.robot.opened(0.0)
    pair.events += pair.protocol.connect(0.0)
    pair.pass_time(0.002 * after)
    for frame in said:
        pair.hear(frame.to_bytes())
    pair.pass_time(0.1)
    assert len(pair.told(Failed)) <= 1


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=80), max_size=12))
def test_the_virtual_robot_survives_hostile_bytes_too(said: list[bytes]):
    """What it cannot understand it waits out, until its port is opened anew."""
    pair = Pair()
    for piece in said:
        pair.robot.receive(piece, pair.now_s)
        pair.robot.advance(pair.now_s)
    pair.connect()
