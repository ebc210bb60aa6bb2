"""The queue under concurrency, kills, full disks and damaged files."""

import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from jobs.errors import JobError, Sentence, StoreError, TransitionError
from jobs.store.change import JobChange
from jobs.store.queue import Store
from jobs.store.reader import JobReader
from jobs.types import Job, JobState
from tests.jobs.queueing import CUT, TAG, approved


def test_duplicate_keys_in_parallel_make_one_job(path: Path):
    """Forty submissions of four keys by four connections end in four jobs."""
    stores = [Store.open(path, time.time) for _ in range(4)]

    def submit(number: int) -> list[str]:
        return [stores[number].create(TAG, f"key-000{i % 4}").id for i in range(10)]

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(submit, range(4)))
    assert all(answer == answers[0] for answer in answers)
    assert len(stores[0].jobs()) == 4
    for store in stores:
        store.close()


@pytest.mark.parametrize("same_job", [True, False])
def test_of_two_claims_at_once_exactly_one_wins(path: Path, same_job: bool):
    """Twenty rounds of two connections that want one machine: one start each, never two."""
    stores = [Store.open(path, time.time) for _ in range(2)]
    for turn in range(20):
        jobs = [approved(stores[0], f"key-{turn:03}-{n}", CUT) for n in range(1 if same_job else 2)] * 2

        def claim(number: int, jobs: list[Job] = jobs) -> str:
            try:
                return stores[number].claim(jobs[number].id, "mill").state
            except TransitionError as error:
                return error.code

        with ThreadPoolExecutor(2) as threads:
            outcomes = sorted(threads.map(claim, range(2)))
        assert outcomes == sorted(["starting", "wrong-state" if same_job else "machine-busy"])
        winner = stores[1].jobs({JobState.STARTING})
        assert len(winner) == 1
        stores[0].transition(winner[0].id, JobState.CANCELLED)
    for store in stores:
        store.close()


SUBMITTER = textwrap.dedent("""
    import sys, time
    from pathlib import Path
    from drivers.types import DeviceKind
    from jobs.store.queue import Store
    from jobs.types import Design, DesignKind, JobState
    store = Store.open(Path(sys.argv[1]), time.time)
    for number in range(30):
        job = store.create(Design(DesignKind.NAME_TAG, DeviceKind.MILL), f"key-{number:04}")
        if job.state is JobState.PREPARING:
            try:
                store.transition(job.id, JobState.READY)
            except Exception as error:
                assert error.code == "wrong-state"
        print(store.send(job.id).ticket)
""")


def test_processes_that_send_the_same_again_get_the_same_tickets(path: Path):
    """Four processes, each retrying the thirty submissions of the others: thirty jobs, thirty tickets."""
    Store.open(path, time.time).close()
    root = Path(__file__).parents[3]
    submitters = [
        subprocess.Popen(
            [sys.executable, "-c", SUBMITTER, str(path)], stdout=subprocess.PIPE, text=True, cwd=root
        )
        for _ in range(4)
    ]
    answers = [submitter.communicate()[0].split("\n") for submitter in submitters]
    assert [submitter.returncode for submitter in submitters] == [0] * 4
    assert all(answer == answers[0] for answer in answers)
    store = Store.open(path, time.time)
    assert sorted(job.ticket or "" for job in store.jobs()) == sorted(answers[0][:-1])
    assert len(set(answers[0])) == 31
    assert all(len(store.journal(job.id)) == 3 for job in store.jobs())
    store.close()


def test_of_two_machines_that_want_one_participant_exactly_one_gets_the_job(path: Path):
    """Twenty rounds of two connections, two machines and two objects of one child: one start each."""
    stores = [Store.open(path, time.time) for _ in range(2)]
    for turn in range(20):
        first = approved(stores[0], f"key-{turn:03}-0", CUT)
        draft = stores[0].create(CUT, f"key-{turn:03}-1")
        stores[0].transition(draft.id, JobState.READY)
        stores[0].send(draft.id, first.ticket)
        jobs = [first, stores[0].transition(draft.id, JobState.APPROVED)]

        def claim(number: int, jobs: list[Job] = jobs) -> str:
            try:
                return stores[number].claim(jobs[number].id, f"mill-{number}").state
            except TransitionError as error:
                return error.code

        with ThreadPoolExecutor(2) as threads:
            assert sorted(threads.map(claim, range(2))) == ["participant-busy", "starting"]
        stores[0].interrupt_all("round")
    for store in stores:
        store.close()


