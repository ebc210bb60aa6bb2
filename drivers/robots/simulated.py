"""A virtual robot in this process, from the words of a `sim://` URL, with what shall befall it."""

import heapq
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

from drivers.errors import TransportError
from drivers.loopback import Loopback
from drivers.simulator import BlackBox, Punctual

SLOWEST: Final = 0.1
FASTEST: Final = 50.0
KEPT_ENTRIES: Final = 10_000
REPLUG_S: Final = 2.0
UNPLUG: Final = "unplug"
WORDS: Final = frozenset({"speed", "blackbox", "fault"})


class Unlucky:
    """A robot to which things happen at instants of its own clock."""

    def __init__(self, robot: Punctual) -> None:
        self._robot = robot
        self._due: list[tuple[float, int, Callable[[], None]]] = []

    def befall(self, at_s: float, mishap: Callable[[], None]) -> None:
        """Let something happen then."""
        heapq.heappush(self._due, (at_s, len(self._due), mishap))

    @property
    def power_w(self) -> float:
        """What the robot draws."""
        return self._robot.power_w

    def opened(self, now_s: float) -> None:
        """Somebody opened the port."""
        self._robot.opened(now_s)

    def receive(self, data: bytes, now_s: float) -> None:
        """Take bytes."""
        self._robot.receive(data, now_s)

    def advance(self, now_s: float) -> bytes:
        """Live up to an instant, whatever happens before."""
        said = b""
        while self._due and self._due[0][0] <= now_s:
            at_s, _, mishap = heapq.heappop(self._due)
            said += self._robot.advance(at_s)
            mishap()
        return said + self._robot.advance(now_s)

    def next_s(self) -> float:
        """When something will happen by itself."""
        return min(self._robot.next_s(), self._due[0][0] if self._due else math.inf)


def virtual_line(
    url: str,
    wire_bps: int,
    make: Callable[[BlackBox], tuple[Punctual, Mapping[str, Callable[[], None]]]],
) -> tuple[Loopback, float]:
    """Let a robot live; return its line and how much faster than life it runs.

    `sim://firmata?speed=2&blackbox=/path.jsonl&fault=restart@12&fault=unplug@20`; `make` returns the robot
    and what may befall it beside a cable that is pulled out for a while.

    Raises:
        TransportError: the address makes no sense.
    """
    parts = urlsplit(url)
    try:
        words = _known(parse_qs(parts.query, strict_parsing=bool(parts.query)))
        speed = min(FASTEST, max(SLOWEST, float(words.get("speed", ["1"])[-1])))
        robot, mishaps = make(_box(words.get("blackbox", [""])[-1]))
        faults = _faults(words.get("fault", []), {*mishaps, UNPLUG})
    except (ValueError, OSError) as error:
        raise TransportError(f"{url!r} is no virtual robot: {error} Write {_plain(url)}?speed=1.") from error
    unlucky = Unlucky(robot)
    line = Loopback(unlucky, wire_bps, speed)
    befalls = {**mishaps, UNPLUG: lambda: line.replug(REPLUG_S)}
    for name, at_s in faults:
        unlucky.befall(at_s, befalls[name])
    return line, speed


def _known(words: dict[str, list[str]]) -> dict[str, list[str]]:
    if unknown := set(words) - WORDS:
        raise ValueError(f"there is no {', '.join(sorted(unknown))}.")
    return words


def _faults(words: list[str], known: set[str]) -> list[tuple[str, float]]:
    faults = [_fault(word) for word in words]
    if strange := {name for name, _ in faults} - known:
        raise ValueError(f"there is no fault {', '.join(sorted(strange))}.")
    return faults


def _fault(word: str) -> tuple[str, float]:
    """Read `restart@12`: what, and at which second of the robot's life."""
    name, _, at = word.partition("@")
    return name, float(at or 0)


def _box(path: str) -> BlackBox:
    return BlackBox(Path(path).open("a", encoding="utf-8")) if path else BlackBox(keep=KEPT_ENTRIES)


def _plain(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
