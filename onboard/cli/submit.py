"""`dipbike submit`: sends a design to the queue of the running bike."""

import asyncio
import secrets
import shutil
import uuid
from pathlib import Path

import click

from drivers.types import DeviceKind
from jobs.store import JobReader
from jobs.types import DesignKind, Job, JobState
from onboard import config
from onboard.cli.common import EXIT_REFUSED, config_option, fail
from onboard.config import Config, ConfigError
from onboard.control.client import ControlClient, DaemonUnreachableError
from onboard.control.messages import JobReference, MakeDraft, Reply, SendJob

POLL_S = 0.2

KINDS = {
    ".stl": (DesignKind.MESH, DeviceKind.PRINTER),
    ".3mf": (DesignKind.MESH, DeviceKind.PRINTER),
    ".obj": (DesignKind.MESH, DeviceKind.PRINTER),
    ".svg": (DesignKind.DRAWING, DeviceKind.MILL),
}


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@config_option
def submit_command(file: Path, config_path: Path) -> None:
    """Prepare FILE (STL, 3MF, OBJ or SVG), send it to the mediator and print its ticket."""
    if file.suffix.lower() not in KINDS:
        fail(f"{file.name} is no STL, 3MF, OBJ or SVG file.", EXIT_REFUSED)
    try:
        ticket = asyncio.run(submit(config.load(config_path), file))
    except (ConfigError, DaemonUnreachableError) as error:
        fail(str(error))
    click.echo(ticket)


async def submit(settings: Config, file: Path) -> str:
    """Return the ticket of a file that was prepared and sent."""
    client = ControlClient(settings.paths.control_socket)
    kind, device = KINDS[file.suffix.lower()]
    source = uuid.uuid4().hex
    await asyncio.to_thread(shutil.copyfile, file, settings.paths.spool / source)
    draft = MakeDraft(key=secrets.token_hex(16), design=kind, device=device, source=source)
    job = _reference(await client.ask(draft)).job
    await _prepared(settings.paths.jobs_database, job)
    return _reference(await client.ask(SendJob(job=job))).ticket or job


async def _prepared(database: Path, job_id: str) -> Job:
    """Wait until the child process is done with a job."""
    with click.progressbar(length=1, label="Preparing", show_eta=False) as bar:
        while (job := await asyncio.to_thread(_look, database, job_id)).state is JobState.PREPARING:
            await asyncio.sleep(POLL_S)
        bar.update(1)
    if job.problem is not None:
        fail(job.problem.en, EXIT_REFUSED)
    return job


def _look(database: Path, job_id: str) -> Job:
    reader = JobReader.open(database)
    try:
        return reader.get(job_id)
    finally:
        reader.close()


def _reference(reply: Reply) -> JobReference:
    if reply.reference is None:
        fail(reply.refusal.text_en if reply.refusal else "The daemon gave no answer.", EXIT_REFUSED)
    return reply.reference


if __name__ == "__main__":
    submit_command(prog_name="dipbike submit")
