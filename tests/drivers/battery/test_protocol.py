"""VE.Direct frames: split anywhere, damaged anywhere, mixed with other traffic."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.battery.protocol import FrameReader, VeDirectProtocol
from drivers.battery.sim import block
from drivers.types import BatteryReading

STATE = {"PID": "0x203", "V": "26380", "I": "-5120", "P": "-135", "SOC": "876", "Alarm": "OFF"}
HISTORY = {"H1": "-8500", "H17": "950", "H18": "1100"}
FRAME = block(STATE.items()) + block(HISTORY.items())
READING = BatteryReading(87.6, 26.38, -5.12, -135.0, 7.0)


def read(*pieces: bytes) -> list[BatteryReading]:
    """Feed pieces to a fresh protocol."""
    protocol = VeDirectProtocol()
    return [reading for piece in pieces for reading in protocol.receive(piece, 7.0)]


@given(cuts=st.lists(st.integers(0, len(FRAME)), max_size=20))
def test_frames_split_anywhere_give_the_same(cuts: list[int]):
    """Reads end anywhere; each pair of blocks gives exactly one reading."""
    edges = [0, *sorted(cuts), len(FRAME)]
    pieces = [FRAME[start:end] for start, end in pairwise(edges)]
    assert read(*pieces) == [READING]


@settings(max_examples=200)
@given(place=st.integers(0, len(FRAME) - 1), flip=st.integers(1, 255))
def test_a_damaged_byte_never_makes_a_wrong_reading(place: int, flip: int):
    """One changed byte costs at most the two blocks it touches, and never changes a value."""
    damaged = bytearray(FRAME)
    damaged[place] ^= flip
    readings = read(bytes(damaged), FRAME, FRAME)
    assert set(readings) == {READING}
    assert len(readings) >= 1


@settings(max_examples=100)
@given(start=st.integers(0, len(FRAME)))
def test_listening_may_begin_anywhere(start: int):
    """The first piece of a frame is dropped, the second whole frame is read."""
    assert READING in read(FRAME[start:], FRAME, FRAME)


@settings(max_examples=100)
@given(place=st.integers(1, len(block(STATE.items())) - 2))
def test_hexadecimal_messages_are_skipped(place: int):
    """A message that starts with a colon may stand in the middle of a block."""
    text = block(STATE.items())
    assert read(text[:place] + b":A0102000543\n" + text[place:]) == [READING]


def test_every_checksum_byte_is_taken_for_what_it_is():
    """The checksum may look like a separator or a colon."""
    seen = set()
    for serial in range(2000):
        frame = block({**STATE, "SER#": str(serial)}.items())
        seen.add(frame[-1])
        assert read(frame, FRAME) == [READING, READING]
    assert {0x0A, 0x0D, 0x09, 0x3A} <= seen


@pytest.mark.parametrize("missing", ["SOC", "V", "I"])
def test_an_unknown_value_gives_no_reading(missing: str):
    """A monitor that does not know writes dashes: no reading is better than a guess."""
    assert read(block({**STATE, missing: "---"}.items())) == []
    assert read(block({name: text for name, text in STATE.items() if name != missing}.items())) == []


def test_old_monitors_leave_the_power_out():
    """Power is then volts times amperes."""
    fields = {name: text for name, text in STATE.items() if name != "P"}
    assert read(block(fields.items()))[0].power_w == pytest.approx(26.38 * -5.12)


def test_endless_noise_is_not_kept():
    """Garbage fills no memory, and the next sound block is read."""
    reader = FrameReader()
    reader.take(b"\n" + b"x" * 100_000)
    assert len(reader._name) <= 64
    assert reader.take(b"\tz\n" * 5000) == []
    assert len(reader._fields) <= 64
    reader.take(FRAME)
    assert len(reader.take(FRAME)) == 2
    assert reader.damaged >= 1
