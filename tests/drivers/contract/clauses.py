"""What every device promises, each clause a story that a rig plays; the machine's black box judges."""

import asyncio
import itertools
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

import pytest

from drivers.errors import (
    DeviceBusyError,
    DeviceFaultError,
    ProgramCancelledError,
    ProgramInterruptedError,
    TransportError,
)
from drivers.types import DeviceState
from tests.drivers.contract.rigs import SETTLING_S, Rig, is_prefix
from tests.drivers.contract.steps import (
    LONG,
    SHORT,
    came_to_rest,
    connects,
    ready_again,
    runs_whole,
    serves_again,
    stays_ended,
    stops,
    under_way,
)

Clause: TypeAlias = Callable[[Rig], Awaitable[None]]


async def connect_turns_everything_off(rig: Rig) -> None:
    """A connected device is IDLE, names its firmware, and nothing of its machine heats or turns."""
    await connects(rig)
    assert rig.device.snapshot.firmware
    assert not await rig.is_working()
    assert rig.executed() == []


async def a_run_executes_every_line_once_in_order(rig: Rig) -> None:
    """A whole program is in the black box line by line, and the report counts it."""
    await rig.device.connect()
    await runs_whole(rig, rig.program(1, SHORT))
    assert rig.device.snapshot.state is DeviceState.IDLE


async def progress_grows_to_its_end(rig: Rig) -> None:
    """Progress begins at 0, never falls, and ends at 1 with every line done."""
    await rig.device.connect()
    program = rig.program(1, SHORT)
    run = asyncio.create_task(rig.device.run(program), name="run")
    seen = []
    while not run.done():
        progress = rig.device.snapshot.progress
        if progress is not None:
            seen.append((progress.lines_done, progress.bytes_done, progress.fraction))
        await asyncio.sleep(0.002)
    await run
    last = rig.device.snapshot.progress
    assert last is not None
    assert (last.fraction, last.lines_done, last.lines_total) == (1.0, SHORT, SHORT)
    assert seen == sorted(seen)
    assert seen[0][2] < 1.0


async def a_second_run_is_refused(rig: Rig) -> None:
    """Whoever asks a running device for a second program is told that it is busy, and the first goes on."""
    await rig.device.connect()
    program, other = rig.program(1, SHORT), rig.program(2, SHORT)
    run = await under_way(rig, program)
    with pytest.raises(DeviceBusyError):
        await rig.device.run(other)
    assert (await run).lines == SHORT
    assert rig.executed() == rig.wanted(program)


async def cancel_ends_the_program(rig: Rig) -> None:
    """After a cancel heat and spindle go off in time and stay off, and the next program has no old line."""
    await rig.device.connect()
    program = rig.program(1, LONG)
    run = await under_way(rig, program)
    asked_s = rig.now_s()
    await rig.device.cancel()
    with pytest.raises(ProgramCancelledError):
        await run
    old = rig.executed()
    assert is_prefix(old, rig.wanted(program))
    await asyncio.sleep(SETTLING_S)
    assert await rig.off_after_s(asked_s) <= rig.cancel_s
    await ready_again(rig)
    fresh = rig.program(2, SHORT)
    assert (await rig.device.run(fresh)).lines == SHORT
    assert rig.executed() == old + rig.wanted(fresh)


async def a_stop_is_latched(rig: Rig) -> None:
    """A stop ends all: not a line more is said or done, nothing runs before `connect`, then all does."""
    await rig.device.connect()
    await stops(rig, rig.device.stop)


async def a_stop_from_another_thread_is_latched(rig: Rig) -> None:
    """The stop does not need the loop's own thread."""
    await rig.device.connect()
    thread = threading.Thread(target=rig.device.stop)
    await stops(rig, thread.start)
    thread.join()


