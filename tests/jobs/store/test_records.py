"""The journal's figures, verdicts, second orders, the audit journal, and a halt that is forgotten."""

import sqlite3
import uuid
from contextlib import closing
from pathlib import Path

import pytest

from jobs.errors import TransitionError
from jobs.store.accounts import Act
from jobs.store.again import Copies
from jobs.store.change import JobChange
from jobs.store.queue import Store
from jobs.types import Job, JobState
from tests.jobs.queueing import CUT, approved

MOST_S = 1e9


def made(store: Store, key: str, end: JobState = JobState.DONE, used_wh: float | None = None) -> Job:
    """A job that has been on the mill."""
    job = approved(store, key, CUT)
    store.claim(job.id, "mill")
    store.transition(job.id, JobState.RUNNING)
    return store.transition(job.id, end, note="fault", change=JobChange(used_wh=used_wh))


def taken(path: Path, job: Job) -> list[tuple[object, ...]]:
    """What the journal tells of the ends of a job's runs."""
    with closing(sqlite3.connect(path)) as db:
        query = "SELECT took_wh, is_measured, halt FROM journal WHERE job = ? AND took_wh IS NOT NULL"
        return db.execute(query, (job.id,)).fetchall()


def test_a_run_is_counted_when_it_ends_and_in_the_halt_where_it_began(store: Store, path: Path):
    """Measured, else estimated, else as much of the estimate as of its time; a second run is another one."""
    first = store.open_halt("Parc", "Antony", MOST_S, 0.0)
    job = approved(store, "key-0001", CUT)
    store.claim(job.id, "mill")
    begun_s = store.transition(job.id, JobState.RUNNING).started_s or 0.0
    second = store.open_halt("Mairie", "Sceaux", MOST_S, 0.0)
    failed = store.transition(job.id, JobState.FAILED)
    share = ((failed.ended_s or 0.0) - begun_s) / 600
    assert 0 < share < 0.1
    store.transition(job.id, JobState.APPROVED)
    store.claim(job.id, "mill")
    store.transition(job.id, JobState.RUNNING)
    store.transition(job.id, JobState.DONE, change=JobChange(used_wh=12.5))
    early, whole = taken(path, job)
    assert early == (pytest.approx(40 * share), 0, first.id)
    assert whole == (12.5, 1, second.id)


def test_a_verdict_is_of_a_run_and_the_last_word_counts(store: Store):
    """What failed can be given a reason but not be called good; what never ran is not judged."""
    store.open_halt("Parc", "Antony", MOST_S, 0.0)
    done, failed = made(store, "key-0001"), made(store, "key-0002", JobState.FAILED)
    for good, reason in ((True, ""), (False, "warped"), (False, "warped")):
        store.judge(done.id, good=good, reason=reason)
    assert (told := store.verdict(done.id)) is not None
    assert (told.good, told.reason) == (False, "warped")
    store.judge(failed.id, good=False, reason="broken")
    with pytest.raises(TransitionError):
        store.judge(failed.id, good=True, reason="")
    store.transition(failed.id, JobState.APPROVED)
    assert store.verdict(failed.id) is None
    with pytest.raises(TransitionError):
        store.judge(failed.id, good=False, reason="broken")


def test_an_object_is_made_again_once_however_often_it_is_asked_for(store: Store):
    """A new job with its own story for the same participant; one that goes on or is erased is refused."""
    old = made(store, "key-0001")
    copies = Copies(uuid.uuid4().hex, uuid.uuid4().hex)
    new = store.repeat(old.id, "again-01", copies)
    assert store.repeat(old.id, "again-01", Copies(uuid.uuid4().hex, None)) == new
    assert (new.state, new.prepared, new.participant) == (JobState.APPROVED, old.prepared, old.participant)
    assert (new.ticket, new.design.source) == (f"{old.ticket}-2", copies.source)
    assert [step.to_state for step in store.journal(new.id)] == ["preparing", "ready", "waiting", "approved"]
    assert store.get(old.id) == old
    with pytest.raises(TransitionError):
        store.repeat(new.id, "again-02", Copies(uuid.uuid4().hex, None))
    store.erase(old.id)
    with pytest.raises(TransitionError):
        store.repeat(old.id, "again-03", Copies(uuid.uuid4().hex, None))


def test_a_halt_is_forgotten_to_the_last_byte_and_nothing_else_is(store: Store, path: Path):
    """Its place, objects, thumbs, acts and tickets go; the other halt and what waits stay as they were."""
    other = store.open_halt("Mairie", "Sceaux", MOST_S, 0.0)
    kept = made(store, "key-0001")
    store.keep_act(Act(1.0, "approve", other.id, kept.id))
    halt = store.open_halt("Canari-des-lieux", "Antony", MOST_S, 0.0)
    gone, waits = made(store, "key-0002"), approved(store, "key-0003")
    store.rate(gone.id, good=True)
    store.judge(gone.id, good=True, reason="")
    store.keep_act(Act(2.0, "stop", halt.id))
    extent = store.extent(halt.id)
    assert (extent.objects, extent.thumbs, extent.acts, extent.kept) == (1, 1, 1, 1)
    with pytest.raises(TransitionError):
        store.erase_halt(halt.id, 1)
    store.close_halt()
    with pytest.raises(TransitionError):
        store.erase_halt(halt.id, 2)
    before = (store.get(kept.id), store.journal(kept.id), store.acts(other.id), store.get(waits.id))
    for _ in range(2):
        store.erase_halt(halt.id, 1)
    assert (store.get(kept.id), store.journal(kept.id), store.acts(other.id), store.get(waits.id)) == before
    assert [one.id for one in store.halts()] == [other.id]
    assert {job.id for job in store.jobs()} == {kept.id, waits.id}
    assert {holder.ticket for holder in store.holders()} == {kept.participant, waits.participant}
    files = [file.read_bytes() for file in path.parent.glob(f"{path.name}*")]
    assert not any(word.encode() in data for data in files for word in ("Canari-des-lieux", gone.id))
    assert any(other.id.encode() in data for data in files)
