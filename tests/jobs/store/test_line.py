"""Who stands before whom, who has a promise, and that only what waits can be moved."""

import random

import pytest

from jobs.errors import TransitionError, UnknownJobError
from jobs.store.change import JobChange
from jobs.store.line import IN_LINE, in_line
from jobs.store.queue import Store
from jobs.types import Job, JobState
from tests.jobs.queueing import CUT, PREPARED, approved

WH = PREPARED.estimate.energy_wh


def line_of(store: Store) -> list[str]:
    """The accepted jobs as they stand."""
    return [job.key for job in in_line(store.jobs({JobState.APPROVED}))]


def five(store: Store) -> dict[str, Job]:
    """Five accepted jobs, in the order in which they were sent."""
    jobs = [approved(store, f"key-000{number}") for number in range(5)]
    return {job.key[-1]: job for job in jobs}


def test_a_job_is_put_before_another_or_at_the_end_and_twice_is_once(store: Store):
    """The others keep their order, and the places in the line stay the same ones."""
    job = five(store)
    places = {one.stands_s for one in store.jobs()}
    for _ in range(2):
        store.put_before(job["3"].id, job["1"].id)
        assert line_of(store) == [f"key-000{number}" for number in "03124"]
    store.put_before(job["0"].id, None)
    assert line_of(store) == [f"key-000{number}" for number in "31240"]
    assert {one.stands_s for one in store.jobs()} == places
    store.put_before(job["2"].id, job["2"].id)
    assert line_of(store)[-1] == "key-0002"


def test_any_order_can_be_made_even_of_jobs_sent_at_once(store: Store):
    """Two hundred moves among jobs whose clock stood still end as a list would."""
    store._now = lambda: 5000.0
    chance = random.Random(3)  # noqa: S311 - repeatable
    job = five(store)
    wanted = line_of(store)
    for _ in range(200):
        moved, before = chance.sample(wanted, 2)
        wanted.remove(moved)
        wanted.insert(wanted.index(before), moved)
        store.put_before(job[moved[-1]].id, job[before[-1]].id)
        assert line_of(store) == wanted


def test_only_what_waits_is_moved_favoured_or_promised(store: Store):
    """A job on a machine or over is refused with a sentence and stays as it is."""
    job = approved(store, "key-0001", CUT)
    store.claim(job.id, "mill")
    before = store.get(job.id)
    for change in (
        lambda: store.put_before(job.id, None),
        lambda: store.promise(job.id, 1000.0),
        lambda: store.amend(job.id, JobChange(priority=2), IN_LINE),
    ):
        with pytest.raises(TransitionError) as refusal:
            change()
        assert refusal.value.code == "not-in-line"
    assert store.get(job.id) == before
    with pytest.raises(UnknownJobError):
        store.put_before("f" * 32, None)


def test_promises_are_given_up_to_a_cap_that_says_both_numbers(store: Store):
    """Three promises of 40 Wh do not fit into 100; one taken back, or a smaller cap, changes nothing else."""
    store.open_halt("Parc", "Antony", 9000.0, 0.0)
    job = five(store)
    cap_wh = 2.5 * WH
    for number in "01":
        for _ in range(2):
            assert store.promise(job[number].id, cap_wh).promised
    with pytest.raises(TransitionError) as refusal:
        store.promise(job["2"].id, cap_wh)
    assert refusal.value.code == "promise-too-large"
    for words in (refusal.value.sentence.fr, refusal.value.sentence.en):
        assert "40 Wh" in words
        assert " 20 " in words
        assert "100 Wh" in words
    assert not store.get(job["2"].id).promised
    store.amend(job["0"].id, JobChange(promised=False), IN_LINE)
    assert store.promise(job["2"].id, cap_wh).promised


def test_a_promise_that_was_kept_still_counts_at_its_halt(store: Store):
    """Else one half of the rest after another would be promised until nothing is left."""
    store.open_halt("Parc", "Antony", 9000.0, 0.0)
    job = five(store)
    store.promise(job["0"].id, 1.5 * WH)
    store.set_plate("prusa", clear=True)
    store.claim(job["0"].id, "prusa")
    with pytest.raises(TransitionError):
        store.promise(job["1"].id, 1.5 * WH)
    store.transition(job["0"].id, JobState.RUNNING)
    store.transition(job["0"].id, JobState.DONE, change=JobChange(used_wh=WH / 2))
    assert store.promise(job["1"].id, 1.5 * WH).promised
