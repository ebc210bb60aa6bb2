"""How a queue of an older version becomes one of this version."""

from typing import Final

from jobs.store.schema import FIRST_TERM, ONE_JOB_A_PARTICIPANT, RATINGS, TERMS, TICKETS

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
}
"""By the version they start from; each step leads to the next one, all in one transaction."""
