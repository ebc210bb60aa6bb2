"""What must be true after a death at any point, by the queue on disk and by the boards' black boxes."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from jobs.store.reader import JobReader
from jobs.types import ON_A_MACHINE, TRANSITIONS, Job, JobState, JournalEntry
from onboard.boot import RESTARTED, Boot
from onboard.ledger import Ledger
from tests.crashing.scenario import SPEED
from tests.onboard.rig import Rig, rig_in, until

_MOVE: Final = re.compile(r"^G1 ?X(\d+) ?Y(\d+)")
_PLANS: Final = 2

Told = Sequence[tuple[str, str]]


async def judge(folder: Path, told: Told) -> list[str]:
    """Boot on what is left and return every sentence that is not as it must be."""
    before = _ids(folder)
    async with rig_in(folder, speed=SPEED) as rig:
        rig.bike.ledger.close()
        rig.bike.ledger = Ledger()
        assert await Boot(rig.bike).try_to_open()
        jobs = await rig.bike.ledger.jobs(*JobState)
        journals = {job.id: rig.store.journal(job.id) for job in jobs}
        wrong = [] if {job.id for job in jobs} == before else ["the boot lost or made a job"]
        wrong += _untrue(told, journals)
        for job in jobs:
            wrong += [f"{job.design.kind} {job.state}: {what}" for what in _of_job(job, journals[job.id])]
            wrong += _of_files(folder, job)
        wrong += _of_boards(folder, jobs, journals)
        wrong += await _nothing_starts(rig, jobs)
    return wrong


def _ids(folder: Path) -> set[str]:
    with closing(JobReader.open(folder / "state" / "jobs.db")) as reader:
        return {job.id for job in reader.jobs()}


def _untrue(told: Told, journals: dict[str, list[JournalEntry]]) -> Iterator[str]:
    """I5: what was acknowledged is there, in the state that was told or beyond it."""
    for what, state in told:
        if what not in {"halt", "end"} and state not in {entry.to_state for entry in journals.get(what, [])}:
            yield f"{what} was told to be {state}, which is not written down"


def _of_job(job: Job, journal: list[JournalEntry]) -> Iterator[str]:
    """I5: one state, reached by allowed steps, and no start without an order of its own."""
    if job.state in ON_A_MACHINE:
        yield "still on a machine"
    if journal[-1].to_state is not job.state:
        yield f"its journal ends with {journal[-1].to_state}"
    state: JobState | None = None
    for entry in journal:
        if entry.from_state is not state or (state and entry.to_state not in TRANSITIONS[state]):
            yield f"from {state} to {entry.to_state}"
        state = entry.to_state
    steps = Counter(entry.to_state for entry in journal)
    if steps[JobState.STARTING] > steps[JobState.APPROVED]:
        yield "started more often than ordered"


def _of_files(folder: Path, job: Job) -> Iterator[str]:
    """A job that may still be made has its program."""
    program = folder / "state" / "jobs" / job.id / (job.prepared.program if job.prepared else "")
    if job.state in {JobState.READY, JobState.WAITING, JobState.APPROVED} and not program.is_file():
        yield f"a {job.state} job has lost its program"


def _of_boards(folder: Path, jobs: list[Job], journals: dict[str, list[JournalEntry]]) -> Iterator[str]:
    """I1: each program runs in order from its first move, only when written as started, whole when done."""
    runs = {number: [x for x, n in _moves(folder) if n == number] for number in range(len(jobs))}
    for job in jobs:
        made = runs.get(int(job.key.rsplit("-", 1)[1]), [])
        if made != [1 + x % 90 for x in range(len(made))]:
            yield f"moves out of order: {made[:12]}"
        if made and JobState.STARTING not in {entry.to_state for entry in journals[job.id]}:
            yield "made without a start that is written down"
        if job.state is JobState.DONE and len(made) != (8 if job.prepared else 0):
            yield f"done after {len(made)} moves"


def _moves(folder: Path) -> Iterator[tuple[int, int]]:
    """The moves that any board executed before the death: X and the number of the program."""
    for name in ("prusa", "mill"):
        for line in (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            found = _MOVE.match(str(entry.get("line", ""))) if entry["kind"] == "exec" else None
            if found:
                yield int(found[1]), int(found[2])


async def _nothing_starts(rig: Rig, jobs: list[Job]) -> list[str]:
    """Machines come up cold and stay so, whatever is accepted, until a person speaks."""
    approved = [job for job in jobs if job.state is JobState.APPROVED]
    wrong = []
    if (rig.bike.hold is RESTARTED) != bool(approved):
        wrong.append(f"{len(approved)} accepted jobs, and the queue is held by {rig.bike.hold}")
    await rig.go()
    await rig.clear()
    await until(lambda: all(station.free for station in rig.bike.stations.values()))
    for _ in range(_PLANS):
        await rig.dispatcher.replan()
    if rig.moves() or rig.moves("mill") or not rig.cold():
        wrong.append("a machine moved or heated after the boot")
    if [job.id for job in approved if rig.job(job).state is not JobState.APPROVED]:
        wrong.append("an accepted job did not stay accepted")
    return wrong
