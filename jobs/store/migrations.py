"""How a queue of an older version becomes one of this version."""

from typing import Final

from jobs.store.schema import (
    AUDIT,
    AUDIT_SIGNED,
    FIRST_TERM,
    JOURNAL_BY_HALT,
    LOAN_JOURNAL,
    LOANS,
    ONE_JOB_A_PARTICIPANT,
    ONE_LOAN_A_ROBOT,
    ONE_LOAN_A_TICKET,
    RATINGS,
    TERMS,
    TICKETS,
    VERDICTS,
)

STEPS: Final[dict[int, tuple[str, ...]]] = {
    1: (
        TERMS,
        FIRST_TERM,
        TICKETS,
        "ALTER TABLE jobs ADD COLUMN turn_s REAL",
        "ALTER TABLE jobs ADD COLUMN term INTEGER REFERENCES terms (id)",
        "ALTER TABLE halts ADD COLUMN \"group\" TEXT NOT NULL DEFAULT ''",
        "UPDATE jobs SET term = 1 WHERE halt IS NOT NULL",
        """
        INSERT INTO tickets (name, "group", term, halt)
        SELECT participant, "group", 1, halt FROM
            (SELECT participant, "group", halt, max(created_s) FROM jobs
            WHERE participant <> '' GROUP BY participant)
        """,
        ONE_JOB_A_PARTICIPANT,
        "PRAGMA user_version = 2",
    ),
    2: (RATINGS, "PRAGMA user_version = 3"),
    3: (
        "ALTER TABLE journal ADD COLUMN halt TEXT REFERENCES halts (id)",
        "ALTER TABLE journal ADD COLUMN took_wh REAL",
        "ALTER TABLE journal ADD COLUMN is_measured INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE journal ADD COLUMN took_g REAL",
        JOURNAL_BY_HALT,
        """
        UPDATE journal SET halt = (SELECT id FROM halts WHERE opened_s <= journal.at_s
            AND (closed_s IS NULL OR journal.at_s < closed_s) ORDER BY opened_s DESC LIMIT 1)
        """,
        """
        UPDATE journal SET halt = jobs.halt, is_measured = jobs.used_wh IS NOT NULL,
            took_wh = coalesce(jobs.used_wh, jobs.prepared ->> '$.estimate.energy_wh'),
            took_g = jobs.prepared ->> '$.estimate.mass_g'
        FROM jobs WHERE jobs.id = journal.job AND journal.to_state = 'done'
        """,
        AUDIT,
        VERDICTS,
        "PRAGMA user_version = 4",
    ),
    4: (AUDIT_SIGNED, "PRAGMA user_version = 5"),
    5: (LOANS, ONE_LOAN_A_ROBOT, ONE_LOAN_A_TICKET, LOAN_JOURNAL, "PRAGMA user_version = 6"),
}
"""By the version they start from; each step leads to the next one, all in one transaction."""
