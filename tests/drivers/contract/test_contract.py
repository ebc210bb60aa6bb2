"""Every device keeps every clause on a line of every quality."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

import pytest

from drivers.errors import ProgramInterruptedError
from tests.drivers.contract.clauses import CLAUSES, OF_THE_HOST, Clause
from tests.drivers.contract.rigs import RIGS, Rig, until
from tests.drivers.contract.steps import SHORT, UNDER_WAY
from tests.drivers.pipes import Quality

pytestmark = pytest.mark.thorough

Build: TypeAlias = Callable[[str, Quality, int], Rig]
SEED = 5


def name(clause: Clause) -> str:
    """Return a clause's name."""
    return getattr(clause, "__name__", "")


@pytest.mark.parametrize("kind", RIGS)
@pytest.mark.parametrize("clause", CLAUSES, ids=name)
async def test_on_a_line_of_any_quality(clause: Clause, kind: str, build: Build) -> None:
    """The clause holds on each line."""
    await _all_at_once(
        {f"{kind} on a {quality} line": clause(build(kind, quality, SEED)) for quality in Quality}
    )


@pytest.mark.parametrize("clause", OF_THE_HOST, ids=name)
async def test_on_a_clean_line(clause: Clause, build: Build) -> None:
    """The clause, which has nothing to do with the line, holds for each device."""
    await _all_at_once({kind: clause(build(kind, Quality.CLEAN, SEED)) for kind in RIGS})


async def _all_at_once(trials: Mapping[str, Awaitable[None]]) -> None:
    """Try what mostly waits, all together, and tell of each that went wrong."""
    ends = await asyncio.gather(*trials.values(), return_exceptions=True)
    wrong = [end for end in ends if end is not None]
    for what, end in zip(trials, ends, strict=True):
        if end is not None:
            end.add_note(what)
    if wrong:
        raise BaseExceptionGroup("the clause does not hold", wrong)


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
