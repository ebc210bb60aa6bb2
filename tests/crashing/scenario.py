"""One busy half hour: every step that people have a job make, told as it is acknowledged."""

import asyncio
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from drivers.simulator import BlackBox
from drivers.types import DeviceKind
from jobs.types import Job, JobState
from onboard.control.messages import (
    ApproveJob,
    CancelJob,
    ClearPlate,
    CloseHalt,
    DiscardJob,
    OpenHalt,
    RefuseJob,
    SendJob,
)
from tests.crashing.fuse import Fuse
from tests.onboard.rig import Rig, rig_in, until

SPEED: Final = 20.0
MOVES: Final = 8
LONG: Final = 4000
HALT: Final = OpenHalt(place="Parc", host_city="Antony", minutes=180, reserve_wh=0)
ENDED: Final = (JobState.DONE, JobState.CANCELLED)

Tell = Callable[[str, str], None]


def print_of(number: int, moves: int = MOVES) -> bytes:
    """A print whose moves carry a number."""
    lines = [b"M140 S40", b"M104 S60", *(b"G1 X%d Y%d F3000" % (1 + x % 90, number) for x in range(moves))]
    return b"\n".join([*lines, b"M104 S0", b"M140 S0", b""])


def cut_of(number: int) -> bytes:
    """A cut whose moves carry a number."""
    moves = (b"G1 X%d Y%d F600" % (1 + x, number) for x in range(MOVES))
    return b"\n".join([b"G21", b"G90", b"M3 S1000", *moves, b"M5", b""])


async def play(folder: Path, fuse: Fuse, tell: Tell) -> None:
    """Play it to its end, unless the fuse burns down."""
    boxes = {
        name: BlackBox((folder / f"{name}.jsonl").open("w", encoding="utf-8")) for name in ("prusa", "mill")
    }
    async with rig_in(folder, speed=SPEED, boxes=boxes) as rig:
        await rig.go()
        fuse.light()
        await rig.ask(HALT)
        tell("halt", "open")
        await _made(rig, tell)
        await _refused_and_erased(rig, tell)
        await _cancelled(rig, tell)
        await _cut(rig, tell)
        await rig.ask(CloseHalt())
        tell("halt", "closed")
        await _accepted(rig, tell, 6, print_of(6))
        await rig.ask(HALT)
        tell("halt", "open")
        tell("end", "end")


def teller(descriptor: int) -> Tell:
    """Say what was acknowledged to who lives on."""

    def tell(what: str, state: str) -> None:
        os.write(descriptor, json.dumps([what, state]).encode() + b"\n")

    return tell


async def _accepted(
    rig: Rig, tell: Tell, number: int, program: bytes, kind: DeviceKind = DeviceKind.PRINTER
) -> Job:
    job = await _sent(rig, tell, number, program, kind)
    await rig.ask(ApproveJob(job=job.id))
    tell(job.id, JobState.APPROVED)
    return job


async def _sent(
    rig: Rig, tell: Tell, number: int, program: bytes, kind: DeviceKind = DeviceKind.PRINTER
) -> Job:
    job = await rig.ready(f"crash-{number:03}", program, kind, 1.0)
    tell(job.id, JobState.READY)
    await rig.ask(SendJob(job=job.id))
    tell(job.id, JobState.WAITING)
    return job


async def _made(rig: Rig, tell: Tell) -> None:
    """Printed to its end, while the next one waits for the plate and is printed after it."""
    first, second = await _accepted(rig, tell, 0, print_of(0)), await _accepted(rig, tell, 1, print_of(1))
    for _ in range(2):
        await _cleared(rig)
        await _any_in(rig, (first, second), tell)


async def _cleared(rig: Rig) -> None:
    """A person clears the plate of a machine that has let its job go."""
    await until(lambda: rig.station().order is None)
    await rig.ask(ClearPlate(machine="prusa"))


async def _any_in(rig: Rig, jobs: tuple[Job, ...], tell: Tell) -> None:
    before = [job.id for job in jobs if rig.job(job).state is JobState.DONE]
    waiting = [job for job in jobs if job.id not in before]
    done = [job for job in waiting if rig.job(job).state is JobState.DONE]
    while not done:
        await asyncio.sleep(0.01)
        done = [job for job in waiting if rig.job(job).state is JobState.DONE]
    tell(done[0].id, JobState.DONE)


async def _refused_and_erased(rig: Rig, tell: Tell) -> None:
    refused = await _sent(rig, tell, 2, print_of(2))
    await rig.ask(RefuseJob(job=refused.id, reason="too-long"))
    tell(refused.id, JobState.REFUSED)
    draft = await rig.ready("crash-003", print_of(3), DeviceKind.PRINTER, 1.0)
    await rig.ask(DiscardJob(job=draft.id))
    tell(draft.id, JobState.CANCELLED)


async def _cancelled(rig: Rig, tell: Tell) -> None:
    job = await _accepted(rig, tell, 4, print_of(4, LONG))
    await _cleared(rig)
    await rig.is_in(job, JobState.RUNNING)
    tell(job.id, JobState.RUNNING)
    await rig.ask(CancelJob(job=job.id))
    await rig.is_in(job, *ENDED)
    tell(job.id, JobState.CANCELLED)


async def _cut(rig: Rig, tell: Tell) -> None:
    job = await _accepted(rig, tell, 5, cut_of(5), DeviceKind.MILL)
    await rig.arm(job)
    await rig.is_in(job, *ENDED)
    tell(job.id, JobState.DONE)
