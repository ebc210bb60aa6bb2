"""What nobody needs is forgotten in time, and no jump of the date forgets anything."""

from pathlib import Path

import pytest

from jobs.loans import LoanEnd
from jobs.types import Job, JobState
from onboard.janitor import KEEP_S, Janitor
from tests.onboard.rig import Rig, rig_in

PROGRAM = '{"version": 1, "steps": []}'
JUMPS_S = (3600.0, -3600.0, 1500 * 24 * 3600.0, -1_900_000_000.0)


def files_of(rig: Rig, job: Job) -> list[Path]:
    """What is left of a job."""
    return list(rig.bike.config.paths.jobs.glob(f"{job.id}/*"))


async def done(rig: Rig, key: str) -> Job:
    """A job that was made in the open halt."""
    job = await rig.approved(key)
    await rig.clear()
    rig.store.claim(job.id, "prusa")
    rig.store.transition(job.id, JobState.RUNNING)
    return rig.store.transition(job.id, JobState.DONE)


async def test_a_draft_nobody_sent_is_forgotten_after_a_day(tmp_path: Path):
    """Not a second before; its word and its files are gone, a sent one stays."""
    async with rig_in(tmp_path) as rig:
        janitor = Janitor(rig.bike)
        draft, sent = await rig.ready("draft"), await rig.approved("sent")
        assert await janitor.look() == 0
        rig.clock.ahead_s += KEEP_S - 5
        assert await janitor.look() == 0
        assert files_of(rig, draft)
        rig.clock.ahead_s += 6
        assert await janitor.look() == 1
        assert not files_of(rig, draft)
        assert rig.job(draft).design.parameters == {}
        assert files_of(rig, sent)
        assert await janitor.look() == 0


async def test_a_finished_object_is_forgotten_a_day_after_its_halt(tmp_path: Path):
    """While the halt is open its ticket can be looked up; afterwards the row remains as a count."""
    async with rig_in(tmp_path) as rig:
        janitor = Janitor(rig.bike)
        await rig.open_halt()
        job = await done(rig, "made")
        rig.clock.ahead_s += 2 * KEEP_S
        assert await janitor.look() == 0
        await rig.bike.ledger(rig.store.close_halt)
        assert await janitor.look() == 0
        rig.clock.ahead_s += KEEP_S + 1
        assert await janitor.look() == 1
        row = rig.job(job)
        assert (row.state, row.ticket, row.prepared) == (JobState.DONE, None, None)
        assert not files_of(rig, job)


async def test_a_bike_that_sleeps_every_night_forgets_too(tmp_path: Path):
    """At the first look after a start the calendar counts."""
    async with rig_in(tmp_path) as rig:
        draft = await rig.ready("yesterday")
        rig.wall.ahead_s += KEEP_S + 1
        assert await Janitor(rig.bike).look() == 1
        assert not files_of(rig, draft)


@pytest.mark.parametrize("jump_s", JUMPS_S)
async def test_a_jump_of_the_date_forgets_nothing(tmp_path: Path, jump_s: float):
    """An hour, 1,500 days, back to 1970: only time that has passed counts."""
    async with rig_in(tmp_path) as rig:
        janitor = Janitor(rig.bike)
        old = await rig.ready("before")
        assert await janitor.look() == 0
        rig.wall.ahead_s = max(jump_s, -rig.wall())
        new = await rig.ready("after")
        assert await janitor.look() == 0
        assert files_of(rig, old)
        assert files_of(rig, new)
        rig.clock.ahead_s += KEEP_S + 1
        assert await janitor.look() == 2


async def test_a_start_without_a_date_forgets_nothing(tmp_path: Path):
    """In 1970 no file is a day old."""
    async with rig_in(tmp_path) as rig:
        await rig.ready("kept")
        rig.wall.ahead_s = -rig.wall()
        assert await Janitor(rig.bike).look() == 0


async def test_uploads_that_no_job_knows_are_swept(tmp_path: Path):
    """A kiosk was killed between the file and its job."""
    async with rig_in(tmp_path) as rig:
        stray = rig.bike.config.paths.spool / ("e" * 32)
        stray.write_bytes(b"solid")
        janitor = Janitor(rig.bike)
        assert await janitor.look() == 0
        rig.clock.ahead_s += KEEP_S + 1
        assert await janitor.look() == 1
        assert not stray.exists()


async def test_what_a_kill_left_of_an_erased_object_goes_at_the_next_start(tmp_path: Path):
    """The row was bare, its files were not; a folder of a queue that was moved away waits its day."""
    async with rig_in(tmp_path) as rig:
        erased, draft = await rig.ready("erased"), await rig.ready("draft")
        rig.store.erase(erased.id)
        unknown = rig.bike.config.paths.jobs / "unknown"
        unknown.mkdir()
        janitor = Janitor(rig.bike)
        assert await janitor.look() == 1
        assert not files_of(rig, erased)
        assert files_of(rig, draft)
        assert unknown.exists()
        rig.clock.ahead_s += KEEP_S + 1
        await janitor.look()
        assert not unknown.exists()


async def test_a_robot_program_is_forgotten_a_day_after_it_was_asked_or_given_back(tmp_path: Path):
    """With its ticket; one whose robot is still out stays."""
    async with rig_in(tmp_path) as rig:
        janitor, store = Janitor(rig.bike), rig.store
        await rig.open_halt()
        loans = [await rig.bike.ledger(store.ask_robot, PROGRAM, f"key-{n:05}") for n in range(3)]
        for number in (1, 2):
            await rig.bike.ledger(store.lend, loans[number].id, f"robot-{number}", 10, f"lend-{number:04}")
        await rig.bike.ledger(store.end_loan, loans[2].id, LoanEnd.TIME)
        assert await janitor.look() == 0
        rig.clock.ahead_s += KEEP_S + 5
        assert await janitor.look() == 2
        kept = [(await rig.bike.ledger(store.loan, loan.id)).program for loan in loans]
        assert kept == ["", PROGRAM, ""]
        assert await janitor.look() == 0
