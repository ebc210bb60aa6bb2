"""The watermark never passes a hole and never stays behind."""

from hypothesis import given
from hypothesis import strategies as st

from city.watermark import advance

SPANS = st.sets(st.tuples(st.integers(1, 40), st.integers(0, 5)))


@given(st.integers(0, 20), st.sets(st.integers(1, 40)), SPANS)
def test_against_counting_by_hand(upto: int, present: set[int], raw_gaps: set[tuple[int, int]]):
    """It is the highest number with everything below it known."""
    gaps = [(first, first + length) for first, length in raw_gaps]
    known = present | {seq for first, last in gaps for seq in range(first, last + 1)}
    expected = upto
    while expected + 1 in known:
        expected += 1
    assert advance(upto, sorted(present), gaps) == expected
