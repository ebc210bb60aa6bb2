"""What a start of the daemon takes over, and what it leaves alone until a person has spoken."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
import pytest_asyncio

from jobs.errors import JobError, StoreError
from jobs.types import JobState
from onboard.boot import OPENING, RESTARTED, Boot
from onboard.control.messages import ArmMill, ContinueQueue, GetStatus, OpenHalt
from onboard.ledger import Ledger
from tests.onboard.rig import PRINT, Rig, lock_outside, rig_in, until

HALT = OpenHalt(place="Parc", host_city="Antony", minutes=180, reserve_wh=0)


@pytest_asyncio.fixture
async def booted(tmp_path: Path) -> AsyncIterator[Rig]:
    """A bike whose daemon died with one job accepted and one on the machine, and comes back."""
    async with rig_in(tmp_path) as rig:
        await rig.open_halt()
        await rig.clear()
        running, accepted = await rig.approved("ran", PRINT), await rig.approved("waits", PRINT)
        await rig.bike.ledger(rig.store.claim, running.id, "prusa")
        await rig.clear()
        await restart(rig)
        await rig.go()
        assert rig.job(running).state is JobState.INTERRUPTED
        assert rig.job(accepted).state is JobState.APPROVED
        yield rig


async def restart(rig: Rig) -> Boot:
    """The queue is closed and a new daemon takes over."""
    rig.bike.ledger.close()
    rig.bike.ledger = Ledger()
    boot = Boot(rig.bike, retry_s=0.05)
    await boot.try_to_open()
    return boot


async def planned_again(rig: Rig) -> None:
    """A plan was made after everything was ready for a start."""
    await until(lambda: rig.station().free)
    await rig.dispatcher.replan()


async def test_after_a_restart_no_accepted_job_starts_until_a_mediator_says_so(booted: Rig):
    """Halt open, plate clear, machine ready, battery known: still a person starts machines."""
    await planned_again(booted)
    (held,) = booted.bike.held
    assert (held.reason, held.sentence) == ("restart", RESTARTED.sentence)
    status = (await booted.ask(GetStatus())).status
    assert status is not None
    assert status.hold is not None
    assert status.hold.code == "restart"
    assert not booted.moves()
    await booted.ask(ContinueQueue())
    await until(booted.moves)
    assert booted.bike.hold is None


async def test_a_halt_opened_by_hand_says_so_too(booted: Rig):
    """Who opens a halt stands beside the machines."""
    await planned_again(booted)
    assert not booted.moves()
    await booted.ask(HALT)
    await until(booted.moves)


async def test_without_an_accepted_job_there_is_nothing_to_say(tmp_path: Path):
    """What is accepted after the restart is a person's order already."""
    async with rig_in(tmp_path) as rig:
        await rig.open_halt()
        await rig.clear()
        await restart(rig)
        assert rig.bike.hold is None
        assert rig.station().plate_clear
        assert rig.bike.halt is not None
        await rig.go()
        await rig.approved("after", PRINT)
        await until(rig.moves)


async def test_a_locked_queue_keeps_the_bike_in_safe_mode_until_it_opens(tmp_path: Path):
    """Nothing is armed or answered from it, the reason is said, and no restart is needed."""
    async with rig_in(tmp_path) as rig:
        await rig.open_halt()
        job = await rig.approved("locked", PRINT)
        await rig.station("mill").connect()
        rig.bike.ledger.close()
        rig.bike.ledger = Ledger()
        boot = Boot(rig.bike, retry_s=0.05)
        assert rig.bike.hold is OPENING
        with closing(lock_outside(rig.bike.config.paths.jobs_database)):
            opening = rig.start(boot.run())
            await asyncio.wait_for(boot.tried.wait(), 20)
            assert rig.bike.hold is not None
            assert rig.bike.hold.code == "store-blocked"
            assert "locked" in rig.bike.hold.sentence.en
            for request in (ContinueQueue(), HALT, ArmMill(machine="mill", job=job.id)):
                with pytest.raises(JobError):
                    await rig.ask(request)
            assert rig.station("mill").armed_s == 0
        await asyncio.wait_for(opening, 20)
        assert rig.bike.hold is RESTARTED
        assert rig.job(job).state is JobState.APPROVED


@pytest.mark.parametrize("seed", range(3))
async def test_a_damaged_queue_is_said_and_never_ends_the_daemon(tmp_path: Path, seed: int):
    """C05: cut anywhere, emptied or with flipped bytes: safe mode with a sentence, or a sound queue."""
    dice = random.Random(seed)  # noqa: S311 - repeatable
    async with rig_in(tmp_path) as rig:
        await rig.open_halt()
        for number in range(3):
            await rig.approved(f"damage-{number}", PRINT)
        rig.bike.ledger.close()
        database = rig.bike.config.paths.jobs_database
        whole = database.read_bytes()
        for turn in range(12):
            database.write_bytes(damaged(whole, dice, turn))
            for rest in ("-wal", "-shm"):
                database.with_name(database.name + rest).unlink(missing_ok=True)
            rig.bike.ledger = Ledger()
            opened = await Boot(rig.bike).try_to_open()
            assert opened or rig.bike.hold is not None
            await rig.dispatcher._try_to_plan()
            rig.bike.ledger.close()
        database.write_bytes(whole)
        rig.bike.ledger = Ledger()
        assert await Boot(rig.bike).try_to_open()


def damaged(whole: bytes, dice: random.Random, turn: int) -> bytes:
    """The file, torn or with some bytes of it changed."""
    if turn % 3 == 0:
        return whole[: dice.randrange(len(whole))]
    bytes_of = bytearray(whole)
    for _ in range(dice.choice((1, 10, 200))):
        bytes_of[dice.randrange(len(bytes_of))] = dice.randrange(256)
    return bytes(bytes_of)


def test_a_ledger_without_a_queue_says_so():
    """Nobody gets an answer made up."""
    with pytest.raises(StoreError, match="not open"):
        _ = Ledger().store
