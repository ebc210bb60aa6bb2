"""Halts that are extended, moved and closed around jobs that run, wait or are on their way in."""

import asyncio
from pathlib import Path

import pytest

from drivers.battery.sim import VirtualPack
from drivers.types import DeviceKind, DeviceState
from jobs.errors import JobError
from jobs.store.groups import Group
from jobs.types import DesignKind, Job, JobState
from onboard.control.client import ControlClient
from onboard.control.messages import (
    ApproveJob,
    BeginTerm,
    CancelJob,
    ChangeReserve,
    CloseHalt,
    ExtendHalt,
    FavourJob,
    GetStatus,
    GiveTickets,
    HaltView,
    MakeDraft,
    MoveHalt,
    OpenHalt,
    PlaceJob,
    PromiseJob,
    SendJob,
    WelcomeGroup,
)
from onboard.control.server import ControlServer
from onboard.plan.line import waited_min
from tests.onboard.rig import CUT, LONG_PRINT, PRINT, Rig, records, rig_in, until

HALT = OpenHalt(place="Parc", host_city="Antony", minutes=60, reserve_wh=0)


async def halt_of(rig: Rig) -> HaltView | None:
    """The halt as pages see it."""
    status = (await rig.ask(GetStatus())).status
    assert status is not None
    return status.halt


async def held_as(rig: Rig, job: Job, reason: str) -> str:
    """Wait until a job waits for this reason, and return what is said."""
    await until(lambda: any(h.job == job.id and h.reason == reason for h in rig.bike.held))
    return next(h.sentence.fr for h in rig.bike.held if h.job == job.id)


async def second_of(rig: Rig, first: Job, key: str) -> Job:
    """Another object of the same child, accepted."""
    job = await rig.ready(key, CUT, DeviceKind.MILL)
    await rig.ask(SendJob(job=job.id, holder=first.ticket))
    await rig.ask(ApproveJob(job=job.id))
    return rig.job(job)


async def test_an_extended_halt_lasts_longer_whatever_the_date_does(tmp_path: Path):
    """The new end counts on the clock that never jumps; the reserve changes while the halt is open."""
    async with rig_in(tmp_path) as rig:
        await rig.ask(HALT)
        permit = rig.dispatcher._permit()
        rig.wall.ahead_s += 1500 * 86_400.0
        before = await halt_of(rig)
        assert before is not None
        for _ in range(2):
            await rig.ask(ExtendHalt(minutes=30, ends_s=before.ends_s))
        await rig.ask(ExtendHalt(minutes=-15))
        await rig.ask(ChangeReserve(reserve_wh=120))
        after = await halt_of(rig)
        assert after is not None
        assert after.left_s == pytest.approx(75 * 60, abs=5)
        assert (after.id, after.reserve_wh) == (before.id, 120)
        assert rig.dispatcher._permit() == permit
        with pytest.raises(JobError, match=r"Only 7[45] min are left"):
            await rig.ask(ExtendHalt(minutes=-90))


async def test_closing_lets_a_running_job_end_and_keeps_the_others(rig: Rig):
    """Nothing new starts, the child reads why, and the next halt takes up where this one ended."""
    await rig.ask(HALT)
    await rig.clear()
    running = await rig.approved("running", PRINT * 4)
    await rig.is_in(running, JobState.RUNNING)
    kept = await rig.approved("kept", PRINT)
    await rig.ask(CloseHalt())
    assert "gardé pour la prochaine halte" in await held_as(rig, kept, "halt")
    await rig.is_in(running, JobState.DONE, within_s=60)
    await rig.clear()
    await asyncio.sleep(0.3)
    assert rig.job(kept).state is JobState.APPROVED
    await rig.ask(HALT.model_copy(update={"place": "Mairie"}))
    await rig.is_in(kept, JobState.RUNNING)
    assert rig.job(kept).submitted_s == kept.submitted_s


async def test_a_moved_halt_keeps_its_end_its_class_and_what_runs(rig: Rig):
    """The city hears one close and one open, a second order changes nothing, and the print goes on."""
    await rig.ask(HALT)
    await rig.ask(WelcomeGroup(group=Group.SUN))
    await rig.clear()
    running = await rig.approved("running", LONG_PRINT)
    await rig.is_in(running, JobState.RUNNING)
    for _ in range(2):
        await rig.ask(MoveHalt(place="Mairie", host_city="Sceaux"))
    halt = await halt_of(rig)
    assert halt is not None
    assert (halt.place, halt.host_city, halt.group) == ("Mairie", "Sceaux", "soleil")
    assert halt.left_s == pytest.approx(3600, abs=10)
    wanted = ["halt.opened", "halt.closed", "halt.opened"]
    await until(lambda: [kind for kind, _ in records(rig.outbox) if kind.startswith("halt")] == wanted)
    assert rig.job(running).state is JobState.RUNNING
    assert rig.station().device.snapshot.state is DeviceState.RUNNING


async def test_a_childs_second_object_waits_for_the_first_to_leave_its_machine(rig: Rig):
    """A free, armed mill does not start it, and says so; once the print is over it goes."""
    await rig.ask(HALT)
    await rig.clear()
    first = await rig.approved("first", LONG_PRINT)
    await rig.is_in(first, JobState.RUNNING)
    second = await second_of(rig, first, "second")
    assert (second.participant, second.ticket) == (first.participant, f"{first.ticket}-2")
    await until(lambda: rig.station("mill").free)
    rig.station("mill").arm(second.id)
    assert "Un objet à la fois" in await held_as(rig, second, "participant")
    assert not rig.moves("mill")
    await rig.ask(CancelJob(job=first.id))
    rig.station("mill").arm(second.id)
    rig.bike.changed()
    await rig.is_in(second, JobState.RUNNING, JobState.DONE)


