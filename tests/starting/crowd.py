"""Several people with several tabs, and the scheduler: all start what they can on one daemon."""

import asyncio
import random
import re
from collections import Counter
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from drivers.types import DeviceKind
from jobs.store.reader import JobReader
from jobs.types import ON_A_MACHINE, JobState
from onboard.control.client import ControlClient
from onboard.control.messages import (
    ApproveJob,
    ArmMill,
    CancelJob,
    CheckProgram,
    ClearPlate,
    ContinueQueue,
    GetStatus,
    HandView,
    RearmMachine,
    Request,
    TraceOutline,
)
from onboard.control.server import ControlServer
from tests.onboard.rig import Rig, until

MOVES: Final = 6
AT_HAND: Final = 8
PARTICIPANTS: Final = 3
LOOK_S: Final = 0.002
BREATH_S: Final = 0.1
"""Time for a start or an end between two rounds."""
ARMING_SHARE: Final = 0.25
_OF: Final = re.compile(r"^G1 X\d+ Y(\d+)")


@dataclass(slots=True)
class Outcome:
    """What the clients were answered, and every look at the queue that found too much on the machines."""

    answers: Counter[str] = field(default_factory=Counter)
    wrong_looks: list[tuple[str, ...]] = field(default_factory=list)
    looks: int = 0
    jobs: list[str] = field(default_factory=list)


async def crowd(rig: Rig, clients: int, rounds: int) -> Outcome:
    """Let `clients` ask `rounds` times each, all at once, while jobs keep coming."""
    outcome = Outcome()
    path = rig.bike.config.paths.control_socket
    serving = rig.start(ControlServer(path, rig.desk.answer).serve())
    await until(path.exists)
    async with _in_the_background(_supply(rig, outcome), _watch(rig, outcome)):
        await until(lambda: outcome.jobs)
        for turn in range(rounds):
            asks = [_ask(path_client(rig), turn * clients + number, outcome) for number in range(clients)]
            await asyncio.gather(*asks)
            await asyncio.sleep(BREATH_S)
    serving.cancel()
    return outcome


def path_client(rig: Rig) -> ControlClient:
    """A tab's way to the daemon; a patient one."""
    return ControlClient(rig.bike.config.paths.control_socket, 30.0)


@asynccontextmanager
async def _in_the_background(*works: Coroutine[None, None, None]) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for result in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(result, Exception):
                raise result


async def _ask(client: ControlClient, seed: int, outcome: Outcome) -> None:
    dice = random.Random(seed)  # noqa: S311 - repeatable
    job = dice.choice(outcome.jobs[-AT_HAND:])
    if dice.random() < ARMING_SHARE:
        outcome.answers[await _armed(client)] += 1
        return
    wishes: Sequence[Request] = (
        ApproveJob(job=job),
        ApproveJob(job=job),
        ClearPlate(machine="prusa"),
        ContinueQueue(),
        RearmMachine(machine="mill"),
        CancelJob(job=job) if dice.random() < 0.1 else ApproveJob(job=job),
    )
    reply = await client.ask(dice.choice(wishes))
    outcome.answers["done" if reply.refusal is None else reply.refusal.code] += 1


async def _armed(client: ControlClient) -> str:
    """Somebody goes through the mill's list, whoever else is at it; how their arming was answered."""
    for look in (TraceOutline(machine="mill"), CheckProgram(machine="mill")):
        await client.ask(look)
        while (hand := await _hand(client)).errand is not None:  # noqa: ASYNC110 - it is in another task
            await asyncio.sleep(LOOK_S)
    if hand.job is None:
        return "no-job"
    reply = await client.ask(ArmMill(machine="mill", job=hand.job))
    return "done" if reply.refusal is None else reply.refusal.code


async def _hand(client: ControlClient) -> HandView:
    """What the mill does by hand."""
    status = (await client.ask(GetStatus())).status
    views = status.machines if status is not None else ()
    return next(view.hand for view in views if view.name == "mill" and view.hand is not None)


async def _supply(rig: Rig, outcome: Outcome) -> None:
    """Keep some jobs before the mediator, of a few participants."""
    tickets: list[str | None] = [None] * PARTICIPANTS
    while True:
        open_jobs = await rig.bike.ledger.jobs(JobState.WAITING, JobState.APPROVED)
        if len(open_jobs) < AT_HAND:
            number = len(outcome.jobs)
            kind = tuple(DeviceKind)[number % 2]
            owner = number // 2 % PARTICIPANTS
            job = await rig.ready(f"crowd-{number:05}", program(number), kind, 1.0)
            sent = await rig.bike.ledger(rig.store.send, job.id, tickets[owner])
            tickets[owner] = sent.participant
            outcome.jobs.append(job.id)
        else:
            await asyncio.sleep(LOOK_S)


def program(number: int) -> bytes:
    """A few moves that carry the job's number."""
    return b"G21\nG90\n" + b"".join(b"G1 X%d Y%d F3000\n" % (1 + x, number) for x in range(MOVES))


async def _watch(rig: Rig, outcome: Outcome) -> None:
    """Look at the queue from outside again and again: never two on a machine nor of a participant."""
    reader = JobReader.open(rig.bike.config.paths.jobs_database)
    try:
        while True:
            on = reader.jobs(ON_A_MACHINE)
            outcome.looks += 1
            for owned in ([job.machine for job in on], [job.participant for job in on]):
                if len(set(owned)) < len(owned):
                    outcome.wrong_looks.append(tuple(str(name) for name in owned))
            await asyncio.sleep(LOOK_S)
    finally:
        reader.close()


def started(rig: Rig, jobs: Sequence[str]) -> Counter[int]:
    """How often each job was given to a machine, by the queue's journal."""
    reader = JobReader.open(rig.bike.config.paths.jobs_database)
    try:
        return Counter(
            number
            for number, job in enumerate(jobs)
            for entry in reader.journal(job)
            if entry.to_state is JobState.STARTING
        )
    finally:
        reader.close()


def mixed(lines: Sequence[str], starts: Counter[int]) -> list[int]:
    """The jobs that a machine began more often than they were started, or not at their first move."""
    of = [(int(found[1]), line) for line in lines if (found := _OF.match(line))]
    blocks = [(number, [line for _, line in block]) for number, block in groupby(of, key=lambda one: one[0])]
    begun = Counter(number for number, _ in blocks)
    torn = [number for number, block in blocks if not block[0].startswith(f"G1 X1 Y{number}")]
    return [number for number, count in begun.items() if count > starts[number]] + torn
