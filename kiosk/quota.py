"""How much one address may bring, so that nobody fills the bike for everybody else."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from fastapi import Request

from jobs.errors import Sentence
from kiosk.spool import MEGABYTE, SpoolError
from onboard.config import Config

BURST: Final = 20.0
EACH_S: Final = 4.0
"""Twenty attempts at once, then one more every so many seconds: more than a child needs."""
HOUR_S: Final = 3600.0
ADDRESSES: Final = 500


def _too_many() -> SpoolError:
    return SpoolError(
        429,
        Sentence(
            "Doucement ! Tu as déjà envoyé beaucoup de choses. Attends un peu et essaie encore.",
            "Slow down! You have already sent a lot. Wait a little and try again.",
        ),
    )


@dataclass(slots=True)
class _Purse:
    """What an address may still spend, as of `at_s`."""

    attempts: float
    room_bytes: float
    at_s: float


class Quota:
    """Two purses an address, one of attempts and one of bytes, both refilled by time.

    Addresses are kept in memory only, and forgotten when others come.
    """

    def __init__(self, room_bytes: int, clock: Callable[[], float]) -> None:
        self._room_bytes = float(room_bytes)
        self._clock = clock
        self._purses: OrderedDict[str, _Purse] = OrderedDict()

    @classmethod
    def of(cls, config: Config, clock: Callable[[], float]) -> "Quota":
        """A quarter of the spool an hour for each address."""
        return cls(config.kiosk.spool_limit_mb * MEGABYTE // 4, clock)

    def spend(self, address: str, size_bytes: int) -> None:
        """Count one attempt.

        Raises:
            SpoolError: this address has had enough for now.
        """
        purse = self._purse(address)
        if purse.attempts < 1 or purse.room_bytes < size_bytes:
            raise _too_many()
        purse.attempts -= 1
        purse.room_bytes -= size_bytes

    def _purse(self, address: str) -> _Purse:
        now_s = self._clock()
        purse = self._purses.pop(address, None) or _Purse(BURST, self._room_bytes, now_s)
        passed_s = now_s - purse.at_s
        purse.attempts = min(BURST, purse.attempts + passed_s / EACH_S)
        purse.room_bytes = min(self._room_bytes, purse.room_bytes + self._room_bytes * passed_s / HOUR_S)
        purse.at_s = now_s
        self._purses[address] = purse
        if len(self._purses) > ADDRESSES:
            self._purses.popitem(last=False)
        return purse


def not_too_many(request: Request) -> None:
    """A dependency of every route by which something is made.

    Raises:
        SpoolError: this address has had enough for now.
    """
    if request.method != "POST" or request.client is None:
        return
    quota: Quota = request.app.state.quota
    declared = request.headers.get("content-length", "")
    quota.spend(request.client.host, int(declared) if declared.isdecimal() else MEGABYTE)
