"""Changes a draft by putting a new one in its place; every old address then leads to the newest.

The key of a new draft names the one before it. So a wish that is sent twice, or whose answer was lost, makes
one draft, and a tablet that knows only the first one finds the last. The last draft that was ready stays for
as long as its successor is prepared: its picture is shown meanwhile.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from jobs.errors import UnknownJobError
from jobs.types import Design, Job, JobState
from kiosk.context import Kiosk
from kiosk.queue import Queue
from onboard.control.messages import DiscardJob, MakeDraft

DRAFTS: Final = frozenset({JobState.PREPARING, JobState.READY, JobState.UNUSABLE})
_AFTER: Final = "after-"
_AGAIN: Final = "again-"
_LONGEST_CHAIN: Final = 500


def newest(queue: Queue, job_id: str) -> Job:
    """The draft that stands where this one stood.

    Raises:
        UnknownJobError: there is none of this id.
    """
    job = queue.job(job_id)
    for _ in range(_LONGEST_CHAIN):
        after = queue.made_with(_AFTER + job.id)
        if after is None:
            break
        job = after
    return job


def before(queue: Queue, job: Job) -> Iterator[Job]:
    """The drafts that a draft replaced and that are still kept, the latest first."""
    while job.key.startswith(_AFTER):
        try:
            job = queue.job(job.key.removeprefix(_AFTER))
        except UnknownJobError:
            return
        if job.state not in DRAFTS:
            return
        yield job


def shown(queue: Queue, job: Job) -> Job:
    """The draft whose picture is shown: itself, or the last one that was ready while it is prepared."""
    if job.state is not JobState.PREPARING:
        return job
    return next((each for each in before(queue, job) if each.state is JobState.READY), job)


async def revise(kiosk: Kiosk, job: Job, design: Design) -> Job:
    """Have a draft replaced by one of another design; the same design again changes nothing.

    Raises:
        RefusedError: the daemon refused.
        DaemonUnreachableError: there was no answer.
    """
    for _ in range(_LONGEST_CHAIN):
        if job.state not in DRAFTS or _alike(job.design, design):
            break
        job = await _replaced(kiosk, job, design)
    await forget_before(kiosk, job, but=shown(kiosk.queue, job))
    return job


async def begun_again(kiosk: Kiosk, job: Job) -> Job:
    """A draft of the design of a job that was refused; asked for twice, it is the same draft.

    Raises:
        SpoolError: the file that it was made of is gone.
    """
    made = kiosk.queue.made_with(_AGAIN + job.id)
    if made is None:
        made = await _made(kiosk, _AGAIN + job.id, job.design)
    return newest(kiosk.queue, made.id)


async def _replaced(kiosk: Kiosk, job: Job, design: Design) -> Job:
    """The successor of a draft: ours, or one that another wish made first."""
    return await _made(kiosk, _AFTER + job.id, replace(design, source=job.design.source))


async def _made(kiosk: Kiosk, key: str, design: Design) -> Job:
    """The draft of a key; its file gets a name of its own, for each draft erases what it was made of."""
    source = kiosk.spool.again(design.source) if design.source else None
    command = MakeDraft(
        key=key,
        design=design.kind,
        device=design.device,
        source=source,
        parameters=design.parameters,
    )
    try:
        reply = await kiosk.order(command)
    finally:
        if source is not None and not kiosk.queue.refers_to(source):
            kiosk.spool.remove(source)
    assert reply.reference is not None  # noqa: S101 - the contract of MakeDraft
    return kiosk.queue.job(reply.reference.job)


async def forget_before(kiosk: Kiosk, job: Job, but: Job | None = None) -> None:
    """Discard what a draft replaced, but for the one that is still shown."""
    for each in list(before(kiosk.queue, job)):
        if but is None or each.id != but.id:
            await kiosk.order(DiscardJob(job=each.id))


def _alike(one: Design, other: Design) -> bool:
    """Whether two designs make the same; a new draft has its own copy of the same file."""
    return (one.kind, one.device, one.parameters) == (other.kind, other.device, other.parameters)
