"""A halt is opened, extended, moved and closed; what waits is carried over; tickets last a term."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from jobs.errors import TransitionError
from jobs.store.groups import Group
from jobs.store.queue import Store
from jobs.types import Job, JobState
from tests.jobs.queueing import CUT, TAG, approved

SUN, MOON = Group.SUN, Group.MOON


def ready(store: Store, key: str) -> Job:
    """A draft that only waits to be sent."""
    job = store.create(TAG, key)
    return store.transition(job.id, JobState.READY)


def made(store: Store, job: Job) -> None:
    """Make a job on the mill."""
    store.transition(job.id, JobState.APPROVED)
    store.set_plate("prusa", clear=True)
    store.claim(job.id, "prusa")
    store.transition(job.id, JobState.RUNNING)
    store.transition(job.id, JobState.DONE)


def refused(code: str) -> pytest.RaisesExc[TransitionError]:
    """Expect a refusal of this code."""
    return pytest.raises(TransitionError, check=lambda error: error.code == code)


def test_a_halt_is_extended_and_shortened_once_however_often_it_is_asked(store: Store):
    """A page that is sent twice, or by two mediators at once, moves the end once."""
    halt = store.open_halt("Parc", "Antony", 10_000.0, 30.0)
    for _ in range(2):
        assert store.extend_halt(15, 3600.0, halt.ends_s).ends_s == 10_900.0
    assert store.extend_halt(-15, 3600.0, 10_900.0).ends_s == 10_000.0
    with refused("halt-changed"):
        store.extend_halt(15, 3600.0, 12_345.0)
    for minutes, left_s in ((-60, 3600.0), (-15, -10.0), (24 * 60, 3600.0)):
        with refused("no-such-end"):
            store.extend_halt(minutes, left_s)
    assert store.extend_halt(15, -60.0).ends_s == 10_900.0
    assert store.reserve(55.5).reserve_wh == 55.5
    assert store.current_halt() == store.reserve(55.5)


def test_without_a_halt_there_is_nothing_to_change(store: Store):
    """Every change of a halt needs one."""
    for change in (
        lambda: store.extend_halt(15, 0.0),
        lambda: store.reserve(5.0),
        lambda: store.move_halt("Mairie", "Sceaux"),
        lambda: store.welcome(SUN),
    ):
        with refused("no-halt"):
            change()


def test_what_waits_keeps_its_place_promise_and_priority_at_the_next_halt(store: Store):
    """Closing, moving and opening touch no job: not one that waits, not one that runs, not a draft."""
    store.open_halt("Parc", "Antony", 10_000.0, 30.0, SUN)
    running, kept = approved(store, "key-0001", CUT), approved(store, "key-0002", CUT)
    store.claim(running.id, "mill")
    store.promise(kept.id, 100.0)
    store.put_before(kept.id, None)
    draft = ready(store, "key-0003")
    before = {job.id: job for job in store.jobs()}
    moved = store.move_halt("Mairie", "Sceaux")
    assert store.move_halt("Mairie", "Sceaux") == moved
    assert (moved.ends_s, moved.reserve_wh, moved.group) == (10_000.0, 30.0, SUN)
    assert store.holder(kept.participant).here  # type: ignore[union-attr] # it is known
    store.close_halt()
    store.open_halt("École", "Créteil", 20_000.0, 10.0)
    assert {job.id: job for job in store.jobs()} == before
    assert store.transition(running.id, JobState.RUNNING).state is JobState.RUNNING
    assert store.send(draft.id).state is JobState.WAITING


def test_a_class_gets_its_tickets_again_and_counts_over_the_term(store: Store):
    """The same animal is the same participant at the next halt; a stranger's ticket is refused."""
    store.open_halt("École", "Créteil", 10_000.0, 30.0, SUN)
    fox = store.send(ready(store, "key-0001").id)
    store.welcome(MOON)
    owl = store.send(ready(store, "key-0002").id)
    assert (fox.group, owl.group) == (SUN, MOON)
    made(store, fox)
    store.close_halt()
    store.open_halt("Gymnase", "Créteil", 20_000.0, 30.0)
    assert store.groups() == sorted([MOON, SUN])
    late = ready(store, "key-0003")
    with refused("ticket-not-here"):
        store.send(late.id, fox.ticket)
    assert store.get(late.id).state is JobState.READY
    assert store.give_again(MOON, fox.ticket) == 0
    assert store.give_again(SUN, fox.ticket) == 1
    again = store.send(late.id, f" {fox.participant.upper()} ")
    assert (again.participant, again.group) == (fox.participant, SUN)
    assert again.ticket == f"{fox.participant}-2"
    assert store.by_ticket(again.ticket) == again
    (holder,) = store.holders(SUN)
    assert (holder.ticket, holder.here, holder.made) == (fox.participant, True, 1)
    store.begin_term()
    assert store.holders() == []
    assert store.served_counts() == {}


