"""Jobs in every state, for the tests of the queue."""

from drivers.types import DeviceKind
from jobs.errors import Sentence
from jobs.store.change import JobChange
from jobs.store.queue import Store
from jobs.types import TRANSITIONS, Design, DesignKind, Estimate, Job, JobState, Prepared

TAG = Design(DesignKind.NAME_TAG, DeviceKind.PRINTER, None, {"text": "Zoé", "height": 3.5, "hole": True})
CUT = Design(DesignKind.DRAWING, DeviceKind.MILL, "0" * 32)
PREPARED = Prepared(
    "part.gcode",
    "part.stl",
    "part.svg",
    Estimate(600, 500, 900, 40, 35, 50, 260, bounds_mm=(0, 0, 0, 9, 9, 3)),
    (Sentence("Très fin.", "Very thin."),),
)


def approved(store: Store, key: str, design: Design = TAG) -> Job:
    """A job that only waits for its machine."""
    job = store.create(design, key)
    store.transition(job.id, JobState.READY, change=JobChange(prepared=PREPARED))
    store.send(job.id)
    return store.transition(job.id, JobState.APPROVED)


def put_into(store: Store, state: JobState, key: str) -> Job:
    """A job in any state, brought there by allowed steps on a machine of its own."""
    job = store.create(TAG, key)
    ways: dict[JobState, list[JobState]] = {JobState.PREPARING: []}
    for before in ways_in_order():
        for after in TRANSITIONS[before]:
            ways.setdefault(after, [*ways[before], after])
    for step in ways[state]:
        if step is JobState.WAITING:
            store.send(job.id)
        elif step is JobState.STARTING:
            store.set_plate(key, clear=True)
            store.claim(job.id, key)
        else:
            store.transition(job.id, step)
    return store.get(job.id)


def ways_in_order() -> list[JobState]:
    """States in the order in which a job first reaches them."""
    order = [JobState.PREPARING]
    for state in order:
        order += sorted(after for after in TRANSITIONS[state] if after not in order)
    return order
