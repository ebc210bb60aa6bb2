"""What clauses of the contract share: a program under way, and what must hold after its end."""

import asyncio
import math
from collections.abc import Callable
from typing import Final

import pytest

from drivers.errors import (
    DeviceBusyError,
    ProgramInterruptedError,
)
from drivers.gcode import Program
from drivers.types import DeviceState, RunReport
from tests.drivers.contract.rigs import SETTLING_S, Rig, is_prefix, until

SHORT: Final = 60
LONG: Final = 900
"""Longer than any test lets it run."""
UNDER_WAY: Final = 24


async def connects(rig: Rig) -> None:
    """Go from OFFLINE to IDLE."""
    states = [rig.device.snapshot.state]
    await rig.device.connect()
    states.append(rig.device.snapshot.state)
    assert states == [DeviceState.OFFLINE, DeviceState.IDLE]


async def under_way(rig: Rig, program: Program) -> "asyncio.Task[RunReport]":
    """Begin a program and return once some of it is executed and the machine works."""
    before = len(rig.executed())
    run = asyncio.create_task(rig.device.run(program), name="run")
    await until(lambda: run.done() or len(rig.executed()) >= before + UNDER_WAY, "the first lines")
    assert not run.done(), run
    assert await rig.is_working()
    return run


async def runs_whole(rig: Rig, program: Program) -> None:
    """Run a program to its end and compare its report and the black box with it."""
    before = rig.executed()
    report = await rig.device.run(program)
    assert (report.lines, report.bytes) == (program.line_count, len(program.data))
    assert report.elapsed_s > 0
    assert rig.executed() == before + rig.wanted(program)


async def stops(rig: Rig, stop: Callable[[], None]) -> None:
    """Stop a running program in this way: everything goes off at once and stays off until re-armed."""
    program = rig.program(1, LONG)
    run = await under_way(rig, program)
    asked_s = rig.now_s()
    stop()
    with pytest.raises(ProgramInterruptedError):
        await run
    await until(lambda: rig.device.snapshot.state is DeviceState.STOPPED, "the stop")
    await stays_ended(rig, program)
    assert await rig.off_after_s(asked_s) <= rig.cancel_s
    assert await rig.heard_after_stop() == []
    with pytest.raises(DeviceBusyError):
        await rig.device.run(rig.program(2, SHORT))
    assert rig.device.snapshot.state is DeviceState.STOPPED
    await serves_again(rig)


async def came_to_rest(rig: Rig) -> list[str]:
    """Return what is executed once the machine has come to a rest in a pause."""
    held = rig.executed()
    while True:
        await asyncio.sleep(SETTLING_S)
        if rig.executed() == held:
            return held
        held = rig.executed()


async def stays_ended(rig: Rig, program: Program) -> None:
    """Look on for a moment: what is executed is how the program began, and it does not grow."""
    await asyncio.sleep(SETTLING_S)
    ended = rig.executed()
    assert is_prefix(ended, rig.wanted(program))
    assert len(ended) < program.line_count
    await asyncio.sleep(SETTLING_S)
    assert rig.executed() == ended


async def ready_again(rig: Rig) -> None:
    """A cancel that had to stop turning axes latches; a person connects then."""
    if rig.device.snapshot.state is not DeviceState.IDLE:
        await rig.device.connect()
    assert rig.device.snapshot.state is DeviceState.IDLE


async def serves_again(rig: Rig) -> None:
    """A person connects again: the machine is off, and a fresh program runs without a line of the old one."""
    before = rig.executed()
    await rig.device.connect()
    assert rig.device.snapshot.state is DeviceState.IDLE
    assert await rig.off_after_s(0.0) < math.inf
    assert rig.executed() == before
    await runs_whole(rig, rig.program(3, SHORT // 4))
