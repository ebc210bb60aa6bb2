"""Opens the city's database: a PostgreSQL address or the path of a file."""

from pathlib import Path
from typing import Final

from city.store.engine import Engine, StoreError
from city.store.sqlite import SqliteEngine

try:
    from city.store.postgres import PostgresEngine
except ImportError:  # without the extra `city` there is no psycopg
    _POSTGRES: type[Engine] | None = None
else:
    _POSTGRES = PostgresEngine

_SCHEMES: Final = ("postgresql://", "postgres://")


def open_engine(place: str | Path, *, read_only: bool = False) -> Engine:
    """Connect to the database and make the tables that are missing.

    Raises:
        StoreError: it cannot be used; the message says why.
    """
    if not str(place).startswith(_SCHEMES):
        return SqliteEngine(Path(place), read_only=read_only)
    if _POSTGRES is None:
        raise StoreError("PostgreSQL needs the Python package psycopg: `pip install 'dipbike[city]'`.")
    return PostgresEngine(str(place), read_only=read_only)
