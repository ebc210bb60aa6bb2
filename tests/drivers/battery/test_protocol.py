"""VE.Direct frames: split anywhere, damaged anywhere, mixed with other traffic."""

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.battery.frames import FrameReader
from drivers.battery.protocol import NO_MONITOR, SOLAR, UNSYNCHRONISED, Field, VeDirectProtocol
from drivers.battery.sample import Lifetime, Sample
from drivers.battery.sim import block

STATE = {"PID": "0x203", "V": "26380", "I": "-5120", "P": "-135", "SOC": "876", "Alarm": "OFF"}
HISTORY = {"H1": "-8500", "H4": "12", "H17": "950", "H18": "1100"}
SMART_SHUNT = {
    "PID": "0xA389", "V": "13250", "VS": "12880", "I": "2400", "P": "32", "CE": "-1500", "SOC": "981",
    "TTG": "-1", "Alarm": "OFF", "AR": "0", "BMV": "SmartShunt 500A/50mV", "FW": "0413", "MON": "0",
}  # fmt: skip
MPPT = {
    "PID": "0xA053", "FW": "159", "SER#": "HQ2132", "V": "26790", "I": "1900", "VPV": "38110", "PPV": "54",
    "CS": "3", "MPPT": "2", "ERR": "0", "LOAD": "ON", "IL": "300", "H19": "1234", "H20": "12", "HSDS": "77",
}  # fmt: skip
FRAME = block(STATE.items()) + block(HISTORY.items())
READING = Sample(87.6, 26.38, -5.12, -135.0, 7.0)


def listen(protocol: VeDirectProtocol, fields: dict[str, str], now_s: float) -> list[Sample]:
    """Let a protocol hear one block at an instant."""
    return protocol.receive(block(fields.items()), now_s)


def read(*pieces: bytes) -> list[Sample]:
    """Feed pieces to a fresh protocol and return its samples of the state."""
    protocol = VeDirectProtocol()
    samples = [sample for piece in pieces for sample in protocol.receive(piece, 7.0)]
    return [Sample(s.soc_pct, s.voltage_v, s.current_a, s.power_w, s.at_s, note=s.note) for s in samples]


@given(cuts=st.lists(st.integers(0, len(FRAME)), max_size=20))
def test_frames_split_anywhere_give_the_same(cuts: list[int]):
    """Reads end anywhere; each pair of blocks gives exactly one sample."""
    edges = [0, *sorted(cuts), len(FRAME)]
    pieces = [FRAME[start:end] for start, end in pairwise(edges)]
    assert read(*pieces) == [READING]


@settings(max_examples=200)
@given(place=st.integers(0, len(FRAME) - 1), flip=st.integers(1, 255))
def test_a_damaged_byte_never_makes_a_wrong_reading(place: int, flip: int):
    """One changed byte costs at most the two blocks it touches, and never changes a value."""
    damaged = bytearray(FRAME)
    damaged[place] ^= flip
    samples = read(bytes(damaged), FRAME, FRAME)
    assert set(samples) == {READING}
    assert len(samples) >= 1


@settings(max_examples=100)
@given(start=st.integers(0, len(FRAME)))
def test_listening_may_begin_anywhere(start: int):
    """The first piece of a frame is dropped, the second whole frame is read."""
    assert READING in read(FRAME[start:], FRAME, FRAME)


@settings(max_examples=200)
@given(data=st.binary(max_size=400))
def test_no_bytes_break_the_parser(data: bytes):
    """Whatever comes first, of three whole frames after it the last is read."""
    assert READING in read(data + b"\n", FRAME, FRAME, FRAME)


@settings(max_examples=100)
@given(
    place=st.integers(1, len(FRAME) - 1),
    message=st.text("0123456789ABCDEF", min_size=1, max_size=40),
)
def test_hexadecimal_messages_are_skipped(place: int, message: str):
    """A message that starts with a colon may stand anywhere but before a checksum."""
    if FRAME[:place].endswith(b"Checksum\t"):
        place += 1
    text = FRAME[:place] + f":{message}\n".encode() + FRAME[place:]
    assert read(text) == [READING]


def test_every_checksum_byte_is_taken_for_what_it_is():
    """The checksum may look like a separator or a colon."""
    seen = set()
    for serial in range(2000):
        frame = block({**STATE, "SER#": str(serial)}.items())
        seen.add(frame[-1])
        assert read(frame, FRAME) == [READING, READING]
    assert {0x0A, 0x0D, 0x09, 0x3A} <= seen


