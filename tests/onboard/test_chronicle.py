"""The audit journal: what was done and what went wrong, once each, with its halt and without a word typed."""

import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from drivers.types import DeviceKind
from jobs.errors import JobError
from jobs.types import JobState
from onboard.chronicle import Chronicle
from onboard.control.messages import (
    ApproveJob,
    CallMediator,
    CloseHalt,
    EraseHalt,
    GetStatus,
    HoldJog,
    JudgeJob,
    OpenHalt,
    Reason,
    RefuseJob,
    ReleaseJog,
    RepeatJob,
    Signed,
    StopEverything,
)
from tests.onboard.rig import CUT, PRINT, Rig, rig_in

PLACE = {"place": "Parc", "host_city": "Antony", "minutes": 60, "reserve_wh": 0.0}


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    """A bike that nobody has asked for anything."""
    async with rig_in(tmp_path) as whole:
        yield whole


def told(rig: Rig) -> list[tuple[str, str | None, str]]:
    """What the journal says, oldest first."""
    return [(act.act, act.machine, act.detail) for act in reversed(rig.store.acts())]


async def test_what_mediators_do_is_written_down_without_their_words(rig: Rig) -> None:
    """Acts that were refused did not happen; the closing of a halt belongs to it."""
    chronicle = Chronicle(rig.bike, rig.desk.answer)
    await chronicle.answer(OpenHalt(place="Chez Zoé", host_city="Antony", minutes=60, reserve_wh=12.5))
    job = await rig.ready("key-0001")
    await rig.bike.ledger(rig.store.send, job.id)
    await chronicle.answer(GetStatus())
    await chronicle.answer(RefuseJob(job=job.id, reason="not-here"))
    with pytest.raises(JobError):
        await chronicle.answer(ApproveJob(job=job.id))
    await chronicle.answer(CloseHalt())
    assert told(rig) == [
        ("open-halt", None, "minutes=60 reserve_wh=12.5"),
        ("refuse", None, "reason=not-here"),
        ("close-halt", None, ""),
    ]
    assert {act.halt for act in rig.store.acts()} == {rig.store.halts()[0].id}
    assert rig.store.acts()[1].job == job.id


async def test_stops_faults_and_calls_are_told_once(rig: Rig) -> None:
    """However long they last, and in the order in which they came; a halt is not needed."""
    chronicle = Chronicle(rig.bike, rig.desk.answer)
    job = await rig.approved("key-0001", CUT, DeviceKind.MILL)
    await rig.station("mill").connect()
    await chronicle.look()
    rig.bike.stop()
    for _ in range(3):
        await chronicle.answer(CallMediator(job=job.id))
        await chronicle.look()
    assert told(rig) == [("stop", None, ""), ("call", None, "")]


async def test_an_act_waits_for_the_queue_and_is_not_lost(rig: Rig) -> None:
    """A disk that refuses delays the line, never the act."""
    chronicle = Chronicle(rig.bike, rig.desk.answer)
    store = rig.bike.ledger._store
    rig.bike.ledger._store = None
    rig.bike.stop()
    await chronicle.look()
    rig.bike.ledger._store = store
    assert told(rig) == []
    await chronicle.look()
    assert told(rig) == [("stop", None, "")]


async def test_an_object_is_judged_made_again_with_files_of_its_own_and_forgotten(rig: Rig) -> None:
    """A second order is on disk like the first; erasing the halt takes the files of what is over only."""
    await rig.open_halt()
    job = await rig.approved("key-0001")
    await rig.go()
    await rig.clear()
    await rig.is_in(job, JobState.DONE)
    await rig.ask(JudgeJob(job=job.id, good=False, reason=Reason.WARPED))
    key = secrets.token_hex(8)
    for _ in range(2):
        await rig.ask(RepeatJob(job=job.id, key=key))
    folders = rig.bike.config.paths.jobs
    again = rig.store.made_with(key)
    assert again is not None
    assert (folders / again.id / "part.gcode").read_bytes() == PRINT
    assert len(list(folders.iterdir())) == 2
    halt = rig.store.halts()[0]
    await rig.ask(CloseHalt())
    with pytest.raises(JobError):
        await rig.ask(EraseHalt(halt=halt.id, objects=5))
    assert (folders / job.id).exists()
    for _ in range(2):
        await rig.ask(EraseHalt(halt=halt.id, objects=1))
    assert [folder.name for folder in folders.iterdir()] == [again.id]
    assert [one.id for one in rig.store.jobs()] == [again.id]


async def test_an_act_is_kept_with_the_word_of_whoever_did_it(rig: Rig) -> None:
    """A mediator's act is signed, a command's is not; nobody signs a stop."""
    chronicle = Chronicle(rig.bike, rig.desk.answer)
    await chronicle.answer(Signed(by="m-0a1b", request=OpenHalt(**PLACE)))
    await chronicle.answer(CloseHalt())
    await chronicle.answer(Signed(by="m-0a1b", request=StopEverything()))
    await chronicle.look()
    signed = [(act.act, act.signed) for act in reversed(rig.store.acts())]
    assert signed == [("open-halt", "m-0a1b"), ("close-halt", ""), ("stop", "")]


async def test_a_held_button_is_one_act(rig: Rig) -> None:
    """However often a finger says that it is still there."""
    chronicle = Chronicle(rig.bike, rig.desk.answer)
    await rig.open_halt()
    await rig.station("mill").connect()
    for _ in range(3):
        await chronicle.answer(HoldJog(machine="mill", press="press-0001", axis="x"))
    await chronicle.answer(ReleaseJog(machine="mill", press="press-0001"))
    assert [act for act, _, _ in told(rig)] == ["hold-jog"]
