"""The city's tables, in words that SQLite and PostgreSQL both read."""

from typing import Final

LAYOUT: Final = 2
"""Grows when a table changes in a way that an older program cannot read."""

TABLES: Final = """
CREATE TABLE IF NOT EXISTS layout (version INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS bike (
    key {key}, city TEXT NOT NULL, bike TEXT NOT NULL UNIQUE, heard_s DOUBLE PRECISION,
    status TEXT, about TEXT, state TEXT);
CREATE TABLE IF NOT EXISTS boot (
    key {key}, bike INTEGER NOT NULL REFERENCES bike, boot TEXT NOT NULL, month INTEGER NOT NULL,
    upto BIGINT NOT NULL DEFAULT 0, ahead TEXT NOT NULL DEFAULT '[]', lost BIGINT NOT NULL DEFAULT 0,
    clock_s DOUBLE PRECISION, error_ms BIGINT, source TEXT, ceiling_s DOUBLE PRECISION,
    offset_s DOUBLE PRECISION,
    counted BIGINT NOT NULL DEFAULT 0, visit INTEGER NOT NULL DEFAULT 0, UNIQUE (bike, boot));
CREATE INDEX IF NOT EXISTS boot_uncounted ON boot (key) WHERE counted < upto;
CREATE TABLE IF NOT EXISTS visit (
    key {key}, boot INTEGER NOT NULL REFERENCES boot, seq BIGINT NOT NULL, mono_s DOUBLE PRECISION NOT NULL,
    received_s DOUBLE PRECISION NOT NULL, place TEXT NOT NULL, host_city TEXT NOT NULL,
    minutes INTEGER NOT NULL, closed INTEGER NOT NULL DEFAULT 0, UNIQUE (boot, seq));
CREATE TABLE IF NOT EXISTS tally (
    boot INTEGER NOT NULL REFERENCES boot, visit INTEGER NOT NULL, hour INTEGER NOT NULL, kind TEXT NOT NULL,
    mono_s DOUBLE PRECISION NOT NULL, received_s DOUBLE PRECISION NOT NULL,
    queued BIGINT NOT NULL, started BIGINT NOT NULL, done BIGINT NOT NULL, failed BIGINT NOT NULL,
    cancelled BIGINT NOT NULL, held BIGINT NOT NULL, faults BIGINT NOT NULL, dropped BIGINT NOT NULL,
    waited_min BIGINT NOT NULL, minutes BIGINT NOT NULL, object_wh DOUBLE PRECISION NOT NULL,
    seconds BIGINT NOT NULL, used_wh DOUBLE PRECISION NOT NULL, charged_wh DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (boot, visit, hour, kind));
CREATE TABLE IF NOT EXISTS refused (
    reason TEXT PRIMARY KEY, messages BIGINT NOT NULL, last_s DOUBLE PRECISION NOT NULL);
"""
"""`bike` and `boot` hold what is known of each, `record` what came in for 90 days, `tally` its sums for ever.

A boot's `ahead` are spans of numbers received beyond the watermark `upto`. `clock_s`, `error_ms` and `source`
are its best clock record, `ceiling_s` the earliest arrival, `offset_s` what its monotonic seconds are dated
with. `counted` is how far its records are in `visit` and `tally`.
"""

RECORD_COLUMNS: Final = """
    boot INTEGER NOT NULL, seq BIGINT NOT NULL, month INTEGER NOT NULL, mono_s DOUBLE PRECISION NOT NULL,
    received_s DOUBLE PRECISION NOT NULL, type TEXT NOT NULL, payload {json} NOT NULL
"""

NEWS_INDEX: Final = (
    "CREATE INDEX IF NOT EXISTS record_news ON record (received_s) WHERE type NOT IN ('energy', 'clock')"
)
"""Finds the newest records that a person would read, and costs the minute records nothing."""