def test_who_waits_for_an_object_holds_a_ticket_at_every_halt(store: Store):
    """A job carried over is a child who comes back: no tap of the mediator is needed."""
    store.open_halt("Parc", "Antony", 10_000.0, 30.0)
    waiting = approved(store, "key-0001")
    store.close_halt()
    store.open_halt("Parc", "Antony", 20_000.0, 30.0)
    assert store.send(ready(store, "key-0002").id, waiting.ticket).participant == waiting.participant


def test_a_participant_has_one_object_on_a_machine_at_a_time(store: Store):
    """Held by the database itself, whatever the plan says; the next may start when it has ended."""
    first = approved(store, "key-0001", CUT)
    second = store.send(ready(store, "key-0002").id, first.ticket)
    other = approved(store, "key-0003", CUT)
    store.transition(second.id, JobState.APPROVED)
    store.set_plate("prusa", clear=True)
    store.claim(first.id, "mill")
    for step in (None, JobState.RUNNING, JobState.PAUSED):
        if step is not None:
            store.transition(first.id, step)
        with refused("participant-busy"):
            store.claim(second.id, "prusa")
        assert store.plate_clear("prusa")
    assert store.claim(other.id, "mill-2").state is JobState.STARTING
    store.transition(first.id, JobState.CANCELLED)
    assert store.claim(second.id, "prusa").state is JobState.STARTING


def test_the_database_has_no_room_for_a_name(store: Store, path: Path):
    """Every text column is an id, a word of ours, a ticket, or the place of the halt."""
    with closing(sqlite3.connect(path)) as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        texts = {
            f"{table}.{column[1]}"
            for table in tables
            for column in db.execute(f"PRAGMA table_info({table})")
            if column[2] == "TEXT"
        }
    assert texts == {
        *(
            f"jobs.{name}"
            for name in ("id", "key", "state", "ticket", "machine", "participant", "group", "halt")
        ),
        *("jobs.design", "jobs.prepared", "jobs.problem"),
        *("journal.job", "journal.from_state", "journal.to_state", "journal.note", "journal.halt"),
        *(
            "audit.act",
            "audit.halt",
            "audit.job",
            "audit.machine",
            "audit.detail",
            "audit.signed",
            "verdicts.reason",
        ),
        *("halts.id", "halts.place", "halts.host_city", "halts.group"),
        *("tickets.name", "tickets.group", "tickets.halt"),
        *("plates.machine", "plans.instance", "plans.plan"),
        *("ratings.job", "ratings.kind", "ratings.device", "ratings.halt"),
        *("loans.id", "loans.key", "loans.state", "loans.ticket", "loans.program", "loans.robot"),
        *("loans.lend_key", "loans.end", "loans.halt"),
        *("loan_journal.loan", "loan_journal.from_state", "loan_journal.to_state", "loan_journal.note"),
        "loan_journal.halt",
    }
