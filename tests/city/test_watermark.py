"""The watermark never passes a hole and never stays behind."""

from hypothesis import given
from hypothesis import strategies as st

from city.watermark import advance, missing, read, written

SPANS = st.sets(st.tuples(st.integers(1, 40), st.integers(0, 5)))


@given(st.integers(0, 20), st.sets(st.integers(1, 40)), SPANS)
def test_against_counting_by_hand(upto: int, present: set[int], raw_gaps: set[tuple[int, int]]):
    """It is the highest number with everything below it known."""
    gaps = [(first, first + length) for first, length in raw_gaps]
    known = present | {seq for first, last in gaps for seq in range(first, last + 1)}
    expected = upto
    while expected + 1 in known:
        expected += 1
    reached, beyond = advance(upto, [*((seq, seq) for seq in present), *gaps])
    assert reached == expected
    assert {seq for first, last in beyond for seq in range(first, last + 1)} == {
        seq for seq in known if seq > expected
    }
    assert read(written(beyond)) == beyond


@given(st.integers(0, 20), st.integers(0, 20), SPANS)
def test_what_is_missing_is_counted(upto: int, ahead: int, raw_spans: set[tuple[int, int]]):
    """Between two watermarks, every number in no span is missing, once."""
    spans = [(first, first + length) for first, length in raw_spans]
    known = {seq for first, last in spans for seq in range(first, last + 1)}
    start = upto + ahead
    assert missing(upto, start, spans) == len(set(range(upto + 1, start + 1)) - known)
