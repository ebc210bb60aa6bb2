"""One child cannot fill the bike for the others (E20), whatever it sends how often."""

from contextlib import suppress

import httpx
import pytest
from fastapi import FastAPI

from kiosk.app import create_app
from kiosk.quota import ADDRESSES, BURST, EACH_S, HOUR_S, Quota
from kiosk.spool import SpoolError
from onboard.config import Config

FILES = 10_000
QUARTER_BYTES = 2_500_000


class Clock:
    """Time as the test wants it."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        """What time it is."""
        return self.now_s


def spent(quota: Quota, address: str, size_bytes: int, times: int) -> int:
    """How many of so many attempts were taken."""
    taken = 0
    for _ in range(times):
        with suppress(SpoolError):
            quota.spend(address, size_bytes)
            taken += 1
    return taken


def test_many_small_attempts_are_slowed_down() -> None:
    """After a burst one attempt passes now and then, for this address only."""
    clock = Clock()
    quota = Quota(QUARTER_BYTES, clock)
    assert spent(quota, "a", 10, FILES) == BURST
    assert spent(quota, "b", 10, 1) == 1
    clock.now_s += 3 * EACH_S
    assert spent(quota, "a", 10, FILES) == 3


def test_large_files_use_up_a_quarter_of_the_room() -> None:
    """No address fills the spool for the others; an hour later there is room again."""
    clock = Clock()
    quota = Quota(QUARTER_BYTES, clock)
    assert spent(quota, "a", 1_000_000, 5) == 2
    assert spent(quota, "b", 1_000_000, 5) == 2
    clock.now_s += HOUR_S
    assert spent(quota, "a", 1_000_000, 5) == 2


def test_addresses_are_forgotten_not_collected() -> None:
    """A thousand forged addresses take no more memory than the limit."""
    quota = Quota(QUARTER_BYTES, Clock())
    for number in range(ADDRESSES * 2):
        quota.spend(str(number), 1)
    assert len(quota._purses) == ADDRESSES


def child(app: FastAPI, address: str) -> httpx.AsyncClient:
    """A browser at an address."""
    base = "http://velo.example"
    transport = httpx.ASGITransport(app, client=(address, 1))
    return httpx.AsyncClient(transport=transport, base_url=base, headers={"Origin": base})


@pytest.mark.parametrize("path", ["/fichier", "/prenom", "/telephone/aaaaaaaaaaaaaaaa"])
async def test_others_are_not_affected(config: Config, path: str) -> None:
    """While one child sends without end and is told to slow down, another one is served."""
    statuses, app = [], create_app(config)
    async with child(app, "10.0.0.1") as greedy, child(app, "10.0.0.2") as other:
        for _ in range(60):
            answer = await greedy.post(path, data={"key": "12345678"}, files={"file": ("a.stl", b"x")})
            statuses.append(answer.status_code)
        assert statuses.count(429) >= 60 - BURST - 5
        assert "Doucement" in answer.text
        answer = await other.post(path, data={"key": "12345678"}, files={"file": ("a.stl", b"x")})
        assert answer.status_code != 429
        assert (await greedy.get(path)).status_code != 429
    assert not list(config.paths.spool.glob("*"))
