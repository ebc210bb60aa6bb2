"""The bytes of Firmata, with answers as a real StandardFirmata 2.4 gives them."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from drivers.firmata.messages import (
    LONGEST,
    Analog,
    Capabilities,
    Digital,
    Firmware,
    Mode,
    PinState,
    Reader,
    Text,
    Version,
    write_analog,
)

BANNER = (
    b"\xf9\x02\x04\xf0\x79\x02\x04"
    + b"".join(bytes([letter, 0]) for letter in b"StandardFirmata.ino")
    + b"\xf7"
)
ABILITIES = b"\xf0\x6c\x7f\x7f\x00\x01\x01\x01\x03\x08\x04\x0e\x7f\xf7"
TALK = BANNER + ABILITIES + b"\xf0\x6e\x09\x04\x5c\x0b\xf7" + b"\xe1\x00\x04" + b"\x90\x40\x01"
MEANING = [
    Version(2, 4),
    Firmware("StandardFirmata.ino"),
    Capabilities(({}, {}, {0: 1, 1: 1, 3: 8, 4: 14})),
    PinState(9, Mode.SERVO, 1500),
    Analog(1, 512),
    Digital(0, 0b1100_0000),
]


@given(cuts=st.lists(st.integers(0, len(TALK)), max_size=20))
def test_what_a_board_says_means_the_same_in_whatever_pieces_it_comes(cuts: list[int]):
    """A serial line keeps no messages together."""
    reader = Reader()
    edges = [0, *sorted(cuts), len(TALK)]
    found = [message for begin, end in pairwise(edges) for message in reader.feed(TALK[begin:end])]
    assert found == MEANING


@given(junk=st.binary(max_size=300))
def test_after_any_junk_the_next_whole_message_is_understood(junk: bytes):
    """A boot loader's noise, a board that was cut short: the reader finds its feet at the next command."""
    reader = Reader()
    reader.feed(junk)
    assert reader.feed(b"\xf7" + BANNER)[-2:] == MEANING[:2]


def test_a_message_without_end_takes_no_memory():
    """A board that never ends a message does not fill ours."""
    reader = Reader()
    reader.feed(b"\xf0\x71" + b"a" * 100_000)
    assert len(reader._begun) <= LONGEST
    assert reader.feed(b"\xf7" + BANNER)[-1] == MEANING[1]


def test_a_strange_boards_words_are_cut_to_what_can_be_shown():
    """What a board says of itself is hostile text."""
    letters = "<b>\x1b[2J\n" + "x" * 500
    data = b"".join(bytes([ord(letter) & 0x7F, ord(letter) >> 7]) for letter in letters)
    (text,) = Reader().feed(b"\xf0\x71" + data + b"\xf7")
    assert isinstance(text, Text)
    assert text.text.isprintable()
    assert len(text.text) <= 120


def test_pins_beyond_the_short_message_are_written_by_a_long_one():
    """A board with many pins has motors there too."""
    assert write_analog(15, 1500) == b"\xef\x5c\x0b"
    assert write_analog(44, 255) == b"\xf0\x6f\x2c\x7f\x01\xf7"
