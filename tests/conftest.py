"""What holds for every test: a slow computer fails no example, and long files do not begin last."""

from typing import Final

import pytest
from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

LONG: Final = ("thorough", "browser", "slicer", "broker")
LIVE: Final = ("/onboard/", "/crashing/")
"""Folders whose tests wait for virtual machines."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole bikes first, then what waits for browsers, programs or machines: none of them begins last."""
    rank: dict[str, int] = {}
    for item in items:
        path = item.path.as_posix()
        is_long = any(item.get_closest_marker(mark) for mark in LONG) or any(name in path for name in LIVE)
        mine = 0 if "/journeys/" in path else 1 if is_long else 2
        rank[item.location[0]] = min(mine, rank.get(item.location[0], 2))
    items.sort(key=lambda item: rank[item.location[0]])
