"""The planner of a simulated printer: blocks with acceleration, look-ahead and classic jerk."""

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

BLOCKS: Final = 15
"""A ring of 16 blocks tells full from empty by one that stays free. Source: Marlin's `planner.h`."""
JERK_MM_S: Final = (10.0, 10.0, 0.3, 5.0)
"""Source: Marlin's default configuration, X Y Z E."""
FIRST_MOVE_S: Final = 0.1
FIRST_MOVES: Final = 3
"""A planner at rest waits so long for its third block. Source: `BLOCK_DELAY_FOR_1ST_MOVE`."""


@dataclass(slots=True)
class Block:
    """One straight move; `way` is its direction in X Y Z E for each millimetre of its length."""

    length_mm: float
    nominal_mm_s: float
    way: tuple[float, ...]
    highest_entry_mm_s: float = 0.0
    entry_mm_s: float = 0.0

    @property
    def safe_mm_s(self) -> float:
        """The speed at which it may start and stop at once."""
        return min(self.nominal_mm_s, _jerk_speed_mm_s(self.way))


class Planner:
    """Executes blocks one after the other; `starved` is told when it stood still in a run of moves."""

    def __init__(self, acceleration_mm_s2: float, starved: Callable[[float, float], None]) -> None:
        self._acceleration_mm_s2 = acceleration_mm_s2
        self._starved = starved
        self._waiting: deque[Block] = deque()
        self._latest: Block | None = None
        self._is_busy = False
        self._end_s = 0.0
        self._exit_mm_s = 0.0
        self._begin_s = math.inf
        self._is_run = False
        self._still_since_s: float | None = None

    @property
    def is_idle(self) -> bool:
        """Every move has ended."""
        return not self._is_busy and not self._waiting

    @property
    def free(self) -> int:
        """How many more blocks fit."""
        return BLOCKS - len(self._waiting) - self._is_busy

    @property
    def rested_s(self) -> float:
        """When the last move ended."""
        return self._end_s

    @property
    def next_s(self) -> float:
        """When a block ends or the first one begins."""
        return self._end_s if self._is_busy else self._begin_s

    def end_run(self) -> None:
        """What follows is another run: standing still before it starves nobody."""
        self._is_run = False
        self._still_since_s = None

    def drop(self, now_s: float) -> None:
        """Stop at once."""
        self._waiting.clear()
        self._latest = None
        self._is_busy = False
        self._end_s = now_s
        self._begin_s = math.inf
        self.end_run()

    def add(self, block: Block, now_s: float) -> None:
        """Plan one more block, for which there must be room, and let those before it brake less."""
        self.advance(now_s)
        if self.is_idle:
            self._latest = None
            self._begin_s = now_s + FIRST_MOVE_S
        self._is_run = True
        block.highest_entry_mm_s = self._junction_mm_s(block)
        self._latest = block
        self._waiting.append(block)
        self._look_ahead()
        if not self._is_busy and len(self._waiting) >= FIRST_MOVES:
            self._begin_s = min(self._begin_s, now_s)
        self.advance(now_s)

    def advance(self, now_s: float) -> None:
        """Execute up to now."""
        while self.next_s <= now_s:
            if self._is_busy:
                self._end()
            else:
                self._begin(self._begin_s)

    def _end(self) -> None:
        self._is_busy = False
        if self._waiting:
            self._begin(self._end_s)
        else:
            self._still_since_s = self._end_s if self._is_run else None

    def _begin(self, at_s: float) -> None:
        """Fix the speeds of a block by what is known at its beginning."""
        block = self._waiting.popleft()
        if self._still_since_s is not None:
            self._starved(at_s, at_s - self._still_since_s)
            self._still_since_s = None
        entry_mm_s = self._exit_mm_s if self._begin_s == math.inf else block.safe_mm_s
        wanted_mm_s = self._waiting[0].entry_mm_s if self._waiting else block.safe_mm_s
        self._exit_mm_s = self._reachable_mm_s(entry_mm_s, wanted_mm_s, block.length_mm)
        self._is_busy = True
        self._begin_s = math.inf
        self._end_s = at_s + self._duration_s(block, entry_mm_s, self._exit_mm_s)

    def _reachable_mm_s(self, entry_mm_s: float, wanted_mm_s: float, length_mm: float) -> float:
        change = 2 * self._acceleration_mm_s2 * length_mm
        highest_mm_s = math.sqrt(entry_mm_s**2 + change)
        lowest_mm_s = math.sqrt(max(0.0, entry_mm_s**2 - change))
        return min(highest_mm_s, max(lowest_mm_s, wanted_mm_s))

    def _duration_s(self, block: Block, entry_mm_s: float, exit_mm_s: float) -> float:
        """Speed up, cruise, brake; without room to cruise only up and down."""
        twice = 2 * self._acceleration_mm_s2
        top_mm_s = max(block.nominal_mm_s, entry_mm_s, exit_mm_s)
        changing_mm = (2 * top_mm_s**2 - entry_mm_s**2 - exit_mm_s**2) / twice
        cruising_mm = block.length_mm - changing_mm
        if cruising_mm < 0:
            cruising_mm = 0.0
            top_mm_s = math.sqrt((twice * block.length_mm + entry_mm_s**2 + exit_mm_s**2) / 2)
        changing_s = (2 * top_mm_s - entry_mm_s - exit_mm_s) / self._acceleration_mm_s2
        return max(0.0, changing_s) + cruising_mm / top_mm_s

    def _junction_mm_s(self, block: Block) -> float:
        """How fast the corner before a block may be taken without a jump of any axis beyond its jerk."""
        if self._latest is None:
            return block.safe_mm_s
        turn = tuple(after - before for after, before in zip(block.way, self._latest.way, strict=True))
        slower_mm_s = min(block.nominal_mm_s, self._latest.nominal_mm_s)
        return min(slower_mm_s, _jerk_speed_mm_s(turn))

    def _look_ahead(self) -> None:
        """Walk back from the newest block, which must be able to stop, until nothing changes."""
        next_mm_s = self._waiting[-1].safe_mm_s
        for block in reversed(self._waiting):
            braking_mm_s = math.sqrt(next_mm_s**2 + 2 * self._acceleration_mm_s2 * block.length_mm)
            next_mm_s = min(block.highest_entry_mm_s, braking_mm_s)
            if next_mm_s == block.entry_mm_s:
                return
            block.entry_mm_s = next_mm_s


def _jerk_speed_mm_s(change: tuple[float, ...]) -> float:
    speeds = [jerk / abs(part) for part, jerk in zip(change, JERK_MM_S, strict=True) if abs(part) > 1e-9]
    return min(speeds, default=math.inf)