async def a_stop_can_be_followed_by_a_connect_at_once(rig: Rig) -> None:
    """What the machine still says of the stop does not spoil the connection that comes after it."""
    await rig.device.connect()
    run = await under_way(rig, rig.program(1, LONG))
    rig.device.stop()
    with pytest.raises(ProgramInterruptedError):
        await run
    time.sleep(0.05)  # noqa: ASYNC251 - the machine answers, and the loop does not yet hear it
    await rig.device.connect()
    await runs_whole(rig, rig.program(2, SHORT // 4))


async def a_stop_before_connect_is_harmless(rig: Rig) -> None:
    """Who stops a device that was never connected gets no error and can connect it."""
    rig.device.stop()
    await asyncio.sleep(0)
    await connects(rig)


async def pause_and_resume_lose_nothing(rig: Rig) -> None:
    """Nothing of the program is executed in a pause, and at the end each line once."""
    await rig.device.connect()
    program = rig.program(1, 2 * SHORT)
    run = await under_way(rig, program)
    await rig.device.pause()
    assert rig.device.snapshot.state is DeviceState.PAUSED
    held = await came_to_rest(rig)
    await asyncio.sleep(2 * SETTLING_S)
    assert rig.executed() == held
    assert len(held) < 2 * SHORT
    await rig.device.resume()
    assert (await run).lines == 2 * SHORT
    assert rig.executed() == rig.wanted(program)


async def a_pause_can_be_cancelled(rig: Rig) -> None:
    """A program that is paused ends by a cancel, cold."""
    await rig.device.connect()
    run = await under_way(rig, rig.program(1, LONG))
    await rig.device.pause()
    await rig.device.cancel()
    with pytest.raises(ProgramCancelledError):
        await run
    await ready_again(rig)
    assert not await rig.is_working()


async def a_lost_link_interrupts(rig: Rig) -> None:
    """Without its line a device is OFFLINE; when the line is back nothing goes on by itself."""
    await rig.device.connect()
    program = rig.program(1, LONG)
    run = await under_way(rig, program)
    await rig.lose_link()
    with pytest.raises(ProgramInterruptedError):
        await run
    assert rig.device.snapshot.state is DeviceState.OFFLINE
    with pytest.raises(TransportError):
        await rig.device.connect()
    await rig.mend_link()
    await stays_ended(rig, program)
    assert rig.device.snapshot.state is DeviceState.OFFLINE
    await serves_again(rig)


async def a_reset_interrupts(rig: Rig) -> None:
    """A machine that starts again by itself has lost the program; it is not sent another line of it."""
    await rig.device.connect()
    program = rig.program(1, LONG)
    run = await under_way(rig, program)
    rig.reset()
    with pytest.raises(ProgramInterruptedError):
        await run
    await stays_ended(rig, program)
    assert not await rig.is_working()
    with pytest.raises(DeviceBusyError):
        await rig.device.run(rig.program(2, SHORT))
    await serves_again(rig)


async def a_fault_is_latched(rig: Rig) -> None:
    """A machine's fault reaches the caller in its own words and stays until a person connects again."""
    await rig.device.connect()
    program = rig.program(1, LONG)
    run = await under_way(rig, program)
    rig.fail()
    with pytest.raises(DeviceFaultError, match=rig.fault_text):
        await run
    assert rig.device.snapshot.state is DeviceState.FAULT
    assert rig.fault_text in rig.device.snapshot.message
    await stays_ended(rig, program)
    assert not await rig.is_working()
    with pytest.raises(DeviceBusyError):
        await rig.device.run(rig.program(2, SHORT))
    await serves_again(rig)


async def close_leaves_the_machine_off(rig: Rig) -> None:
    """Who closes a device in the middle of a program leaves heat and spindle off."""
    await rig.device.connect()
    program = rig.program(1, LONG)
    run = await under_way(rig, program)
    await rig.device.close()
    with pytest.raises(ProgramInterruptedError):
        await run
    assert rig.device.snapshot.state is DeviceState.OFFLINE
    await stays_ended(rig, program)
    assert not await rig.is_working()


async def a_blocked_loop_does_not_stop_the_stream(rig: Rig) -> None:
    """While the event loop hangs for 2 s the pump goes on feeding, and not a line is lost by it."""
    await rig.device.connect()
    program = rig.program(1, LONG)
    run = await under_way(rig, program)
    counts = [len(rig.executed())]
    for _ in range(4):
        time.sleep(0.5)  # noqa: ASYNC251 - the fault under test
        counts.append(len(rig.executed()))
    assert all(after > before for before, after in itertools.pairwise(counts)), counts
    assert is_prefix(rig.executed(), rig.wanted(program))
    await rig.device.cancel()
    with pytest.raises(ProgramCancelledError):
        await run


CLAUSES: Final[tuple[Clause, ...]] = (
    connect_turns_everything_off,
    a_run_executes_every_line_once_in_order,
    progress_grows_to_its_end,
    a_second_run_is_refused,
    cancel_ends_the_program,
    a_stop_is_latched,
    pause_and_resume_lose_nothing,
    a_lost_link_interrupts,
    a_reset_interrupts,
    a_fault_is_latched,
    close_leaves_the_machine_off,
)
"""What holds on a line of any quality."""
OF_THE_HOST: Final[tuple[Clause, ...]] = (
    a_stop_from_another_thread_is_latched,
    a_stop_before_connect_is_harmless,
    a_stop_can_be_followed_by_a_connect_at_once,
    a_pause_can_be_cancelled,
    a_blocked_loop_does_not_stop_the_stream,
)
"""What has nothing to do with the quality of a line."""
