"""The envelope of records on the wire, and the city's answer to it."""

from typing import Annotated, Final, Literal

from pydantic import Discriminator, Field, Tag

from onboard.messages.records import (
    Clock,
    Energy,
    Fault,
    Gap,
    HaltClosed,
    HaltOpened,
    JobDone,
    JobFailed,
    JobHeld,
    JobQueued,
    JobStarted,
    Record,
    RecordType,
    RobotReturned,
)
from onboard.messages.values import Boot, Closed, MonotonicSeconds, Sequence, Watermark

MAX_RECORDS: Final = 200


def _type_of(row: object) -> str | None:
    """The record type of a row as it arrives, None when it has none."""
    if isinstance(row, list | tuple) and len(row) == 4 and isinstance(row[2], str):
        return row[2]
    return None


Row = Annotated[
    Annotated[tuple[Sequence, MonotonicSeconds, Literal["energy"], Energy], Tag("energy")]
    | Annotated[tuple[Sequence, MonotonicSeconds, Literal["job.queued"], JobQueued], Tag("job.queued")]
    | Annotated[tuple[Sequence, MonotonicSeconds, Literal["job.started"], JobStarted], Tag("job.started")]
    | Annotated[tuple[Sequence, MonotonicSeconds, Literal["job.done"], JobDone], Tag("job.done")]
    | Annotated[tuple[Sequence, MonotonicSeconds, Literal["job.failed"], JobFailed], Tag("job.failed")]
    | Annotated[tuple[Sequence, MonotonicSeconds, Literal["job.held"], JobHeld], Tag("job.held")]
    | Annotated[tuple[Sequence, MonotonicSeconds, Literal["halt.opened"], HaltOpened], Tag("halt.opened")]
    | Annotated[tuple[Sequence, MonotonicSeconds, Literal["halt.closed"], HaltClosed], Tag("halt.closed")]
    | Annotated[tuple[Sequence, MonotonicSeconds, Literal["clock"], Clock], Tag("clock")]
    | Annotated[tuple[Sequence, MonotonicSeconds, Literal["gap"], Gap], Tag("gap")]
    | Annotated[tuple[Sequence, MonotonicSeconds, Literal["fault"], Fault], Tag("fault")]
    | Annotated[
        tuple[Sequence, MonotonicSeconds, Literal["robot.returned"], RobotReturned], Tag("robot.returned")
    ],
    Discriminator(_type_of),
]
"""One record on the wire: number, monotonic second, type, content."""


def row(seq: int, mono_s: float, record: Record) -> tuple[int, float, RecordType, Record]:
    """A record as a row of a batch."""
    return seq, mono_s, record.type, record


class Batch(Closed):
    """Topic `evt`: records of one boot, in ascending order.

    `after` is the bike's own watermark: all records up to it were acknowledged before, so that a city that
    begins with an empty store knows that they will not come again. `sent_s` is the monotonic second of
    sending, while this boot lasts: against the time of arrival it dates the boot of a bike without a clock.
    """

    v: Literal[1] = 1
    boot: Boot
    after: Watermark = 0
    sent_s: MonotonicSeconds | None = None
    r: Annotated[tuple[Row, ...], Field(min_length=1, max_length=MAX_RECORDS)]


class Ack(Closed):
    """Topic `ack`: the city has committed every record of the boot up to `upto`."""

    v: Literal[1] = 1
    boot: Boot
    upto: Watermark
