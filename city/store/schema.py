"""The city's tables, in words that SQLite and PostgreSQL both read."""

from typing import Final

LAYOUT: Final = 3
"""Grows when a table changes in a way that an older program cannot read."""

WAITING: Final = (
    "(counted < upto OR (offset_s IS NOT NULL AND dated_s IS NULL) OR abs(offset_s - dated_s) >= 1.0)"
)
"""Boots of which records are not summed yet, or whose sums are dated wrongly by a second or more."""

_COUNTS: Final = """
    queued BIGINT NOT NULL, started BIGINT NOT NULL, done BIGINT NOT NULL, failed BIGINT NOT NULL,
    cancelled BIGINT NOT NULL, held BIGINT NOT NULL, faults BIGINT NOT NULL, dropped BIGINT NOT NULL,
    waited_min BIGINT NOT NULL, minutes BIGINT NOT NULL, object_wh DOUBLE PRECISION NOT NULL,
    seconds BIGINT NOT NULL, used_wh DOUBLE PRECISION NOT NULL, charged_wh DOUBLE PRECISION NOT NULL"""

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS layout (version INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS bike (
    key {key}, city TEXT NOT NULL, bike TEXT NOT NULL UNIQUE, heard_s DOUBLE PRECISION,
    status TEXT, about TEXT, state TEXT);
CREATE TABLE IF NOT EXISTS boot (
    key {key}, bike INTEGER NOT NULL REFERENCES bike, boot TEXT NOT NULL, month INTEGER NOT NULL,
    upto BIGINT NOT NULL DEFAULT 0, ahead TEXT NOT NULL DEFAULT '[]', lost BIGINT NOT NULL DEFAULT 0,
    clock_s DOUBLE PRECISION, error_ms BIGINT, source TEXT, ceiling_s DOUBLE PRECISION,
    offset_s DOUBLE PRECISION,
    counted BIGINT NOT NULL DEFAULT 0, visit INTEGER NOT NULL DEFAULT 0, dated_s DOUBLE PRECISION,
    UNIQUE (bike, boot));
CREATE INDEX IF NOT EXISTS boot_uncounted ON boot (key) WHERE {waiting};
CREATE TABLE IF NOT EXISTS visit (
    key {key}, boot INTEGER NOT NULL REFERENCES boot, seq BIGINT NOT NULL, mono_s DOUBLE PRECISION NOT NULL,
    received_s DOUBLE PRECISION NOT NULL, place TEXT NOT NULL, host_city TEXT NOT NULL,
    minutes INTEGER NOT NULL, closed INTEGER NOT NULL DEFAULT 0, at_s DOUBLE PRECISION NOT NULL,
    UNIQUE (boot, seq));
CREATE INDEX IF NOT EXISTS visit_dated ON visit (at_s);
CREATE TABLE IF NOT EXISTS tally (
    boot INTEGER NOT NULL REFERENCES boot, visit INTEGER NOT NULL, hour INTEGER NOT NULL, kind TEXT NOT NULL,
    mono_s DOUBLE PRECISION NOT NULL, received_s DOUBLE PRECISION NOT NULL,
{counts},
    at_s DOUBLE PRECISION NOT NULL, PRIMARY KEY (boot, visit, hour, kind));
CREATE INDEX IF NOT EXISTS tally_dated ON tally (at_s);
CREATE TABLE IF NOT EXISTS refused (
    reason TEXT PRIMARY KEY, messages BIGINT NOT NULL, last_s DOUBLE PRECISION NOT NULL);
"""
"""`bike` and `boot` hold what is known of each, `record` what came in for 90 days, `tally` its sums for ever.

A boot's `ahead` are spans of numbers received beyond the watermark `upto`. `clock_s`, `error_ms` and `source`
are its best clock record, `ceiling_s` the earliest arrival, `offset_s` what its monotonic seconds are dated
with. `counted` is how far its records are in `visit` and `tally`; the dates `at_s` of those rows come from
`dated_s`, which the tallying moves after `offset_s`.
"""

_TOTAL: Final = """
CREATE TABLE IF NOT EXISTS total (
    grain TEXT NOT NULL, start_s BIGINT NOT NULL, host_city TEXT NOT NULL, place TEXT NOT NULL,
    bike INTEGER NOT NULL REFERENCES bike, kind TEXT NOT NULL, parts BIGINT NOT NULL,
{counts},
    halts BIGINT NOT NULL, open_min BIGINT NOT NULL,
    PRIMARY KEY (grain, start_s, host_city, place, bike, kind)){packed};
"""
"""The sums of `tally` and `visit` once more, by day and by month: `city/store/totals.py`."""

RECORD_COLUMNS: Final = """
    boot INTEGER NOT NULL, seq BIGINT NOT NULL, month INTEGER NOT NULL, mono_s DOUBLE PRECISION NOT NULL,
    received_s DOUBLE PRECISION NOT NULL, type TEXT NOT NULL, payload {json} NOT NULL
"""

NEWS_INDEX: Final = (
    "CREATE INDEX IF NOT EXISTS record_news ON record (received_s) WHERE type NOT IN ('energy', 'clock')"
)
"""Finds the newest records that a person would read, and costs the minute records nothing."""


def tables(key: str, packed: str = "") -> str:
    """All but that of the records; `key` is how an engine numbers rows, `packed` how it keeps them sorted."""
    return _TABLES.format(key=key, waiting=WAITING, counts=_COUNTS) + _TOTAL.format(
        counts=_COUNTS, packed=packed
    )
