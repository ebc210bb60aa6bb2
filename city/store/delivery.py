"""A batch as the store takes it in: its records as text, without the objects that checked them."""

from pydantic_core import to_json

from city.store.engine import RecordRow
from city.watermark import Span, advance
from onboard.messages import Batch, Clock, Gap


class Delivery:
    """One batch as it came from a bike.

    A commit holds tens of thousands of records. As objects they would cost the collector of unused objects a
    quarter of the receiver's time; as text, a record's objects are gone before the next batch is checked.
    """

    __slots__ = ("after", "bike", "boot", "city", "clocks", "received_s", "records", "sent_s", "spans")

    def __init__(self, city: str, bike: str, batch: Batch, received_s: float) -> None:
        self.city = city
        self.bike = bike
        self.boot = batch.boot
        self.after = batch.after
        self.sent_s = batch.sent_s
        self.received_s = received_s
        self.records: list[RecordRow] = [
            (seq, mono_s, kind, to_json(record, exclude_none=True).decode())
            for seq, mono_s, kind, record in batch.r
        ]
        self.spans = _spans(batch)
        self.clocks = [record for _seq, _mono_s, _kind, record in batch.r if isinstance(record, Clock)]


def _spans(batch: Batch) -> list[Span]:
    """The numbers that a batch accounts for, those in its gaps included; mostly one span without a hole."""
    numbers = [seq for seq, _mono_s, _kind, _record in batch.r]
    firsts = [
        record.first if isinstance(record, Gap) and record.first is not None else seq
        for seq, _mono_s, _kind, record in batch.r
    ]
    if numbers == firsts == [*range(numbers[0], numbers[0] + len(numbers))]:
        return [(numbers[0], numbers[-1])]
    _, joined = advance(-1, zip(firsts, numbers, strict=True))
    return joined
