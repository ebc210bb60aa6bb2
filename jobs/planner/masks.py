"""Minutes as bits of one whole number, so that a question about a whole halt costs a few shifts."""


def span(start: int, stop: int) -> int:
    """Bits `start` to `stop - 1`, none when that is empty."""
    first = max(start, 0)
    return ((1 << (stop - first)) - 1) << first if stop > first else 0


def erode(mask: int, length: int) -> int:
    """The bits from which `length` set bits follow without a gap."""
    reached = 1
    while reached < length:
        step = min(reached, length - reached)
        mask &= mask >> step
        reached += step
    return mask if length else -1


def lowest(mask: int) -> int:
    """The number of the first set bit; -1 when none is set."""
    return (mask & -mask).bit_length() - 1


class Watts:
    """How much power is drawn in which minutes: one mask for each power that occurs, in milliwatts."""

    def __init__(self, end_min: int) -> None:
        self.levels: dict[int, int] = {0: span(0, end_min)}

    def draw(self, minutes: int, drawn_mw: int) -> None:
        """Add to the power of some minutes."""
        after: dict[int, int] = {}
        for level, mask in self.levels.items():
            if outside := mask & ~minutes:
                after[level] = after.get(level, 0) | outside
            if inside := mask & minutes:
                after[level + drawn_mw] = after.get(level + drawn_mw, 0) | inside
        self.levels = after

    def at_most(self, limit_mw: int) -> int:
        """The minutes in which no more than this is drawn."""
        out = 0
        for level, mask in self.levels.items():
            if level <= limit_mw:
                out |= mask
        return out
