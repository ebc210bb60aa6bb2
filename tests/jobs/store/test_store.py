"""The queue keeps every accepted job in exactly one state."""

from pathlib import Path

import pytest

from jobs.errors import Sentence, TransitionError, UnknownJobError
from jobs.store.change import JobChange
from jobs.store.memory import PLANS_KEPT
from jobs.store.queue import Store
from jobs.store.reader import JobReader
from jobs.types import TRANSITIONS, JobState
from tests.jobs.queueing import CUT, PREPARED, TAG, approved, put_into


def test_a_job_comes_back_as_it_was_written(store: Store, path: Path):
    """Every field survives the disk, for the writer and for the read-only process."""
    job = store.create(TAG, "key-0001")
    ready = store.transition(job.id, JobState.READY, change=JobChange(prepared=PREPARED, priority=2))
    reader = JobReader.open(path)
    assert reader.get(job.id) == ready
    assert (ready.design, ready.prepared, ready.priority) == (TAG, PREPARED, 2)
    reader.close()


def test_the_same_key_gives_the_same_job(store: Store):
    """A retried submission makes no second job."""
    first = store.create(TAG, "key-0001")
    assert store.create(CUT, "key-0001") == first
    assert store.jobs() == [first]
    assert len(store.journal(first.id)) == 1


@pytest.mark.parametrize("state", list(JobState))
def test_only_the_table_of_transitions_is_allowed(store: Store, state: JobState):
    """From every state every step outside the table is refused and changes nothing."""
    job = put_into(store, state, f"key-{state}")
    steps = len(store.journal(job.id))
    for target in set(JobState) - TRANSITIONS[state]:
        with pytest.raises(TransitionError) as refusal:
            store.transition(job.id, target)
        assert refusal.value.sentence.fr
        assert refusal.value.sentence.en
    assert store.get(job.id) == job
    assert len(store.journal(job.id)) == steps


def test_starting_and_waiting_have_only_their_own_doors(store: Store):
    """No plain transition gets round the plate or the ticket."""
    job = approved(store, "key-0001")
    with pytest.raises(TransitionError):
        store.transition(job.id, JobState.STARTING)
    draft = store.create(TAG, "key-0002")
    store.transition(draft.id, JobState.READY)
    with pytest.raises(TransitionError):
        store.transition(draft.id, JobState.WAITING)


def test_an_unknown_job_is_said_to_be_unknown(store: Store):
    """Every way to a job that does not exist ends in the same clear error."""
    for ask in (store.get, store.send, store.erase, store.by_ticket, lambda job: store.claim(job, "i3")):
        with pytest.raises(UnknownJobError):
            ask("f" * 32)
    with pytest.raises(UnknownJobError):
        store.transition("f" * 32, JobState.READY)


def test_every_step_is_journalled_with_its_note(store: Store):
    """The journal tells the whole way of a job."""
    job = approved(store, "key-0001")
    store.transition(job.id, JobState.CANCELLED, note="mediator")
    steps = [(entry.from_state, entry.to_state, entry.note) for entry in store.journal(job.id)]
    assert steps == [
        (None, JobState.PREPARING, ""),
        (JobState.PREPARING, JobState.READY, ""),
        (JobState.READY, JobState.WAITING, ""),
        (JobState.WAITING, JobState.APPROVED, ""),
        (JobState.APPROVED, JobState.CANCELLED, "mediator"),
    ]


def test_sending_twice_keeps_the_ticket(store: Store):
    """A participant who presses twice holds one ticket, and it names the participant."""
    job = store.create(TAG, "key-0001")
    store.transition(job.id, JobState.READY)
    sent = store.send(job.id)
    assert sent.ticket == sent.participant
    assert sent.submitted_s is not None
    assert store.send(job.id) == sent
    assert store.by_ticket(f"  {sent.ticket.upper()} ") == sent


def test_a_plate_is_full_from_the_start_on_until_a_person_says_otherwise(store: Store):
    """An unknown plate is not clear, a start makes it dirty, and a refused claim changes nothing."""
    job = approved(store, "key-0001")
    with pytest.raises(TransitionError) as refusal:
        store.claim(job.id, "i3")
    assert refusal.value.code == "plate-not-clear"
    assert store.get(job.id) == job
    store.set_plate("i3", clear=True)
    assert store.claim(job.id, "i3").machine == "i3"
    assert not store.plate_clear("i3")


def test_a_mill_needs_no_plate(store: Store):
    """Stock is clamped by a person who arms the mill: the store asks for no plate."""
    job = approved(store, "key-0001", CUT)
    assert store.claim(job.id, "mill").state is JobState.STARTING


