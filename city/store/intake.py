"""The quick way of records into PostgreSQL: straight into their table, sifted only where some came before."""

from collections.abc import Sequence
from typing import Final

import psycopg

from city.store.engine import Portion, RepeatedError
from city.store.schema import RECORD_COLUMNS

_ARRIVING: Final = f"""
CREATE TEMPORARY TABLE IF NOT EXISTS arriving ({RECORD_COLUMNS.format(json="JSON")}) ON COMMIT DELETE ROWS
"""
_TAKE_IN: Final = "INSERT INTO record SELECT * FROM arriving ORDER BY boot, seq ON CONFLICT DO NOTHING"
"""In order: two workers that insert the same records in different orders would wait for each other."""


class Intake:
    """What one connection brings in; portions come in the order of their boots and numbers."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._db = connection
        self._repeating = False

    def take(self, portions: Sequence[Portion]) -> None:
        """Insert records; those that are there already stay as they are.

        Nearly always none is there, and the straight way costs half. When one is, more will follow, because
        bikes and broker send again after a broken line: then all are sifted until nothing is repeated.

        Raises:
            RepeatedError: one is there; with the transaction all that it did is gone.
        """
        text = "".join(map(_lines, portions)).replace("\\", r"\\")
        if not self._repeating:
            self._copy("record", text)
        elif self._sifted(text) == sum(len(portion.records) for portion in portions):
            self._repeating = False

    def _sifted(self, text: str) -> int:
        """Bring in those records that are not there, and return how many that were."""
        self._db.execute(_ARRIVING)
        self._copy("arriving", text)
        return self._db.execute(_TAKE_IN).rowcount

    def _copy(self, table: str, text: str) -> None:
        try:
            with self._db.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
                copy.write(text)
        except (psycopg.errors.UniqueViolation, psycopg.errors.DeadlockDetected) as error:
            self._repeating = True
            raise RepeatedError("Records came that are here already.") from error


def _lines(portion: Portion) -> str:
    r"""Records in COPY's text format, in which only their content can hold a backslash.

    Source: PostgreSQL manual, COPY, "Text Format": a backslash is doubled; JSON has no raw tab or line feed.
    """
    boot, month, received_s, records = portion
    return "".join(
        [
            f"{boot}\t{seq}\t{month}\t{mono_s}\t{received_s}\t{kind}\t{payload}\n"
            for seq, mono_s, kind, payload in records
        ]
    )
