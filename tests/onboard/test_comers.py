"""A second object on the bike waits while first ones keep coming, and says for whom."""

import asyncio

from jobs.types import Job, JobState
from onboard.plan.comers import came
from tests.onboard.rig import Rig, until


def reason_of(rig: Rig, job: Job) -> str | None:
    """Why a job is held now; None when it has a place in the plan."""
    return next((held.reason for held in rig.bike.held if held.job == job.id), None)


async def test_a_second_object_waits_for_people_who_keep_coming(rig: Rig):
    """Held when three came in twenty minutes; promised by a mediator, it goes all the same."""
    await rig.go()
    await rig.open_halt(minutes=100)
    first = await rig.approved("first")
    await rig.clear()
    await rig.is_in(first, JobState.DONE)
    rig.clock.ahead_s, rig.wall.ahead_s = 1200.0, 1200.0
    comers = [await rig.approved(f"comer-{number}") for number in range(3)]
    second = await rig.ready("second")
    await rig.bike.ledger(rig.store.send, second.id, first.participant)
    await rig.bike.ledger.transition(second.id, JobState.APPROVED)
    rig.bike.changed()
    await until(lambda: reason_of(rig, second) == "late")
    held = next(held for held in rig.bike.held if held.job == second.id)
    assert "Il faut 1" in held.sentence.fr
    assert {job.id for job in comers} <= {start.job for start in rig.bike.starts}

    await rig.bike.ledger(rig.store.promise, second.id, 1000.0)
    rig.bike.changed()
    await until(lambda: any(start.job == second.id for start in rig.bike.starts))


async def test_who_came_is_counted_once_and_by_the_first_object(rig: Rig):
    """A made object counts like one that waits, a second one and one from a halt before do not."""
    await rig.go()
    await rig.open_halt()
    first = await rig.approved("first")
    await rig.clear()
    await rig.is_in(first, JobState.DONE)
    second = await rig.ready("second")
    await rig.bike.ledger(rig.store.send, second.id, first.participant)
    other = await rig.approved("other")
    rig.wall.ahead_s = 600.0
    queued = await rig.bike.ledger.jobs(JobState.WAITING, JobState.APPROVED)
    served = await rig.bike.ledger(rig.store.served_counts)
    found, open_min = await came(rig.bike, queued, served)
    assert {(job.id, job.submitted_min) for job in found} == {(first.id, -10), (other.id, -10)}
    assert open_min == 10
    found, _ = await came(rig.bike, queued, served | {first.participant: 2})
    assert [job.id for job in found] == [other.id]
    rig.bike.adopt(None)
    assert await came(rig.bike, queued, served) == ([], 0)


async def test_a_halt_may_close_while_its_comers_are_read(rig: Rig):
    """The plan in hand ends with the halt it was begun for; the dispatcher goes on."""
    await rig.go()
    await rig.open_halt()
    reading = asyncio.create_task(came(rig.bike, [], {}))
    await asyncio.sleep(0)
    rig.bike.adopt(None)
    assert not reading.done()
    assert await reading == ([], 0)
