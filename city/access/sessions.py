"""Who is logged in: random codes of which only the digest is kept, in memory; a restart ends all."""

import hashlib
import secrets
from collections.abc import Callable
from typing import Final

LASTS_S: Final = 12 * 3600.0
_MOST: Final = 1000


class Sessions:
    """Codes and whose they are, for at most twelve hours."""

    def __init__(self, monotonic_s: Callable[[], float]) -> None:
        self._monotonic_s = monotonic_s
        self._held: dict[str, tuple[str, float]] = {}

    def begin(self, name: str) -> str:
        """A new code for a person."""
        now_s = self._monotonic_s()
        self._held = {code: held for code, held in self._held.items() if held[1] > now_s}
        while len(self._held) >= _MOST:
            self._held.pop(next(iter(self._held)))
        code = secrets.token_urlsafe(32)
        self._held[_digest(code)] = (name, now_s + LASTS_S)
        return code

    def whose(self, code: str) -> str | None:
        """The person of a code; None when it is over or none of ours."""
        found = self._held.get(_digest(code))
        return found[0] if found and found[1] > self._monotonic_s() else None

    def end(self, code: str) -> None:
        """Forget a code."""
        self._held.pop(_digest(code), None)


class Tries:
    """Wrong passwords: after five, each name waits twice as long as before, at most fifteen minutes."""

    def __init__(self, monotonic_s: Callable[[], float]) -> None:
        self._monotonic_s = monotonic_s
        self._held: dict[str, tuple[int, float]] = {}

    def wait_s(self, name: str) -> float:
        """How long this name must wait before its next try."""
        return max(0.0, self._held.get(name, (0, 0.0))[1] - self._monotonic_s())

    def failed(self, name: str) -> None:
        """Count a wrong password."""
        if len(self._held) >= _MOST and name not in self._held:
            self._held.pop(next(iter(self._held)))
        count = self._held.get(name, (0, 0.0))[0] + 1
        pause_s = 0.0 if count < 5 else min(900.0, 2.0 ** (count - 4))
        self._held[name] = (count, self._monotonic_s() + pause_s)

    def passed(self, name: str) -> None:
        """Forget the wrong ones."""
        self._held.pop(name, None)


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
