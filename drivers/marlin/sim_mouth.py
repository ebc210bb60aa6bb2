"""What a simulated Marlin board says, and how its acknowledgements may be lost, doubled, glued or split."""

import math
from collections import deque
from typing import Final

from drivers.marlin.sim_faults import Faults

SPLIT_S: Final = 0.02
"""So long the second half of a split `ok` waits, and a glued one for its companion."""


class Mouth:
    """Texts in order, each with the instant at which it leaves the board."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._texts: deque[tuple[float, bytes]] = deque()
        self._latest_s = 0.0
        self._glue_until_s: float | None = None

    @property
    def next_s(self) -> float:
        """When there is something to take."""
        first_s = self._texts[0][0] if self._texts else math.inf
        return first_s if self._glue_until_s is None else min(first_s, self._glue_until_s)

    def say(self, text: str, now_s: float) -> None:
        """Say whole lines."""
        if text:
            self._let_go("\n", now_s)
            self._put(text, now_s)

    def acknowledge(self, now_s: float, details: str = "") -> None:
        """Say `ok`, as the faults have it."""
        for _ in range(self._faults.acknowledgements()):
            self._let_go("", now_s)
            if not details and self._faults.happens(self._faults.glue_ok):
                self._glue_until_s = now_s + SPLIT_S
            elif self._faults.happens(self._faults.split_ok):
                self._put("o", now_s)
                self._put(f"k{details}\n", now_s + SPLIT_S)
            else:
                self._put(f"ok{details}\n", now_s)

    def take(self, now_s: float) -> bytes:
        """Return what has left the board by now."""
        if self._glue_until_s is not None and now_s >= self._glue_until_s:
            self._let_go("\n", now_s)
        said = b""
        while self._texts and self._texts[0][0] <= now_s:
            said += self._texts.popleft()[1]
        return b"" if self._faults.silent else self._faults.hurt_out(said)

    def clear(self) -> None:
        """Forget what was not yet said."""
        self._texts.clear()
        self._glue_until_s = None

    def _let_go(self, end: str, now_s: float) -> None:
        """Say the `ok` that waited: at the end of its time, or glued to the next."""
        if self._glue_until_s is not None:
            self._glue_until_s = None
            self._put("ok" + end, now_s)

    def _put(self, text: str, now_s: float) -> None:
        self._latest_s = max(self._latest_s, now_s)
        self._texts.append((self._latest_s, text.encode("latin-1", "replace")))
