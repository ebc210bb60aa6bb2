"""A program played on a kit in real time: what was drawn, and that it always ends at rest."""

import asyncio

import pytest

from drivers.errors import DeviceBusyError, LinkLostError, ProgramInterruptedError, TransportError
from drivers.kits import open_kit
from drivers.robots.interpreter import End, Limits
from drivers.robots.player import Player
from drivers.robots.refusals import RobotProgramError
from drivers.robots.types import STILL, Abilities
from drivers.types import DeviceState
from tests.drivers.robots.drawn import square_error
from tests.drivers.robots.plain_kit import PlainKit
from tests.drivers.robots.programs import SQUARE, program

AWAY = program({"do": "move", "mm": 500, "id": "away"})


async def begun(kit: PlainKit, steps: list[str]) -> asyncio.Task[End]:
    """Play until the wheels turn."""
    await kit.connect()
    moving = asyncio.Event()

    def note(step: str) -> None:
        steps.append(step)
        moving.set()

    task = asyncio.create_task(Player(kit, AWAY, Limits(), note).play())
    await moving.wait()
    assert kit.body.is_moving
    return task


async def test_a_square_is_drawn_in_real_time() -> None:
    """Each step is told as it begins; a beat comes several times a second; all is off at the end.

    A computer that lets us wait in mid-leg makes a stroke too long: one of three squares is exact.
    """
    for _ in range(3):
        kit, told = PlainKit(), list[str]()
        await kit.connect()
        fast = {"do": "speed", "mm_s": 150}
        assert await Player(kit, program(fast, *SQUARE), Limits(), told.append).play() is End.DONE
        if (error := square_error(kit.body.strokes, 200)) < 0.01:
            break
    assert error < 0.01
    assert told == ["pen", *["side", "corner"] * 4, ""]
    assert kit.beats > 20
    assert kit.body.wheels == STILL
    assert not kit.body.pen_is_down
    assert not [entry for entry in kit.box.entries if entry["kind"] == "deadman"]


async def test_a_cancelled_program_rests() -> None:
    """Who takes the robot back cancels the task: the wheels stand, and the robot may be used again."""
    kit, told = PlainKit(), []
    task = await begun(kit, told)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert kit.body.wheels == STILL
    assert kit.snapshot.state is DeviceState.IDLE
    assert told == ["away", ""]


async def test_a_finished_program_rests() -> None:
    """Who lends the robot ends the program: it is at rest and may be used again."""
    kit = PlainKit()
    await kit.connect()
    moving = asyncio.Event()
    player = Player(kit, AWAY, Limits(), lambda _: moving.set())
    task = asyncio.create_task(player.play())
    await moving.wait()
    assert kit.body.is_moving
    player.finish()
    assert await task is End.STOPPED
    assert kit.body.wheels == STILL
    assert kit.snapshot.state is DeviceState.IDLE
    assert await player.play() is End.STOPPED


async def test_a_stop_ends_the_program() -> None:
    """The stop is latched: nothing is sent after it."""
    kit = PlainKit()
    task = await begun(kit, [])
    kit.stop()
    with pytest.raises(ProgramInterruptedError):
        await task
    assert kit.snapshot.state is DeviceState.STOPPED
    assert [entry for entry in kit.box.entries if entry["kind"] == "wheels"][-1]["left_mm_s"] == 0


async def test_a_lost_kit_ends_the_program() -> None:
    """The sentence is the kit's own."""
    kit = PlainKit()
    task = await begun(kit, [])
    kit.lose()
    with pytest.raises(ProgramInterruptedError, match=LinkLostError().args[0]):
        await task


async def test_a_kit_that_hangs_is_stopped() -> None:
    """What takes no action for a second is stopped, out of band."""
    kit = PlainKit()
    task = await begun(kit, [])
    kit.hangs = True
    with pytest.raises(LinkLostError):
        await task
    assert kit.body.wheels == STILL


async def test_a_kit_that_is_not_ready_plays_nothing() -> None:
    """Neither one that is offline nor one that lacks wheels."""
    kit = PlainKit()
    with pytest.raises(ProgramInterruptedError):
        await Player(kit, AWAY, Limits()).play()
    bare = PlainKit(abilities=Abilities(gauge=None))
    await bare.connect()
    with pytest.raises(RobotProgramError):
        await Player(bare, AWAY, Limits()).play()
    with pytest.raises(DeviceBusyError):
        await kit.beat()


def test_a_kit_that_nobody_knows_is_refused() -> None:
    """An address that makes no sense is told as such."""
    with pytest.raises(TransportError):
        open_kit("x", "thymio", "sim://nonsense")
