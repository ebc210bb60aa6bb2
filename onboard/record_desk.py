"""Answers what people say of objects: thumbs, calls, verdicts, second orders, a halt that is forgotten."""

import asyncio
import shutil
import uuid
from pathlib import Path
from typing import assert_never

from jobs.store.again import Copies
from jobs.types import Job
from onboard.bike import Bike
from onboard.config import PathsSection
from onboard.control.messages import (
    AnswerCall,
    CallMediator,
    EraseHalt,
    JudgeJob,
    NoteAccess,
    RateJob,
    RepeatJob,
)
from onboard.janitor import remove_files
from onboard.voice_desk import hear

RecordRequest = RateJob | CallMediator | AnswerCall | JudgeJob | RepeatJob | EraseHalt | NoteAccess


async def keep_records(bike: Bike, request: RecordRequest) -> None:
    """Do one request; the same twice is the same as once.

    Raises:
        UnknownJobError: there is no such object.
        TransitionError: it is not over, or the halt is open or has changed.
    """
    store = bike.ledger.store
    match request:
        case RateJob() | CallMediator() | AnswerCall():
            return await hear(bike, request)
        case JudgeJob():
            await bike.ledger(store.judge, request.job, good=request.good, reason=request.reason)
        case RepeatJob():
            await _repeat(bike, request)
        case EraseHalt():
            await _erase(bike, request)
        case NoteAccess():
            return None  # the journal's line is all that is wanted
        case _:
            assert_never(request)
    return bike.changed()


async def _repeat(bike: Bike, request: RepeatJob) -> None:
    """Copy the files first: a job whose files are missing would never start, files without one are swept."""
    store, paths = bike.ledger.store, bike.config.paths
    if await bike.ledger(store.made_with, request.key) is not None:
        return
    old = await bike.ledger(store.may_repeat, request.job)
    copies = Copies(uuid.uuid4().hex, uuid.uuid4().hex if old.design.source else None)
    is_used = False
    try:
        await asyncio.to_thread(_copy, paths, old, copies)
        is_used = (await bike.ledger(store.repeat, old.id, request.key, copies)).id == copies.job
    finally:
        if not is_used:
            await asyncio.to_thread(_remove, paths, copies)


async def _erase(bike: Bike, request: EraseHalt) -> None:
    """Files first: rows without their files are found again by nobody."""
    store, paths = bike.ledger.store, bike.config.paths
    jobs = await bike.ledger(store.files_of_halt, request.halt, request.objects)
    for job in jobs:
        await asyncio.to_thread(remove_files, paths.jobs, paths.spool, job)
        bike.calls.drop(job.id)
    await bike.ledger(store.erase_halt, request.halt, request.objects)


def _copy(paths: PathsSection, old: Job, copies: Copies) -> None:
    shutil.copytree(paths.jobs / old.id, paths.jobs / copies.job)
    brought = paths.spool / (old.design.source or "-")
    if copies.source and brought.is_file():
        shutil.copyfile(brought, paths.spool / copies.source)


def _remove(paths: PathsSection, copies: Copies) -> None:
    shutil.rmtree(paths.jobs / copies.job, ignore_errors=True)
    if copies.source:
        Path(paths.spool / copies.source).unlink(missing_ok=True)
