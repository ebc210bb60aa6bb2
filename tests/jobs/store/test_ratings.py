"""Thumbs: one an object, only for what is finished, and without whoever gave them."""

import pytest

from jobs.errors import TransitionError, UnknownJobError
from jobs.store.queue import Store
from jobs.types import JobState
from tests.jobs.queueing import CUT, approved


def test_the_last_thumb_counts_and_stays_when_the_object_is_erased(store: Store) -> None:
    """A child may change its mind; what was made well is counted for the halt, whoever had it made."""
    store.open_halt("Parc", "Antony", 9000.0, 0.0)
    halt = store.current_halt()
    assert halt is not None
    job = approved(store, "key-0001", CUT)
    with pytest.raises(TransitionError):
        store.rate(job.id, good=True)
    store.claim(job.id, "mill")
    store.transition(job.id, JobState.RUNNING)
    store.transition(job.id, JobState.DONE)
    assert store.rating(job.id) is None
    for good in (True, False, False):
        store.rate(job.id, good=good)
        assert store.rating(job.id) is good
    assert store.thumbs(halt.id) == (0, 1)
    store.erase(job.id)
    assert store.thumbs(halt.id) == (0, 1)
    with pytest.raises(UnknownJobError):
        store.rate("0" * 32, good=True)
