"""What a database must offer to hold the city's records: transactions, rows, and one quick way in."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol, TypeAlias

Value: TypeAlias = str | int | float | None
Rows: TypeAlias = list[tuple[Any, ...]]


class StoreError(Exception):
    """The city's database cannot be reached, read or written; nothing of the transaction is kept."""


class RepeatedError(StoreError):
    """Some of the records were there already: nothing is kept, and the next try sifts them."""


RecordRow: TypeAlias = tuple[int, float, str, str]
"""One record: number, monotonic second, type, its content as checked JSON."""


class Portion(NamedTuple):
    """Records of one boot that came together; `month` (202611) is that in which the boot was first heard."""

    boot: int
    month: int
    received_s: float
    records: Sequence[RecordRow]


class Session(Protocol):
    """One transaction. Statements are written for both engines: `?` stands for a value."""

    @property
    def lock(self) -> str:
        """What a SELECT ends with so that no other worker changes these rows before the commit."""

    def rows(self, sql: str, values: Sequence[Value] = ()) -> Rows:
        """All rows that a statement returns."""

    def run(self, sql: str, values: Sequence[Value] = ()) -> int:
        """Carry a statement out and tell how many rows it has changed."""

    def run_each(self, sql: str, values: Sequence[Sequence[Value]]) -> None:
        """Carry a statement out once for each set of values."""

    def insert_records(self, portions: Sequence[Portion]) -> None:
        """Insert records; those that are there already stay as they are."""

    def make_room(self, month: int) -> None:
        """Prepare the place for the records of boots first heard in a month."""

    def forget_records(self, before_s: float) -> int:
        """Remove counted records received before a time and return how many (-1: whole months at once)."""


class Engine(Protocol):
    """One connection, made again when it breaks; its methods may be called from any thread."""

    def transaction(self) -> AbstractContextManager[Session]:
        """All or nothing, one thread at a time.

        Raises:
            StoreError: the database refused or is away; nothing was changed.
        """

    def close(self) -> None:
        """Close the connection."""


def marks(count: int) -> str:
    """Places for so many values: `?, ?, ?`."""
    return ", ".join("?" * count)


def places(rows: int, columns: int) -> str:
    """Places for so many rows of values: `(?, ?), (?, ?)`."""
    return ", ".join([f"({marks(columns)})"] * rows)