async def test_promises_are_capped_at_half_of_the_halt(tmp_path: Path):
    """100 Wh to spend: one promise of 40 Wh, no second one; without a halt none at all."""
    async with rig_in(tmp_path) as rig:
        jobs = [await rig.approved(f"job-{number}") for number in range(2)]
        with pytest.raises(JobError, match="No promise without"):
            await rig.ask(PromiseJob(job=jobs[0].id))
        await rig.ask(HALT)
        rig.bike.budget_wh = 100.0
        for _ in range(2):
            await rig.ask(PromiseJob(job=jobs[0].id))
        with pytest.raises(JobError, match=r"40 Wh, 10 are left to promise \(at most half of the halt: 50"):
            await rig.ask(PromiseJob(job=jobs[1].id))
        await rig.ask(PromiseJob(job=jobs[0].id, promised=False))
        await rig.ask(PromiseJob(job=jobs[1].id))
        assert [rig.job(job).promised for job in jobs] == [False, True]


async def test_a_promise_that_was_given_is_planned_before_the_others(tmp_path: Path):
    """45 of 100 Wh may be promised; with margins that is more than half, and it is kept all the same."""
    async with rig_in(tmp_path, VirtualPack(960.0, 24.0, lambda: 10.0)) as rig:
        rig.start(rig.bike.power.run())
        await until(rig.bike.power.reading)
        await rig.go()
        await rig.open_halt(minutes=180, reserve_wh=100)
        small = {(await rig.approved(f"small-{number}", wh=22.0)).id for number in range(3)}
        large = await rig.approved("large", wh=45.0)
        await until(lambda: {start.job for start in rig.bike.starts} == small)
        await rig.ask(PromiseJob(job=large.id))
        await until(lambda: large.id in {start.job for start in rig.bike.starts})


async def test_the_line_is_planned_in_the_mediators_order(rig: Rig):
    """Of equal jobs the one that was put first starts first, and a pick beats both."""
    await rig.ask(HALT)
    jobs = [await rig.approved(f"job-{number}") for number in range(3)]

    def order() -> list[str]:
        starts = sorted(rig.bike.starts, key=lambda start: start.start_min)
        return [start.job for start in starts]

    await rig.ask(PlaceJob(job=jobs[2].id, before=jobs[0].id))
    await until(lambda: order() == [jobs[2].id, jobs[0].id, jobs[1].id] or rig.bike.changed())
    await rig.ask(FavourJob(job=jobs[1].id, priority=2))
    await until(lambda: order()[:1] == [jobs[1].id] or rig.bike.changed())


async def test_minutes_of_waiting_follow_the_line(rig: Rig):
    """Without a move they are the true ones; after one no two are equal and the order is the mediator's."""
    jobs = [await rig.approved(f"job-{number}") for number in range(4)]
    now_s = rig.wall() + 60
    assert set(waited_min([rig.job(job) for job in jobs], now_s).values()) <= {0, 1}
    await rig.ask(PlaceJob(job=jobs[3].id, before=jobs[1].id))
    waited = waited_min([rig.job(job) for job in jobs], now_s)
    assert sorted(waited, key=lambda job: -waited[job]) == [jobs[n].id for n in (0, 3, 1, 2)]
    assert len(set(waited.values())) == 4


async def test_a_class_its_tickets_and_a_term(rig: Rig):
    """A ticket is given again by a tap; a ticket of nobody is refused; a new term forgets the tickets."""
    await rig.ask(HALT.model_copy(update={"group": Group.MOON}))
    first = await rig.approved("first")
    assert first.group == "lune"
    await rig.ask(GiveTickets(group=Group.MOON, ticket=first.ticket))
    with pytest.raises(JobError, match="no such ticket"):
        await rig.ask(GiveTickets(group=Group.SUN, ticket=first.ticket))
    await rig.ask(BeginTerm())
    with pytest.raises(JobError, match="no such ticket"):
        await rig.ask(GiveTickets(group=Group.MOON))


async def test_a_submission_whose_answer_was_cut_off_is_made_once(rig: Rig):
    """Forty times the same key over the socket, half of them gone before the answer: one job, one ticket."""
    socket = rig.bike.config.paths.control_socket
    listening = asyncio.Event()
    rig.start(ControlServer(socket, rig.desk.answer).serve(listening.set))
    await listening.wait()
    draft = MakeDraft(key="cut-off-key", design=DesignKind.MESH, device=DeviceKind.PRINTER, source="a" * 32)

    async def leave_early() -> None:
        _, writer = await asyncio.open_unix_connection(socket)
        writer.write(draft.model_dump_json().encode() + b"\n")
        await writer.drain()
        writer.close()

    client = ControlClient(socket, 20.0)
    replies = await asyncio.gather(
        *(client.ask(draft) for _ in range(20)), *(leave_early() for _ in range(20))
    )
    references = {reply.reference for reply in replies if reply is not None}
    assert len(references) == 1
    assert len(await rig.bike.ledger(rig.store.jobs)) == 1
