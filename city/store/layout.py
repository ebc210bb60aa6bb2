"""Brings a database that an older version has made to the layout of this one, keeping all of its sums."""

import logging
import time
from collections.abc import Collection
from typing import Final

from city.store.engine import Session, StoreError
from city.store.schema import LAYOUT
from city.store.totals import make_totals

_LOG: Final = logging.getLogger(__name__)
_ADD_DATE: Final = "ALTER TABLE {table} ADD COLUMN at_s DOUBLE PRECISION NOT NULL DEFAULT 0"
_SET_DATE: Final = (
    "UPDATE {table} SET at_s = coalesce("
    "mono_s + (SELECT dated_s FROM boot WHERE boot.key = {table}.boot), received_s)"
)
_DATED: Final = (
    "ALTER TABLE boot ADD COLUMN dated_s DOUBLE PRECISION",
    "UPDATE boot SET dated_s = offset_s",
    "DROP INDEX boot_uncounted",
    *(sql.format(table=table) for table in ("visit", "tally") for sql in (_ADD_DATE, _SET_DATE)),
)
"""What layout 3 has more than 2: a date of its own in each row of sums."""


def version_of(session: Session, names: Collection[str]) -> int:
    """The layout of a database that has these tables; 0 when it has none yet."""
    found = session.rows("SELECT version FROM layout") if "layout" in names else []
    return int(found[0][0]) if found else 0


def bring_up(session: Session, version: int, tables: str) -> None:
    """Change an older database within a transaction.

    Raises:
        StoreError: a newer version has made it, or one that is too old.
    """
    if version != 2:
        raise StoreError(
            f"The city's database has layout {version}, and this version of the program knows 2 and {LAYOUT}."
            " Install the newest version; nothing was changed."
        )
    begin_s = time.monotonic()
    rows = session.rows("SELECT count(*) FROM tally")[0][0]
    _LOG.warning("The city's database is being brought to layout 3: %d rows of sums get a date.", rows)
    for statement in _DATED:
        session.run(statement)
    for statement in filter(str.strip, tables.split(";")):
        session.run(statement)
    months = make_totals(session)
    session.run("UPDATE layout SET version = ?", (LAYOUT,))
    _LOG.warning("Layout 3: %d months are summed up, after %.1f s.", months, time.monotonic() - begin_s)
