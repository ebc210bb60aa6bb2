"""D01 on the queue: whoever starts at once, no machine and no participant ever has two."""

import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
import pytest_asyncio

from jobs.store.queue import Store
from jobs.types import ON_A_MACHINE, Job, JobState
from tests.onboard.rig import Rig, rig_in
from tests.starting.claimants import contend, crew, fill
from tests.starting.crowd import crowd, mixed, started
from tests.starting.history import Holding, overlaps


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A queue in which everybody's jobs are accepted."""
    fill(tmp_path / "jobs.db")
    return tmp_path / "jobs.db"


@pytest_asyncio.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    """A bike on the mains, connected and planning."""
    async with rig_in(tmp_path) as made:
        await made.go()
        yield made


def test_two_processes_of_clients_never_hold_one_machine_together(path: Path):
    """Judged by what the clients were told, and by the queue at the end."""
    notes = contend(path, processes=2, threads=4, rounds=12)
    assert notes.answers.total() == 2 * 4 * 12
    assert notes.answers["started"] > 12
    assert {"machine-busy", "wrong-state"} & set(notes.answers), "nobody ever wanted the same"
    assert overlaps(notes.holdings) == []
    with closing(Store.open(path, time.time)) as store:
        assert store.jobs(ON_A_MACHINE) == []
        for job in store.jobs():
            steps = [entry.to_state for entry in store.journal(job.id)]
            assert steps.count(JobState.STARTING) == sum(held.job == job.id for held in notes.holdings)


def careless(_store: Store, _job: Job, _machine: str) -> object:
    """A claim that asks nobody."""
    return None


def test_the_judge_sees_what_a_careless_claim_does(path: Path):
    """The same clients with a claim that looks at nothing: a judge that finds no overlap would be blind."""
    notes = crew(path, seed=1, threads=4, rounds=12, way=careless)
    assert overlaps(notes.holdings)


@pytest.mark.parametrize(
    ("second", "found"),
    [
        (Holding("b", "mill", "Lynx 2", 1.5, 3.0), 1),
        (Holding("b", "mill", "Lynx 2", 2.0, 3.0), 0),
        (Holding("b", "i3", "Renard 1", 1.5, 1.6), 1),
        (Holding("b", "i3", "Lynx 2", 1.5, 1.6), 0),
        (Holding("a", "mill", "Renard 1", 0.0, 1.1), 3),
    ],
)
def test_the_judge_tells_overlaps_from_neighbours(second: Holding, found: int):
    """One machine, one participant, one job: each counts, and touching is not overlapping."""
    first = Holding("a", "mill", "Renard 1", 1.0, 2.0)
    assert len(overlaps([first, second])) == found


async def test_tabs_people_and_the_scheduler_start_one_job_a_machine(rig: Rig):
    """Through the control socket and the real dispatcher; the boards' black boxes and the queue judge."""
    await rig.open_halt()
    outcome = await crowd(rig, clients=12, rounds=20)
    assert outcome.answers.total() == 12 * 20
    assert outcome.looks > 20
    assert outcome.wrong_looks == []
    starts = started(rig, outcome.jobs)
    assert starts.total() > 3
    for name in ("prusa", "mill"):
        assert mixed(rig.executed(name), starts) == []


@pytest.mark.parametrize(
    "lines", [["G1 X1 Y1", "G1 X1 Y2", "G1 X2 Y1"], ["G1 X2 Y1"], ["G1 X1 Y1", "G1 X1 Y3", "G1 X1 Y1"]]
)
def test_the_judge_of_machines_sees_mixed_and_repeated_programs(lines: list[str]):
    """Two programs woven into one another, one begun in its middle, one made twice."""
    assert mixed(lines, Counter({1: 1, 2: 1, 3: 1}))
    assert not mixed(["G1 X1 Y1", "G1 X2 Y1", "G1 X1 Y2"], Counter({1: 1, 2: 1}))
