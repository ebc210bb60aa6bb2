"""Designs in front of the child process: none is lost by a restart, and one tablet cannot fill the queue."""

from pathlib import Path

import pytest

from drivers.types import DeviceKind
from jobs.errors import JobError
from jobs.types import Design, DesignKind, JobState
from onboard.control.messages import DiscardJob, MakeDraft
from onboard.workshop import QUEUE_LIMIT
from tests.onboard.rig import Rig, lock_outside, rig_in, until

GARBAGE = Design(DesignKind.MESH, DeviceKind.PRINTER, "f" * 32)


def draft(number: int) -> MakeDraft:
    """One of many designs; nothing prepares them unless a test says so."""
    return MakeDraft(
        key=f"design-{number:04}", design=DesignKind.MESH, device=DeviceKind.PRINTER, source=GARBAGE.source
    )


def upload(rig: Rig) -> None:
    """Bytes that are no mesh."""
    (rig.bike.config.paths.spool / (GARBAGE.source or "")).write_bytes(b"\x00garbage" * 200)


async def test_a_design_left_by_the_last_daemon_is_prepared_at_the_next_start(tmp_path: Path):
    """The child looks at it and says what is wrong with it, in both languages."""
    async with rig_in(tmp_path) as rig:
        upload(rig)
        job = rig.store.create(GARBAGE, "left-over")
        rig.start(rig.workshop.run())
        unusable = await rig.is_in(job, JobState.UNUSABLE, within_s=60)
        assert unusable.problem is not None
        assert unusable.problem.fr != unusable.problem.en
        await until(lambda: not rig.workshop.shares)


async def test_a_full_queue_is_said_and_takes_no_row(rig: Rig):
    """The design after the last one makes no job; the same design again is the same job."""
    for number in range(QUEUE_LIMIT):
        await rig.ask(draft(number))
    with pytest.raises(JobError, match="Many objects"):
        await rig.ask(draft(QUEUE_LIMIT))
    assert len(rig.store.jobs()) == QUEUE_LIMIT


async def test_a_design_taken_back_while_it_waits_leaves_the_queue(rig: Rig):
    """It is not prepared, and no longer counted."""
    upload(rig)
    reference = (await rig.ask(draft(1))).reference
    assert reference is not None
    await rig.ask(DiscardJob(job=reference.job))
    rig.start(rig.workshop.run())
    await until(lambda: not rig.workshop.shares)
    assert rig.store.get(reference.job).state is JobState.CANCELLED
    assert not (rig.bike.config.paths.jobs / reference.job).exists()


async def test_a_locked_queue_delays_a_design_and_loses_none(rig: Rig, caplog: pytest.LogCaptureFixture):
    """Its outcome is written down when the disk lets it be."""
    upload(rig)
    reference = (await rig.ask(draft(1))).reference
    assert reference is not None
    lock = lock_outside(rig.bike.config.paths.jobs_database)
    rig.start(rig.workshop.run())
    await until(lambda: "Preparing waits" in caplog.text, 60)
    lock.close()
    await until(lambda: not rig.workshop.shares, 60)
    assert rig.store.get(reference.job).state is JobState.UNUSABLE
