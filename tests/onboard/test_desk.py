"""What people may ask for, when it is refused, and that asking twice is harmless."""

import pytest

from drivers.types import DeviceKind
from jobs.errors import JobError
from jobs.types import DesignKind, JobState
from onboard.control.messages import (
    ApproveJob,
    ArmMill,
    CancelJob,
    ClearPlate,
    CloseHalt,
    DiscardJob,
    GetStatus,
    MakeDraft,
    OpenHalt,
    PauseJob,
    RearmMachine,
    RefuseJob,
    ResumeJob,
    SendJob,
)
from tests.onboard.rig import LONG_PRINT, PRINT, Rig, records, until

HALT = OpenHalt(place="Parc", host_city="Antony", minutes=60, reserve_wh=0)


async def refused(rig: Rig, request: object) -> str:
    """Ask for what must be refused and return the code."""
    with pytest.raises(JobError) as caught:
        await rig.ask(request)  # type: ignore[arg-type] # one of the requests
    assert caught.value.sentence.fr != caught.value.sentence.en
    return caught.value.code


async def test_approving_twice_is_refused_and_changes_nothing(rig: Rig):
    """The second click finds the job approved."""
    job = await rig.ready("approve-twice")
    assert await refused(rig, ApproveJob(job=job.id)) == "wrong-state"
    await rig.ask(SendJob(job=job.id))
    await rig.ask(ApproveJob(job=job.id))
    assert await refused(rig, ApproveJob(job=job.id)) == "wrong-state"
    assert rig.job(job).state is JobState.APPROVED


async def test_sending_twice_gives_one_ticket(rig: Rig):
    """A lost answer may be asked for again."""
    job = await rig.ready("send-twice")
    first = (await rig.ask(SendJob(job=job.id))).reference
    second = (await rig.ask(SendJob(job=job.id))).reference
    assert first is not None
    assert first == second
    assert first.ticket


async def test_a_refusal_is_a_ready_sentence(rig: Rig):
    """The child reads why, in both languages."""
    job = await rig.ready("refused")
    await rig.ask(SendJob(job=job.id))
    await rig.ask(RefuseJob(job=job.id, reason="too-long"))
    problem = rig.job(job).problem
    assert problem is not None
    assert "essaie plus petit" in problem.fr


async def test_a_plate_is_not_cleared_under_a_print(rig: Rig):
    """Nor can a job be erased or a mill be armed that has work."""
    await rig.ask(HALT)
    await rig.ask(ClearPlate(machine="prusa"))
    job = await rig.approved("busy", LONG_PRINT)
    await rig.is_in(job, JobState.RUNNING)
    assert await refused(rig, ClearPlate(machine="prusa")) == "machine-busy"
    assert await refused(rig, DiscardJob(job=job.id)) == "on-a-machine"
    assert await refused(rig, RearmMachine(machine="prusa")) == "not-stopped"
    assert rig.job(job).state is JobState.RUNNING
    assert not rig.station().plate_clear


async def test_pause_and_resume_follow_the_machine(rig: Rig):
    """Beside a pause nothing moves; the job goes on to its end; a second pause is refused by the machine."""
    await rig.ask(HALT)
    await rig.clear()
    job = await rig.approved("pause", PRINT * 60)
    await rig.is_in(job, JobState.RUNNING)
    await until(rig.moves)
    await rig.ask(PauseJob(job=job.id))
    assert rig.job(job).state is JobState.PAUSED
    await rig.ask(ResumeJob(job=job.id))
    assert rig.job(job).state is JobState.RUNNING
    await rig.is_in(job, JobState.DONE, within_s=60)
    assert await refused(rig, PauseJob(job=job.id)) == "not-on-a-machine"


async def test_a_cancel_in_a_print_ends_cold(rig: Rig):
    """CANCELLED, by a person; cancelling again is refused."""
    await rig.ask(HALT)
    await rig.clear()
    job = await rig.approved("cancel", LONG_PRINT)
    await until(lambda: not rig.cold())
    await rig.ask(CancelJob(job=job.id))
    await rig.is_in(job, JobState.CANCELLED)
    assert rig.cold()
    await until(lambda: rig.station().order is None)
    assert await refused(rig, CancelJob(job=job.id)) == "wrong-state"


async def test_machines_are_asked_only_for_what_they_have(rig: Rig):
    """A printer is not armed, a mill has no plate, and a third machine is not there."""
    assert await refused(rig, ArmMill(machine="prusa", job="0" * 32)) == "not-a-mill"
    assert await refused(rig, ClearPlate(machine="mill")) == "not-a-printer"
    assert await refused(rig, ArmMill(machine="laser", job="0" * 32)) == "no-machine"


async def test_a_new_halt_closes_the_one_before_in_one_step(rig: Rig):
    """The city hears both; the jobs on machines are not asked."""
    await rig.ask(HALT)
    await rig.ask(HALT.model_copy(update={"place": "Place"}))
    await rig.ask(CloseHalt())
    await rig.ask(CloseHalt())
    assert (await rig.ask(GetStatus())).status.halt is None  # type: ignore[union-attr] # it was asked for
    wanted = ["halt.opened", "halt.closed", "halt.opened", "halt.closed"]
    await until(lambda: [kind for kind, _ in records(rig.outbox) if kind.startswith("halt")] == wanted)


async def test_no_record_tells_who_or_what(rig: Rig):
    """A whole job, a name on a tag: the city hears kinds and numbers, no ticket, no word, no id."""
    await rig.ask(HALT)
    await rig.clear()
    job = await rig.ready("canary")
    reply = await rig.ask(SendJob(job=job.id))
    await rig.ask(ApproveJob(job=job.id))
    await rig.is_in(job, JobState.DONE)
    await until(lambda: any(kind == "job.done" for kind, _ in records(rig.outbox)))
    assert reply.reference is not None
    everything = " ".join(payload for _, payload in records(rig.outbox)).casefold()
    for private in (reply.reference.ticket or "?", job.id, "zoé", "canary"):
        assert private.casefold() not in everything


async def test_a_draft_is_taken_back_with_all_its_files(rig: Rig):
    """Row emptied, folder and upload gone; asking again changes nothing."""
    source = "a" * 32
    (rig.bike.config.paths.spool / source).write_bytes(b"solid")
    draft = MakeDraft(key="take-back", design=DesignKind.MESH, device=DeviceKind.PRINTER, source=source)
    reference = (await rig.ask(draft)).reference
    assert reference is not None
    await rig.ask(DiscardJob(job=reference.job))
    await rig.ask(DiscardJob(job=reference.job))
    assert not list(rig.bike.config.paths.spool.iterdir())
    assert rig.store.get(reference.job).state is JobState.CANCELLED


async def test_the_status_tells_how_warm_a_heater_was(rig: Rig):
    """A mediator sees whether it rises; a mill has no heaters."""
    await until(lambda: rig.bike.stations["prusa"].device.snapshot.temperatures.get("bed"))
    status = (await rig.ask(GetStatus())).status
    assert status is not None
    machines = {machine.name: machine for machine in status.machines}
    past_c = machines["prusa"].heaters["bed"].past_c
    assert past_c
    assert all(15 < reading_c < 25 for reading_c in past_c)
    assert machines["mill"].heaters == {}