@pytest.mark.parametrize("text", ["---", "-1"])
def test_a_monitor_that_does_not_know_the_charge_says_why(text: str):
    """After its supply was cut a monitor waits for a full charge: better no charge than an old one."""
    protocol = VeDirectProtocol()
    assert listen(protocol, STATE, 1.0)[0].soc_pct == 87.6
    sample = listen(protocol, {**STATE, "SOC": text}, 2.0)[0]
    assert (sample.soc_pct, sample.note, sample.voltage_v) == (None, UNSYNCHRONISED, 26.38)


@pytest.mark.parametrize("text", ["nan", "1_000", "", "12.5", "9" * 13])
def test_what_is_no_whole_number_is_told_as_none(text: str):
    """A field whose checksum is right can still be nonsense."""
    assert math.isnan(read(block({**STATE, "V": text}.items()))[0].voltage_v or 0.0)


def test_old_monitors_leave_the_power_out():
    """Power is then volts times amperes."""
    fields = {name: text for name, text in STATE.items() if name != "P"}
    assert read(block(fields.items()))[0].power_w == pytest.approx(26.38 * -5.12)


def test_both_blocks_of_a_monitor_are_kept_each_with_its_age():
    """A BMV tells its state in one block and its history in the other; neither erases the other."""
    protocol = VeDirectProtocol()
    assert listen(protocol, HISTORY, 1.0) == []
    sample = listen(protocol, STATE, 2.0)[0]
    assert sample.lifetime == Lifetime(cycles=12, discharged_wh=9500.0, charged_wh=11_000.0, at_s=1.0)
    assert sample.at_s == 2.0
    assert protocol.fields["H17"] == Field("950", 1.0)
    assert protocol.fields["V"] == Field("26380", 2.0)


def test_charge_in_the_other_block_makes_a_sample_as_old_as_the_charge():
    """When the block with the charge stops coming, the charge grows old though the voltage is fresh."""
    protocol = VeDirectProtocol()
    listen(protocol, {"PID": "0x203", "SOC": "876", "H4": "12"}, 1.0)
    assert listen(protocol, {"PID": "0x203", "V": "26380", "I": "-5120"}, 2.0)[0].at_s == 1.0
    assert listen(protocol, {"PID": "0x203", "V": "26370", "I": "-5120"}, 30.0)[0].at_s == 1.0


def test_a_power_of_another_instant_is_not_used():
    """Watts that no longer come are computed, not repeated."""
    protocol = VeDirectProtocol()
    listen(protocol, STATE, 1.0)
    without = {name: text for name, text in STATE.items() if name != "P"} | {"I": "-1000"}
    assert listen(protocol, without, 2.0)[0].power_w == pytest.approx(-26.38)


def test_a_smart_shunt():
    """The successor of the BMV writes the same fields and a few more."""
    assert read(block(SMART_SHUNT.items())) == [Sample(98.1, 13.25, 2.4, 32.0, 7.0)]


def test_a_solar_charge_controller_knows_volts_but_no_charge():
    """An MPPT measures its own current: how full the pack is nobody can tell from that."""
    sample = read(block(MPPT.items()))[0]
    assert (sample.soc_pct, sample.voltage_v, sample.current_a, sample.note) == (None, 26.79, 1.9, SOLAR)
    assert sample.power_w == pytest.approx(26.79 * 1.9)


def test_another_product_on_the_cable_begins_with_nothing():
    """The charge of a monitor that was unplugged is not that of the solar controller in its place."""
    protocol = VeDirectProtocol()
    listen(protocol, STATE, 1.0)
    assert listen(protocol, MPPT, 2.0)[0].soc_pct is None
    inverter = {"PID": "0xA279", "V": "26000", "AC_OUT_V": "23000"}
    assert listen(protocol, inverter, 3.0)[0].note == NO_MONITOR


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


def test_endless_names_are_not_kept():
    """A product that invents names fills no memory either, and what is known stays fresh."""
    protocol = VeDirectProtocol()
    for n in range(300):
        protocol.receive(block([("V", "26380"), (f"X{n}", "1")]), float(n))
    assert len(protocol.fields) == 128
    assert protocol.fields["V"].at_s == 299.0
