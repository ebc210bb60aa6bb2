"""The fault cases of the stream with small counts; `python -m tests.bench.torture` has the full ones."""

import pytest

from tests.drivers.marlin.fault_cases import CASES

pytestmark = pytest.mark.thorough

SEEDS = 4


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("case", CASES)
def test_a_fault_is_survived(case: str, seed: int):
    """The invariants hold by the board's own black box, and the limits of the case are kept."""
    CASES[case](seed)


@pytest.mark.parametrize("seed", [155, 213, 325])
def test_a_board_that_did_not_hear_that_a_person_is_there_is_told_twice(seed: int):
    """With these seeds the first M108 arrives damaged."""
    CASES["A12"](seed)
