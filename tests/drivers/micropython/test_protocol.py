"""The conversation with a micro:bit by an injected clock: the way in, lost lines, the watch, a square."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.micropython import protocol as said
from drivers.micropython.inputs import abilities
from drivers.micropython.lines import Setting, order, read_status, summed
from drivers.micropython.program import MARK
from drivers.micropython.protocol import GIVE_UP_S, SILENT_S, MicrobitProtocol
from drivers.micropython.repl import PIECE_BYTES, PIECE_S, Paste, outcome
from drivers.micropython.sample import SAMPLE
from drivers.micropython.sim import VirtualMicrobit
from drivers.robots.body import Pose
from drivers.robots.events import Failed, Ready, Tripped
from drivers.robots.types import STILL, Drive, Light, Sound
from drivers.simulator import BlackBox
from drivers.types import DeviceState
from tests.drivers.robots.drawn import square_error
from tests.drivers.robots.programs import SQUARE
from tests.drivers.robots.talk import Talk


class Microbit(Talk):
    """A board and its protocol."""

    def __init__(self) -> None:
        self.board = VirtualMicrobit(BlackBox())
        super().__init__(MicrobitProtocol(SAMPLE), self.board, self.board.body)


@pytest.fixture
def talk() -> Microbit:
    """A board that runs our program."""
    talk = Microbit()
    talk.live(2.0)
    assert talk.kinds() == [Ready]
    talk.events.clear()
    return talk


def test_a_board_that_runs_our_program_already_is_taken_over(talk: Microbit):
    """The bike's own process was killed: the program still runs, and a new connection ends it first."""
    talk.protocol.act(Drive(100, 100), talk.now_s)
    talk.beat_for(0.5)
    assert talk.body.wheels != STILL
    talk.protocol = MicrobitProtocol(SAMPLE)
    talk.note(talk.protocol.connect(talk.now_s))
    talk.live(0.01)
    assert talk.body.wheels == STILL
    talk.live(2.0)
    assert talk.kinds() == [Ready]


@pytest.mark.parametrize("lost", [b"pin8,", b"600", b"p", b"write_digital", b"exec", b"run()", b"release"])
def test_a_program_that_was_damaged_on_its_way_is_sent_again_and_never_run(lost: bytes):
    """The raw REPL checks nothing, and a program with a digit less would still be one."""
    talk = Microbit()
    take = talk.robot.receive
    rest = bytearray()
    hits: list[float] = []

    def receive(data: bytes, now_s: float) -> None:
        """Lose a word once, wherever pieces may cut it."""
        rest.extend(data)
        if not hits and lost in rest:
            hits.append(now_s)
            rest[:] = rest.replace(lost, b"", 1)
        keep = 0 if hits or data.endswith(b"\x04") else len(lost)
        take(bytes(rest[: len(rest) - keep]), now_s)
        del rest[: len(rest) - keep]

    talk.robot.receive = receive  # type: ignore[method-assign]
    talk.live(4.0)
    assert hits
    assert talk.kinds() == [Ready]
    assert len([entry for entry in talk.board._black_box.entries if entry["kind"] == "start"]) == 1


def test_a_square_is_drawn_within_one_hundredth(talk: Microbit):
    """Through interpreter, lines, pins and motors, by an even clock."""
    talk.body.pose = Pose(500, 500, 90)
    can = abilities(SAMPLE, feels_light=True)
    assert square_error(talk.play(can, [{"do": "speed", "mm_s": 150}, *SQUARE]), 200) < 0.01
    assert talk.kinds() == []


def test_a_line_that_was_lost_is_said_again(talk: Microbit):
    """And what was asked meanwhile goes with it."""
    talk.is_deaf = True
    talk.protocol.act(Drive(100, 100), talk.now_s)
    talk.live(0.01)
    talk.protocol.act(Light(100, 100, 100), talk.now_s)
    talk.live(0.05)
    assert talk.body.wheels == STILL
    talk.is_deaf = False
    talk.live(0.3)
    assert talk.body.wheels.left_mm_s == pytest.approx(100, abs=1)
    assert talk.body.lamp.red_pct == 100