@pytest.mark.parametrize(
    "content", [b"\x00" * 4096, b"garbage " * 999, b"SQLite format 3\x00" + b"\xff" * 5000]
)
def test_a_garbage_file_is_refused_with_a_sentence(path: Path, content: bytes):
    """A damaged queue stops nothing but the queue: the error says which file and what to do."""
    path.write_bytes(content)
    for open_it in (lambda: Store.open(path, time.time), lambda: JobReader.open(path)):
        with pytest.raises(StoreError) as refusal:
            open_it()
        assert str(path) in refusal.value.sentence.fr
        assert str(path) in refusal.value.sentence.en
    assert path.read_bytes() == content


def test_a_torn_file_is_refused_or_read_but_never_a_traceback(store: Store, path: Path):
    """Cut at any length, the file either still is a queue or is refused as a job error."""
    approved(store, "key-0001")
    store.close()
    whole = path.read_bytes()
    for length in range(0, len(whole), 4096 + 512):
        path.write_bytes(whole[:length])
        try:
            Store.open(path, time.time).close()
        except JobError as error:
            assert error.sentence.en  # noqa: PT017 - either outcome is right, a traceback is not


def test_a_database_of_another_program_is_left_alone(path: Path):
    """A newer version's queue is not touched."""
    Store.open(path, time.time).close()
    store = Store.open(path, time.time)
    store._db.execute("PRAGMA user_version = 99")
    store.close()
    with pytest.raises(StoreError, match="version 99"):
        Store.open(path, time.time)


def test_a_failed_write_changes_nothing_and_says_so(store: Store):
    """A full disk (here: a page limit) refuses the step with a sentence; the job stays where it was."""
    job = store.create(TAG, "key-0001")
    pages = next(iter(store._db.query("PRAGMA page_count")))["page_count"]
    store._db.execute(f"PRAGMA max_page_count = {pages}")
    big = Sentence("x" * 100_000, "y" * 100_000)
    with pytest.raises(StoreError, match="full"):
        store.transition(job.id, JobState.UNUSABLE, change=JobChange(problem=big))
    assert store.get(job.id) == job
    assert len(store.journal(job.id)) == 1


WRITER = textwrap.dedent("""
    import sys, time
    from pathlib import Path
    from drivers.types import DeviceKind
    from jobs.store.queue import Store
    from jobs.types import Design, DesignKind, JobState
    store = Store.open(Path(sys.argv[1]), time.time)
    for number in range(100_000):
        job = store.create(Design(DesignKind.NAME_TAG, DeviceKind.MILL), f"{sys.argv[2]}-{number}")
        print(job.id, job.state, flush=True)
        for word in ('ready', 'waiting', 'approved', 'starting', 'cancelled'):
            state = JobState(word)
            if state is JobState.WAITING:
                job = store.send(job.id)
            elif state is JobState.STARTING:
                job = store.claim(job.id, "mill")
            else:
                job = store.transition(job.id, state)
            print(job.id, job.state, flush=True)
""")


def test_kill_9_in_mid_transition_leaves_one_acknowledged_state(path: Path):
    """Four kills at random instants: nothing acknowledged is lost, and state and journal agree."""
    chance = random.Random(2)  # noqa: S311 - repeatable
    root = Path(__file__).parents[3]
    for turn in range(4):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), f"turn{turn}"],
            stdout=subprocess.PIPE,
            text=True,
            cwd=root,
        )
        told = [writer.stdout.readline() for _ in range(chance.randint(3, 40))]
        os.kill(writer.pid, signal.SIGKILL)
        told += writer.communicate()[0].splitlines()
        store = Store.open(path, time.time)
        last_told = dict(line.split() for line in told if len(line.split()) == 2)
        for job in store.jobs():
            journal = store.journal(job.id)
            assert journal[-1].to_state is job.state
            told_state = last_told.get(job.id)
            steps = [entry.to_state for entry in journal]
            assert told_state is None or told_state in steps
            assert told_state is None or len(steps) - steps.index(JobState(told_state)) <= 2
        assert set(last_told) <= {job.id for job in store.jobs()}
        store.interrupt_all("boot")
        store.close()
