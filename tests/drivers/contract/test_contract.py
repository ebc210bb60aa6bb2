"""Every device keeps every clause on a line of every quality."""

import asyncio
from collections.abc import Callable
from typing import TypeAlias

import pytest

from drivers.errors import ProgramInterruptedError
from tests.drivers.contract.clauses import CLAUSES, OF_THE_HOST, SHORT, UNDER_WAY, Clause
from tests.drivers.contract.rigs import RIGS, Rig, until
from tests.drivers.pipes import Quality

Build: TypeAlias = Callable[[str, Quality, int], Rig]
SEED = 5


def name(clause: Clause) -> str:
    """Return a clause's name."""
    return getattr(clause, "__name__", "")


@pytest.mark.parametrize("kind", RIGS)
@pytest.mark.parametrize("clause", CLAUSES, ids=name)
async def test_on_a_line_of_any_quality(clause: Clause, kind: str, build: Build) -> None:
    """The clause holds on each line; all are tried at once, for they mostly wait."""
    trials = [clause(build(kind, quality, SEED)) for quality in Quality]
    ends = await asyncio.gather(*trials, return_exceptions=True)
    wrong = [end for end in ends if end is not None]
    for quality, end in zip(Quality, ends, strict=True):
        if end is not None:
            end.add_note(f"on a {quality} line")
    if wrong:
        raise BaseExceptionGroup(f"the clause does not hold for a {kind}", wrong)


@pytest.mark.parametrize("kind", RIGS)
@pytest.mark.parametrize("clause", OF_THE_HOST, ids=name)
async def test_on_a_clean_line(clause: Clause, kind: str, build: Build) -> None:
    """The clause, which has nothing to do with the line, holds."""
    await clause(build(kind, Quality.CLEAN, SEED))


@pytest.mark.parametrize("sick", RIGS)
@pytest.mark.parametrize("well", RIGS)
async def test_two_devices_do_not_disturb_each_other(well: str, sick: str, build: Build) -> None:
    """One is stopped, breaks down or loses its cable while the other works: its program does not notice."""
    healthy, other = build(well, Quality.CLEAN, SEED), build(sick, Quality.CLEAN, SEED + 1)
    await asyncio.gather(healthy.device.connect(), other.device.connect())
    program = healthy.program(1, 2 * SHORT)
    run = asyncio.create_task(healthy.device.run(program))
    doomed = asyncio.create_task(other.device.run(other.program(2, 900)))
    await until(lambda: len(other.executed()) >= UNDER_WAY, "the other's first lines")
    other.device.stop()
    with pytest.raises(ProgramInterruptedError):
        await doomed
    await other.device.connect()
    assert (await run).lines == 2 * SHORT
    assert healthy.executed() == healthy.wanted(program)
