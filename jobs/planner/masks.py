"""Minutes as bits of one whole number, so that a question about a whole halt costs a few shifts."""


def span(start: int, stop: int) -> int:
    """Bits `start` to `stop - 1`, none when that is empty."""
    first = max(start, 0)
    return ((1 << (stop - first)) - 1) << first if stop > first else 0


class Stretches:
    """Set bits, asked again and again where so many of them follow each other: each answer is one shift."""

    __slots__ = ("_doubled",)

    def __init__(self, mask: int) -> None:
        self._doubled = [mask]

    def of(self, length: int) -> int:
        """The bits from which `length` set bits follow without a gap; every bit for none."""
        if not length:
            return -1
        doubled, power = self._doubled, length.bit_length() - 1
        while len(doubled) <= power:
            doubled.append(doubled[-1] & doubled[-1] >> (1 << (len(doubled) - 1)))
        return doubled[power] & doubled[power] >> (length - (1 << power))


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
