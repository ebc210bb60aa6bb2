"""Clients with a connection of their own each, who all claim machines at the same instant, in rounds."""

import random
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from threading import Barrier
from typing import Final

from drivers.types import DeviceKind
from jobs.errors import StoreError, TransitionError
from jobs.store.queue import Store
from jobs.types import Design, DesignKind, Job, JobState
from tests.starting.history import Holding

MACHINES: Final = ("i3", "mill-1", "mill-2")
PARTICIPANTS: Final = 3
JOBS_EACH: Final = 3
LONGEST_HOLD_S: Final = 0.004
MEET_S: Final = 120.0

Claim = Callable[[Store, Job, str], object]


@dataclass(slots=True)
class Notes:
    """What one process of clients was told."""

    holdings: list[Holding] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)


def claim(store: Store, job: Job, machine: str) -> object:
    """The queue's own way."""
    return store.claim(job.id, machine)


def fill(path: Path) -> None:
    """Some accepted jobs of each participant, half of them to print, and a plate that is clear."""
    with closing(Store.open(path, time.time)) as store:
        store.open_halt("Parc", "Antony", time.time() + 3600, 0.0)
        store.set_plate(MACHINES[0], clear=True)
        tickets: list[str | None] = [None] * PARTICIPANTS
        for number in range(PARTICIPANTS * JOBS_EACH):
            owner, kind = number % PARTICIPANTS, tuple(DeviceKind)[number % 2]
            job = store.create(Design(DesignKind.DRAWING, kind), f"start-{number:03}")
            store.transition(job.id, JobState.READY)
            tickets[owner] = store.send(job.id, tickets[owner]).participant
            store.transition(job.id, JobState.APPROVED)


def contend(path: Path, processes: int, threads: int, rounds: int, way: Claim = claim) -> Notes:
    """Let `processes` times `threads` clients claim `rounds` times; return what they were told."""
    context = get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as crews:
        works = [crews.submit(crew, path, seed, threads, rounds, way) for seed in range(processes)]
        whole = Notes()
        for work in works:
            notes = work.result()
            whole.holdings += notes.holdings
            whole.answers += notes.answers
    return whole


def crew(path: Path, seed: int, threads: int, rounds: int, way: Claim = claim) -> Notes:
    """One process: its clients meet before each round, so that they claim at once."""
    meeting = Barrier(threads)
    with ThreadPoolExecutor(threads) as pool:
        every = pool.map(
            lambda number: _client(path, seed * threads + number, rounds, meeting, way), range(threads)
        )
        whole = Notes()
        for notes in every:
            whole.holdings += notes.holdings
            whole.answers += notes.answers
    return whole


def _client(path: Path, seed: int, rounds: int, meeting: Barrier, way: Claim) -> Notes:
    dice, notes = random.Random(seed), Notes()  # noqa: S311 - repeatable
    with closing(Store.open(path, time.time)) as store:
        for _ in range(rounds):
            meeting.wait(MEET_S)
            try:
                notes.answers[_once(store, dice, notes, way)] += 1
            except StoreError:
                notes.answers["locked"] += 1
    return notes


def _once(store: Store, dice: random.Random, notes: Notes, way: Claim) -> str:
    job = dice.choice(store.jobs())
    is_print = job.design.device is DeviceKind.PRINTER
    machine = MACHINES[0] if is_print else dice.choice(MACHINES[1:])
    try:
        way(store, job, machine)
    except TransitionError as error:
        return error.code
    since_s = time.monotonic()
    time.sleep(dice.uniform(0.0, LONGEST_HOLD_S))
    notes.holdings.append(Holding(job.id, machine, job.participant, since_s, time.monotonic()))
    _give_back(store, job, machine)
    return "started"


def _give_back(store: Store, job: Job, machine: str) -> None:
    """End the run, clear the plate and order the job again, as often as a locked queue makes it necessary."""
    steps = (
        lambda: store.transition(job.id, JobState.INTERRUPTED),
        lambda: store.set_plate(machine, clear=True),
        lambda: store.transition(job.id, JobState.APPROVED),
    )
    for step in steps:
        while True:
            try:
                step()
            except StoreError:
                continue
            except TransitionError:
                pass  # a broken way of claiming lets two give back the same job
            break