def test_a_busy_machine_takes_no_second_job(store: Store):
    """STARTING, RUNNING and PAUSED each hold the machine."""
    first, second = approved(store, "key-0001", CUT), approved(store, "key-0002", CUT)
    store.claim(first.id, "mill")
    for step in (None, JobState.RUNNING, JobState.PAUSED):
        if step is not None:
            store.transition(first.id, step)
        with pytest.raises(TransitionError) as refusal:
            store.claim(second.id, "mill")
        assert refusal.value.code == "machine-busy"
    store.transition(first.id, JobState.CANCELLED)
    assert store.claim(second.id, "mill").state is JobState.STARTING


def test_a_job_whose_cancel_is_asked_does_not_start(store: Store):
    """Between the wish to cancel and the cancel no machine begins."""
    job = approved(store, "key-0001", CUT)
    store.amend(job.id, JobChange(cancel_asked=True))
    with pytest.raises(TransitionError) as refusal:
        store.claim(job.id, "mill")
    assert refusal.value.code == "cancel-asked"


def test_a_new_order_forgets_the_run_before(store: Store):
    """An interrupted job goes back to APPROVED as if it had never run, but keeps its ticket."""
    job = approved(store, "key-0001", CUT)
    store.claim(job.id, "mill")
    why = Sentence("Courant coupé.", "Power lost.")
    (interrupted,) = store.interrupt_all("boot", why)
    assert (interrupted.problem, interrupted.machine) == (why, "mill")
    again = store.transition(job.id, JobState.APPROVED)
    assert (again.machine, again.problem, again.started_s, again.ended_s) == (None, None, None, None)
    assert again.ticket == job.ticket


def test_at_start_up_whatever_was_on_a_machine_is_interrupted(store: Store):
    """The boot rule takes STARTING, RUNNING and PAUSED, and nothing else."""
    jobs = {state: put_into(store, state, f"key-{state}") for state in JobState}
    taken = {job.id for job in store.interrupt_all("boot")}
    on_machine = (JobState.STARTING, JobState.RUNNING, JobState.PAUSED)
    assert taken == {jobs[state].id for state in on_machine}
    for state in set(JobState) - set(on_machine):
        assert store.get(jobs[state].id).state is state


@pytest.mark.parametrize("state", list(JobState))
def test_erasing_leaves_a_count_and_nothing_else(store: Store, state: JobState):
    """The design, its parameters, its files and its ticket go; a job on a machine stays."""
    job = put_into(store, state, f"key-{state}")
    if state in {JobState.STARTING, JobState.RUNNING, JobState.PAUSED}:
        with pytest.raises(TransitionError):
            store.erase(job.id)
        return
    erased = store.erase(job.id)
    assert (erased.design.parameters, erased.design.source) == ({}, None)
    assert (erased.prepared, erased.ticket) == (None, None)
    assert erased.state not in {JobState.PREPARING, JobState.READY, JobState.WAITING, JobState.APPROVED}
    with pytest.raises(UnknownJobError):
        store.by_ticket(job.ticket or "Renard 1")


def test_served_counts_are_those_of_the_term(store: Store):
    """What was made at the halt before still counts; what is on a machine counts already."""
    assert store.current_halt() is None
    store.open_halt("Collège", "Créteil", 9000.0, 30.0)
    done = approved(store, "key-0001", CUT)
    store.claim(done.id, "mill")
    assert store.served_counts() == {done.ticket: 1}
    store.transition(done.id, JobState.RUNNING)
    store.transition(done.id, JobState.DONE, change=JobChange(used_wh=12.5))
    assert store.served_counts() == {done.ticket: 1}
    second = store.open_halt("Mairie", "Maisons-Alfort", 9900.0, 30.0)
    assert store.current_halt() == second
    assert store.served_counts() == {done.ticket: 1}
    assert store.begin_term() == 2
    assert store.begin_term() == 2
    assert store.served_counts() == {}
    store.close_halt()
    assert store.current_halt() is None


def test_plans_are_kept_up_to_a_bound(store: Store):
    """The oldest plans make room for the newest."""
    for number in range(PLANS_KEPT + 3):
        store.keep_plan("{}", str(number))
    kept = store.kept_plans(PLANS_KEPT * 2)
    assert len(kept) == PLANS_KEPT
    assert (kept[0].plan, kept[-1].plan) == (str(PLANS_KEPT + 2), "3")


def test_a_reader_sees_changes_and_cannot_write(store: Store, path: Path):
    """The web process notices each write and has no way to make one."""
    reader = JobReader.open(path)
    before, own = reader.version, store.jobs_version
    job = store.create(TAG, "key-0001")
    assert reader.version != before
    assert store.jobs_version > own
    assert reader.get(job.id) == job
    with pytest.raises(Exception, match="readonly"):
        reader._db.execute("DELETE FROM jobs")
    reader.close()
