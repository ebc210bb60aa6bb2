"""Every way in which motors hang on an Arduino: what was asked is what the pins make of it."""

from dataclasses import replace

import pytest

from drivers.firmata.outputs import Outputs, stop_bytes
from drivers.firmata.sample import SAMPLE
from drivers.firmata.sim import Make, VirtualFirmata
from drivers.robots.types import STILL, Drive, Light, Pen, Sound
from drivers.robots.wiring import BridgeWheel, Lamp, ServoWheel, Wheel, Wiring
from drivers.simulator import BlackBox
from tests.drivers.robots.tethered import speeds

TWO_PINS = (
    BridgeWheel(pwm_pin=5, forward_pin=7, backward_pin=8, top_mm_s=200, least_pct=25),
    BridgeWheel(pwm_pin=6, forward_pin=12, backward_pin=13, top_mm_s=200, least_pct=25),
)
ONE_PIN = (
    BridgeWheel(pwm_pin=3, forward_pin=None, backward_pin=12, top_mm_s=200),
    BridgeWheel(pwm_pin=11, forward_pin=13, backward_pin=None, top_mm_s=200),
)
INVERTING = (
    BridgeWheel(pwm_pin=5, forward_pin=None, backward_pin=4, top_mm_s=200, least_pct=10, inverts=True),
    BridgeWheel(pwm_pin=6, forward_pin=None, backward_pin=7, top_mm_s=200, least_pct=10, inverts=True),
)
SERVOS = (
    ServoWheel(pin=10, still_us=1480, full_us=1700, top_mm_s=200),
    ServoWheel(pin=9, still_us=1510, full_us=1290, top_mm_s=200),
)
WHEELS = {"two pins": TWO_PINS, "one pin": ONE_PIN, "inverting": INVERTING, "servos": SERVOS}
DRIVES = [Drive(80, 80), Drive(-80, -80), Drive(200, -200), Drive(-15, 120), Drive(0, 60), STILL]


class Bare:
    """A virtual board that is told things without any line between."""

    def __init__(self, wiring: Wiring, make: Make | None = None) -> None:
        self.box = BlackBox()
        self.board = VirtualFirmata(self.box, wiring, make or Make(resets_on_open=False, boot_s=0.0))
        pins = tuple(self.board._pins.abilities(number) for number in range(20))
        self.outputs = Outputs(wiring, pins)
        self.tell(b"".join(self.outputs.setup()))

    def tell(self, said: bytes) -> None:
        """Have the board take some bytes."""
        self.board.receive(said, 0.0)

    def drive(self, drive: Drive) -> None:
        """Have the wheels turned."""
        self.tell(b"".join(self.outputs.act(drive)))

    @property
    def wheels(self) -> Drive:
        """How the wheels turn."""
        return self.board.body.wheels


@pytest.fixture(params=WHEELS)
def wheels(request: pytest.FixtureRequest) -> tuple[Wheel, Wheel]:
    """Each kind of motor."""
    return WHEELS[request.param]


@pytest.fixture
def bare(wheels: tuple[Wheel, Wheel]) -> Bare:
    """A robot with them."""
    return Bare(Wiring(105.0, *wheels))


def test_wheels_turn_as_asked_from_any_turning_to_any_other(bare: Bare):
    """The pins make the speeds that were asked for, whatever they made before."""
    for first in DRIVES:
        for then in DRIVES:
            bare.drive(first)
            bare.drive(then)
            assert bare.wheels.left_mm_s == pytest.approx(then.left_mm_s, abs=1.5)
            assert bare.wheels.right_mm_s == pytest.approx(then.right_mm_s, abs=1.5)


@pytest.mark.parametrize("kind", ["two pins", "one pin", "servos"])
def test_no_wheel_turns_the_wrong_way_while_it_changes_direction(kind: str):
    """Between two turnings each wheel goes on, stands, or goes as asked; never faster than either.

    Not so a bridge that inverts: two messages, half a millisecond apart, make its one change.
    """
    bare = Bare(Wiring(105.0, *WHEELS[kind]))
    for first in DRIVES:
        for then in DRIVES:
            bare.drive(first)
            before = len(bare.box.entries)
            bare.drive(then)
            for entry in bare.box.entries[before:]:
                if entry["kind"] == "wheels":
                    left_mm_s, right_mm_s = speeds(entry)
                    assert is_between(left_mm_s, first.left_mm_s, then.left_mm_s)
                    assert is_between(right_mm_s, first.right_mm_s, then.right_mm_s)


def is_between(speed_mm_s: float, old_mm_s: float, new_mm_s: float) -> bool:
    """Whether a speed lies between two others and 0, but for how finely pins can tell speeds."""
    return min(old_mm_s, new_mm_s, 0) - 2 <= speed_mm_s <= max(old_mm_s, new_mm_s, 0) + 2


def test_the_stop_works_whatever_was_being_said_when_it_came(wheels: tuple[Wheel, Wheel]):
    """A message cut off at any byte, long or short, does not swallow it."""
    wiring = Wiring(105.0, *wheels)
    talk = b"\xf0\x6f\x2c\x7f\x01\xf7" + b"\xf0\x6d\x09\xf7" + b"\xf4\x09\x04" + b"\xe9\x5c\x0b" + b"\xc1\x01"
    for cut in range(len(talk)):
        for drive in DRIVES[:-1]:
            bare = Bare(wiring)
            bare.drive(drive)
            assert bare.wheels != STILL
            bare.tell(talk[:cut])
            bare.tell(stop_bytes(wiring))
            assert bare.wheels == STILL, f"after {talk[:cut].hex()}"


def test_at_rest_everything_is_off_and_the_pen_is_up():
    """Also lights that are on while their pin is low."""
    wiring = replace(SAMPLE, lamp=Lamp(3, 5, 6, is_common_anode=True))
    bare = Bare(wiring)
    body = bare.board.body
    for action in (Drive(90, 90), Pen(is_down=True), Light(100, 40, 0), Sound(440, 1)):
        bare.tell(b"".join(bare.outputs.act(action)))
    assert (body.wheels != STILL, body.pen_is_down, body.sound_hz > 0) == (True, True, True)
    assert (body.lamp.red_pct, body.lamp.green_pct, body.lamp.blue_pct) == (100, 40, 0)
    bare.tell(b"".join(bare.outputs.rest()))
    assert (body.wheels, body.pen_is_down, body.sound_hz, body.lamp) == (STILL, False, 0, Light(0, 0, 0))
    bare.tell(b"".join(bare.outputs.act(Light(100, 40, 0))))
    bare.tell(stop_bytes(wiring))
    assert body.lamp == Light(0, 0, 0)


def test_a_single_light_shows_how_bright_the_colour_is():
    """A robot with only one light shines for every colour."""
    bare = Bare(Wiring(lamp=Lamp(red_pin=13)))
    for light, expected in ((Light(0, 90, 0), 100.0), (Light(10, 0, 10), 0.0)):
        bare.tell(b"".join(bare.outputs.act(light)))
        assert bare.board.body.lamp.red_pct == expected
