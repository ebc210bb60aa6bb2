"""Profiles of robots: the samples are whole, and what is wrong is named with its place."""

from pathlib import Path

import pytest

from drivers.firmata.sample import SAMPLE
from drivers.micropython.fit import misfit
from drivers.micropython.sample import SAMPLE as MICROBIT
from drivers.robots.wiring import BridgeWheel
from drivers.thymio.motors import TYPICAL
from onboard.config import ConfigError
from onboard.robots.profile import load_gauge, load_wiring

SAMPLES = Path(__file__).parents[2] / "systemd" / "robots"
WHEELS = """
track_mm = 100
[left]
kind = "bridge"
pwm_pin = 5
forward_pin = 7
top_mm_s = 100
[right]
kind = "servo"
pin = 9
full_us = 1300
top_mm_s = 100
"""


def written(folder: Path, text: str) -> Path:
    """Write a profile."""
    path = folder / "robot.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_sample_is_the_robot_that_is_simulated():
    """What the demo drives is what the file says."""
    assert load_wiring(SAMPLES / "arduino-servos.toml") == SAMPLE
    assert load_wiring(SAMPLES / "microbit.toml") == MICROBIT
    assert misfit(MICROBIT) is None


def test_the_sample_of_a_thymio_is_the_usual_one():
    """Who copies it begins with what is assumed of every Thymio."""
    assert load_gauge(SAMPLES / "thymio.toml") == TYPICAL


@pytest.mark.parametrize(
    "text", ["track_mm = 94", "track_mm = 94\ntop_mm_s = 5000", "track_mm = 94\ntop_mm_s = 180\nleft = 3"]
)
def test_measures_of_a_thymio_that_make_no_sense_are_refused(tmp_path: Path, text: str):
    """Missing, beyond what any robot does, or unknown."""
    with pytest.raises(ConfigError):
        load_gauge(written(tmp_path, text))


def test_the_other_sample_has_motors():
    """Two bridges and a sensor for lines."""
    wiring = load_wiring(SAMPLES / "arduino-bridge.toml")
    assert wiring.left == BridgeWheel(5, 7, 8, 200, 25)
    assert wiring.gauge is not None


def test_wheels_of_two_kinds_may_turn_one_robot(tmp_path: Path):
    """Each is calibrated for itself; the slower one says how fast the robot is."""
    wiring = load_wiring(written(tmp_path, WHEELS))
    assert wiring.gauge is not None
    assert wiring.gauge.top_mm_s == 100


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "it names no part"),
        ("wings = 2\n", "wings: there is no such setting"),
        ("[left]\nkind = 'servo'\npin = 9\nfull_us = 1300\ntop_mm_s = 100\n", "two wheels, left and right"),
        (WHEELS.replace("track_mm = 100", ""), "track_mm"),
        (WHEELS.replace("pin = 9", "pin = 7"), "pin 7 is used twice"),
        (WHEELS.replace("forward_pin = 7", ""), "say which way it turns"),
        (WHEELS.replace("forward_pin = 7", "forward_pin = 7\nbackward_pin = 8\ninverts = true"), "inverts"),
        (WHEELS.replace("1300", "1520"), "at least 50 away"),
        (WHEELS.replace("1300", "130000"), "right.servo.full_us"),
        (WHEELS.replace('"servo"', '"wing"'), "right"),
        (WHEELS.replace("top_mm_s = 100", "top_mm_s = nan", 1), "left.bridge.top_mm_s"),
        ("[lamp]\n", "red_pin, green_pin or blue_pin"),
        ("[sensors.smell]\ninput = 0\ncurve = [[0, 0], [1, 1]]\n", "sensors.smell"),
        ("[sensors.light]\ninput = 0\ncurve = [[0, 0], [0, 1]]\n", "must rise"),
        ("[sensors.light]\ninput = 0\ncurve = [[0, 0]]\n", "sensors.light.curve"),
        ("[buttons.nose]\npin = 3\n", "buttons.nose"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path: Path, text: str, says: str):
    """A profile that would drive the wrong pins is refused whole."""
    with pytest.raises(ConfigError, match=says):
        load_wiring(written(tmp_path, text))


def test_a_profile_that_is_not_there_is_told(tmp_path: Path):
    """With its path."""
    with pytest.raises(ConfigError, match=r"robot\.toml cannot be read"):
        load_wiring(tmp_path / "robot.toml")
