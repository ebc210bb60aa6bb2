"""What is set for one printer: its ring of bytes, where it waits in a pause, how long it stays warm there."""

from dataclasses import dataclass

from drivers.marlin.ledger import WINDOW_BYTES


@dataclass(frozen=True, slots=True)
class Habits:
    """One printer's settings; without `room_mm` (X, Y, Z) a pause lifts the tool but moves it not aside."""

    window_bytes: int = WINDOW_BYTES
    room_mm: tuple[float, float, float] | None = None
    keep_hot_s: float = 600.0
    keep_bed_s: float = 1800.0
