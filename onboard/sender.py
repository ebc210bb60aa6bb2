"""Brings a file or a shape to the running daemon, as the kiosk does, and follows it until it is prepared."""

import asyncio
import shutil
import uuid
from contextlib import closing
from pathlib import Path

from jobs.errors import JobError
from jobs.store.reader import JobReader
from jobs.types import Design, Job, JobState
from onboard.config import PathsSection
from onboard.control.client import ControlClient
from onboard.control.messages import GetStatus, JobReference, MakeDraft, Reply, SendJob

POLL_S = 0.2


class RefusedError(Exception):
    """The daemon refused; the message is its sentence."""


class Sender:
    """Sends designs over the control socket; it runs on the bike's own computer."""

    def __init__(self, paths: PathsSection) -> None:
        self._paths = paths
        self._client = ControlClient(paths.control_socket)

    async def draft(self, key: str, design: Design, file: Path | None = None) -> str:
        """Hand over a design, with its file if it has one, and return the job's id."""
        source = None
        if file is not None:
            await self._client.ask(GetStatus())  # a file for nobody would stay behind
            source = uuid.uuid4().hex
            await asyncio.to_thread(shutil.copyfile, file, self._paths.spool / source)
        draft = MakeDraft(
            key=key, design=design.kind, device=design.device, source=source, parameters=design.parameters
        )
        try:
            return reference(await self._client.ask(draft)).job
        except RefusedError:
            if source is not None:
                (self._paths.spool / source).unlink(missing_ok=True)
            raise

    async def prepared(self, job_id: str) -> Job:
        """Wait until the child process is done with a job.

        Raises:
            RefusedError: the design cannot be made.
            DaemonUnreachableError: the daemon ended meanwhile; it goes on preparing at its next start.
        """
        job = await asyncio.to_thread(self._look, job_id)
        while job.state is JobState.PREPARING:
            await self._client.ask(GetStatus())  # nobody prepares when the daemon is away
            await asyncio.sleep(POLL_S)
            job = await asyncio.to_thread(self._look, job_id)
        if job.problem is not None:
            raise RefusedError(job.problem.en)
        return job

    async def send(self, job_id: str) -> str:
        """Put a prepared job before the mediator and return its ticket."""
        return reference(await self._client.ask(SendJob(job=job_id))).ticket or job_id

    def _look(self, job_id: str) -> Job:
        try:
            with closing(JobReader.open(self._paths.jobs_database)) as reader:
                return reader.get(job_id)
        except JobError as error:
            raise RefusedError(str(error)) from error


def reference(reply: Reply) -> JobReference:
    """Return the job an answer speaks of.

    Raises:
        RefusedError: the answer is a refusal.
    """
    if reply.reference is None:
        raise RefusedError(reply.refusal.text_en if reply.refusal else "The daemon gave no answer.")
    return reply.reference
