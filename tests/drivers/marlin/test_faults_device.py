"""The fault cases that need ports, threads and the real clock, once or twice each."""

import pytest

from tests.drivers.marlin.fault_device import CASES

pytestmark = pytest.mark.thorough


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("case", CASES)
async def test_a_fault_is_survived_by_the_whole_device(case: str, seed: int):
    """The invariants hold by the board's own black box, and the limits of the case are kept."""
    await CASES[case](seed)
