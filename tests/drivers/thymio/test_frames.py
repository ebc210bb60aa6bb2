"""Messages in a stream of bytes, whatever the bytes."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import ProtocolError
from drivers.thymio.frames import LONGEST, NODE_PRESENT, Frame, FrameReader

words = st.integers(0, 0xFFFF)
frames = st.builds(Frame, words, words, st.binary(max_size=LONGEST))
PRESENT = Frame(7, NODE_PRESENT, b"\x05\x00")


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    """Cut bytes at some places."""
    places = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[begin:end] for begin, end in itertools.pairwise(places)]


@given(st.lists(frames, max_size=5), st.lists(st.integers(0, 5000), max_size=20))
def test_messages_survive_any_cutting(sent: list[Frame], cuts: list[int]):
    """What was said is what is read, in order and once."""
    reader = FrameReader(hunts=False)
    wire = b"".join(frame.to_bytes() for frame in sent)
    assert [frame for piece in pieces(wire, cuts) for frame in reader.take(piece)] == sent


@given(st.binary(max_size=60), st.lists(frames, max_size=3), st.lists(st.integers(0, 500), max_size=9))
def test_the_rest_of_something_older_is_passed_over(old: bytes, sent: list[Frame], cuts: list[int]):
    """A robot is heard from the message in which it says that it is there, unless the old bytes fake one."""
    if b"\x0c\x90" in old:
        return
    reader = FrameReader()
    wire = old + PRESENT.to_bytes() + b"".join(frame.to_bytes() for frame in sent)
    assert [frame for piece in pieces(wire, cuts) for frame in reader.take(piece)] == [PRESENT, *sent]


@given(st.lists(st.binary(max_size=300), max_size=30), st.booleans())
def test_hostile_bytes_give_messages_or_a_refusal_and_fill_no_memory(said: list[bytes], hunts: bool):
    """Nothing but a protocol error, and never more kept than one message."""
    reader = FrameReader(hunts=hunts)
    for piece in said:
        try:
            taken = reader.take(piece)
        except ProtocolError:
            return
        assert all(len(frame.payload) <= LONGEST for frame in taken)
        assert len(reader._rest) < 6 + LONGEST


def test_a_length_that_no_message_has_is_refused():
    """Where the next message begins cannot be known."""
    with pytest.raises(ProtocolError):
        FrameReader(hunts=False).take(b"\xff\xff\x01\x00\x05\x90")
