"""The conversation with a board by an injected clock: questions, patience, the watch."""

import pytest

from drivers.firmata import protocol as said
from drivers.firmata.outputs import stop_bytes
from drivers.firmata.protocol import GIVE_UP_S, SILENT_S, WATCH_S, FirmataProtocol
from drivers.firmata.sample import SAMPLE
from drivers.firmata.sim import Make, VirtualFirmata
from drivers.robots.body import Pose
from drivers.robots.events import Failed, Ready, Tripped
from drivers.robots.types import STILL, Drive, Sound
from drivers.simulator import BlackBox
from drivers.types import DeviceState
from tests.drivers.robots.drawn import square_error
from tests.drivers.robots.programs import SQUARE
from tests.drivers.robots.talk import Talk


class Arduino(Talk):
    """A board and its protocol."""

    def __init__(self, make: Make | None = None) -> None:
        self.board = VirtualFirmata(BlackBox(), make=make)
        super().__init__(FirmataProtocol(SAMPLE), self.board, self.board.body)


@pytest.fixture
def talk() -> Arduino:
    """A board that is set up."""
    talk = Arduino()
    talk.live(6.0)
    assert talk.kinds() == [Ready]
    talk.events.clear()
    return talk


@pytest.mark.parametrize("boot_s", [0.0, 1.2, 3.3, 8.0])
def test_a_board_is_waited_for_while_it_boots(boot_s: float):
    """Its answers to what was asked meanwhile, and its own greeting, are no restart."""
    talk = Arduino(Make(boot_s=boot_s))
    talk.live(boot_s + 3.0)
    assert talk.kinds() == [Ready]


def test_a_board_that_does_not_answer_is_given_up_with_what_to_do():
    """Most boards come without the firmware."""
    talk = Arduino()
    talk.board.fall_silent()
    talk.live(GIVE_UP_S + 0.1)
    assert talk.events == [Failed(DeviceState.OFFLINE, said.NOBODY)]


def test_firmware_that_is_too_old_is_refused():
    """It could not tell what its pins are."""
    talk = Arduino(Make(minor=1))
    talk.live(6.0)
    assert talk.events == [Failed(DeviceState.FAULT, said.TOO_OLD)]


def test_the_wheels_stop_when_nobody_gives_a_sign_of_life(talk: Arduino):
    """600 ms after the last sign, once, and not as long as there are signs."""
    talk.protocol.act(Drive(50, 50), talk.now_s)
    for _ in range(10):
        talk.live(WATCH_S * 0.9)
        talk.protocol.beat(talk.now_s)
    assert talk.board.body.wheels != STILL
    talk.live(WATCH_S + 0.1)
    assert talk.board.body.wheels == STILL
    talk.protocol.beat(talk.now_s)
    talk.live(5.0)
    assert talk.kinds() == [Tripped]
    assert talk.board.body.wheels == STILL, "a sign of life alone moves nothing"


def test_a_robot_at_rest_needs_no_signs_of_life(talk: Arduino):
    """It may stand connected all afternoon."""
    talk.live(60.0)
    assert talk.events == []


@pytest.mark.parametrize(("speed_mm_s", "share"), [(150, 0.01), (80, 0.02)])
def test_a_square_is_drawn(talk: Arduino, speed_mm_s: float, share: float):
    """Through interpreter, bytes, pins and servos, by an even clock.

    A pulse is told in whole microseconds, 0.75 mm/s each with these servos: not every speed is met as well.
    """
    talk.board.body.pose = Pose(500, 500, 90)
    strokes = talk.play(SAMPLE.abilities, [{"do": "speed", "mm_s": speed_mm_s}, *SQUARE])
    assert square_error(strokes, 200) < share
    assert talk.kinds() == []


def test_a_board_that_falls_silent_is_told_soon(talk: Arduino):
    """Silence is told within a second and a half."""
    talk.is_deaf = talk.is_mute = True
    talk.live(SILENT_S + 0.1)
    assert talk.events == [Failed(DeviceState.OFFLINE, said.SILENT_BOARD)]
    assert talk.protocol.is_over


def test_a_restart_that_nobody_heard_is_found_by_asking_the_pins(talk: Arduino):
    """Its greeting was lost in a crash of the line: the pins are not what they were made."""
    talk.is_deaf = talk.is_mute = True
    talk.board.restart("weak batteries")
    talk.live(0.3)
    talk.board._boots_s = talk.now_s
    talk.live(0.1)
    talk.is_deaf = talk.is_mute = False
    talk.live(5.0)
    assert talk.events == [Failed(DeviceState.FAULT, said.RESTARTED)]


def test_a_sound_ends_by_itself(talk: Arduino):
    """The firmware knows no time: we do."""
    talk.protocol.act(Sound(440, 0.5), talk.now_s)
    talk.live(0.4)
    assert talk.board.body.sound_hz
    talk.live(0.2)
    assert not talk.board.body.sound_hz


def test_what_a_stop_says_is_short():
    """At 57600 baud it is through within two milliseconds."""
    assert len(stop_bytes(SAMPLE)) * 10 / 57_600 < 0.002