def test_the_watch_of_the_board_is_told_and_only_a_new_order_moves_it_again(talk: Microbit):
    """Nothing resumes by itself, not even what a light asks for later."""
    talk.protocol.act(Drive(100, 100), talk.now_s)
    talk.live(1.0)
    assert talk.body.wheels == STILL
    assert talk.kinds() == [Tripped]
    talk.beat_for(1.0)
    talk.protocol.act(Light(100, 0, 0), talk.now_s)
    talk.beat_for(1.0)
    assert talk.body.wheels == STILL
    assert talk.body.lamp.red_pct == 100
    talk.protocol.act(Drive(100, 100), talk.now_s)
    talk.live(0.2)
    assert talk.body.wheels != STILL


def test_a_sound_ends_by_itself(talk: Microbit):
    """Its end is another line."""
    talk.protocol.act(Sound(440, 0.5), talk.now_s)
    talk.beat_for(0.4)
    assert talk.body.sound_hz == 440
    talk.beat_for(0.4)
    assert talk.body.sound_hz == 0


def test_a_board_that_does_not_answer_is_given_up_with_what_to_do():
    """It may run something else than MicroPython."""
    talk = Microbit()
    talk.is_mute = True
    talk.live(GIVE_UP_S + 0.1)
    assert talk.events == [Failed(DeviceState.OFFLINE, said.NOBODY)]


@pytest.mark.parametrize("cut", [1, 2, 40, 60])
def test_why_a_program_has_ended_is_told_in_whatever_pieces_it_comes(talk: Microbit, cut: int):
    """The board's own last word is in the sentence; half of it is an end all the same."""
    error = b"\x04Traceback (most recent call last):\r\nOSError: I2C operation failed\r\n\x04>"
    talk.is_deaf = talk.is_mute = True
    talk.note(talk.protocol.receive(error[:cut], talk.now_s))
    assert talk.events == []
    talk.note(talk.protocol.receive(error[cut:], talk.now_s))
    assert talk.events == [Failed(DeviceState.FAULT, f"{said.ENDED} It says: OSError: I2C operation failed")]
    talk = Microbit()
    talk.live(2.0)
    talk.note(talk.protocol.receive(error[:cut], talk.now_s))
    talk.is_mute = True
    talk.live(0.5)
    assert talk.events[1:] == [Failed(DeviceState.FAULT, said.ENDED)]


def test_a_board_that_falls_silent_is_told_soon(talk: Microbit):
    """It stops by itself, so there is nothing to fear."""
    talk.is_mute = True
    talk.live(SILENT_S + 0.1)
    assert talk.events == [Failed(DeviceState.OFFLINE, said.SILENT)]


def test_a_robot_at_rest_needs_no_signs_of_life(talk: Microbit):
    """Its watch turns off what is off, and nobody is told."""
    talk.live(30.0)
    assert talk.events == []


def test_a_program_goes_in_pieces_that_a_small_board_can_take():
    """No more than its ring holds, and with time to read between."""
    paste, now_s, pieces = Paste(MARK + "\n" * 500), 0.0, []
    while not paste.is_sent:
        if piece := paste.take(now_s):
            pieces.append((now_s, piece))
        now_s += 0.001
    assert max(len(piece) for _, piece in pieces) <= PIECE_BYTES
    gaps = [after - before for (before, _), (after, _) in pairwise(pieces)]
    assert min(gaps) >= PIECE_S - 1e-9
    assert b"".join(piece for _, piece in pieces) == (MARK + "\n" * 500).encode() + b"\x04"


@given(noise=st.binary(max_size=200))
@settings(max_examples=200)
def test_noise_is_never_a_status_nor_an_outcome_that_breaks_anything(noise: bytes):
    """What a board says is hostile text."""
    assert read_status(noise, 2) is None
    result = outcome(b"OK" + noise)
    assert result is None or all(text.isprintable() for text in result)


@given(at=st.integers(0, 30), bit=st.integers(0, 7))
def test_a_flipped_bit_is_found(at: int, bit: int):
    """The sum of a status finds one wrong digit, wherever it is."""
    line = bytearray(summed([12, 0, 3, -40, 500, -900, 300, 128])[:-1])
    at %= len(line)
    line[at] ^= 1 << bit
    assert read_status(bytes(line), 2) is None


def test_a_line_says_everything():
    """Number, display, pitch, pins, sum."""
    assert order(7, Setting(9, 440, (-1, 512))) == b"7,9,440,-1,512,967\n"
