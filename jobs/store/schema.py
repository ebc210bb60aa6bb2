"""The tables of the job queue."""

from typing import Final

from jobs.loans import LoanState
from jobs.types import ON_A_MACHINE, JobState

VERSION: Final = 6


def _listed(states: frozenset[JobState] | frozenset[LoanState]) -> str:
    return ", ".join(f"'{state}'" for state in sorted(states))


ONE_JOB_A_PARTICIPANT: Final = f"""
CREATE UNIQUE INDEX one_job_a_participant ON jobs (participant)
    WHERE state IN ({_listed(ON_A_MACHINE)}) AND participant <> ''"""
TERMS: Final = """
CREATE TABLE terms (id INTEGER PRIMARY KEY, began_s REAL NOT NULL) STRICT"""
FIRST_TERM: Final = "INSERT INTO terms (id, began_s) VALUES (1, 0)"
TICKETS: Final = """
CREATE TABLE tickets (
    name TEXT PRIMARY KEY,
    "group" TEXT NOT NULL,
    term INTEGER NOT NULL REFERENCES terms (id),
    halt TEXT REFERENCES halts (id)
) STRICT"""
"""A ticket's holder is a participant; `halt` is where it was given last, `group` a word from a list."""

RATINGS: Final = """
CREATE TABLE ratings (
    job TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    device TEXT NOT NULL,
    halt TEXT REFERENCES halts (id),
    good INTEGER NOT NULL
) STRICT"""
"""A thumb for what was made, by shape and machine: neither a ticket nor its holder stands here."""

AUDIT: Final = """
CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    at_s REAL NOT NULL,
    halt TEXT REFERENCES halts (id),
    act TEXT NOT NULL,
    job TEXT,
    machine TEXT,
    detail TEXT NOT NULL
) STRICT"""
"""What mediators did and what went wrong; nobody's name, ticket or free words."""
AUDIT_SIGNED: Final = "ALTER TABLE audit ADD COLUMN signed TEXT NOT NULL DEFAULT ''"
"""A word for who did it: it says something to the kiosk alone, and nothing once that mediator is removed."""
VERDICTS: Final = """
CREATE TABLE verdicts (
    step INTEGER PRIMARY KEY REFERENCES journal (id),
    good INTEGER NOT NULL,
    reason TEXT NOT NULL,
    at_s REAL NOT NULL
) STRICT"""
"""What a mediator says of a run, by the step that ended it."""
LOANS: Final = f"""
CREATE TABLE loans (
    id TEXT PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ({_listed(frozenset(LoanState))})),
    ticket TEXT NOT NULL,
    program TEXT NOT NULL,
    asked_s REAL NOT NULL,
    changed_s REAL NOT NULL,
    robot TEXT,
    minutes REAL,
    lend_key TEXT,
    lent_s REAL,
    ended_s REAL,
    "end" TEXT,
    halt TEXT REFERENCES halts (id)
) STRICT"""
"""Who has asked for a robot, or has one; `ticket` is the participant's, `lend_key` that of the last lend."""
ONE_LOAN_A_ROBOT: Final = "CREATE UNIQUE INDEX one_loan_a_robot ON loans (robot) WHERE state = 'lent'"
ONE_LOAN_A_TICKET: Final = """
CREATE UNIQUE INDEX one_loan_a_ticket ON loans (ticket) WHERE state IN ('asked', 'lent') AND ticket <> ''"""
LOAN_JOURNAL: Final = """
CREATE TABLE loan_journal (
    id INTEGER PRIMARY KEY,
    loan TEXT NOT NULL REFERENCES loans (id),
    from_state TEXT,
    to_state TEXT NOT NULL,
    at_s REAL NOT NULL,
    note TEXT NOT NULL,
    halt TEXT REFERENCES halts (id),
    took_wh REAL
) STRICT"""
"""Every step of a loan; `took_wh` is what charging the robot takes for the time it was lent."""
JOURNAL_BY_HALT: Final = "CREATE INDEX journal_by_halt ON journal (halt)"

TABLES: Final = f"""
CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ({_listed(frozenset(JobState))})),
    design TEXT NOT NULL,
    created_s REAL NOT NULL,
    changed_s REAL NOT NULL,
    ticket TEXT UNIQUE,
    prepared TEXT,
    problem TEXT,
    machine TEXT,
    participant TEXT NOT NULL,
    "group" TEXT NOT NULL,
    priority INTEGER NOT NULL DEFAULT 0,
    promised INTEGER NOT NULL DEFAULT 0,
    submitted_s REAL,
    started_s REAL,
    ended_s REAL,
    used_wh REAL,
    cancel_asked INTEGER NOT NULL DEFAULT 0,
    halt TEXT REFERENCES halts (id),
    turn_s REAL,
    term INTEGER REFERENCES terms (id)
) STRICT;
CREATE UNIQUE INDEX one_job_a_machine ON jobs (machine) WHERE state IN ({_listed(ON_A_MACHINE)});
{ONE_JOB_A_PARTICIPANT};
CREATE INDEX jobs_by_state ON jobs (state);
CREATE TABLE journal (
    id INTEGER PRIMARY KEY,
    job TEXT NOT NULL REFERENCES jobs (id),
    from_state TEXT,
    to_state TEXT NOT NULL,
    at_s REAL NOT NULL,
    note TEXT NOT NULL,
    halt TEXT REFERENCES halts (id),
    took_wh REAL,
    is_measured INTEGER NOT NULL DEFAULT 0,
    took_g REAL
) STRICT;
CREATE INDEX journal_by_job ON journal (job);
{JOURNAL_BY_HALT};
CREATE TABLE plates (machine TEXT PRIMARY KEY, clear INTEGER NOT NULL, changed_s REAL NOT NULL) STRICT;
CREATE TABLE halts (
    id TEXT PRIMARY KEY,
    place TEXT NOT NULL,
    host_city TEXT NOT NULL,
    opened_s REAL NOT NULL,
    ends_s REAL NOT NULL,
    reserve_wh REAL NOT NULL,
    closed_s REAL,
    "group" TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX one_open_halt ON halts ((closed_s IS NULL)) WHERE closed_s IS NULL;
CREATE TABLE plans (
    id INTEGER PRIMARY KEY, at_s REAL NOT NULL, instance TEXT NOT NULL, plan TEXT NOT NULL
) STRICT;
{TERMS};
{TICKETS};
{RATINGS};
{AUDIT};
{AUDIT_SIGNED};
{VERDICTS};
{LOANS};
{ONE_LOAN_A_ROBOT};
{ONE_LOAN_A_TICKET};
{LOAN_JOURNAL};
{FIRST_TERM};
PRAGMA user_version = {VERSION};
"""
