"""The virtual panel: contacts that a person turns, and a relay with a timer of its own."""

import math
import threading
from typing import Final

from drivers.panel.protocol import RELAY_S
from drivers.panel.types import Input
from drivers.simulator import BlackBox

HANDLED: Final[tuple[Input, ...]] = tuple(name for name in Input if name is not Input.RELAY)


class VirtualPanel:
    """Sans-I/O; it may be asked from several threads.

    The relay closes on the second change of the heartbeat's line and opens `RELAY_S` after the last one. The
    machines have power while it is closed and both contacts of the mushroom are. The black box gets `input`
    (a contact was turned), `relay` and `power`; the first one also tells the age of the last beat.
    """

    def __init__(self, black_box: BlackBox) -> None:
        self._black_box = black_box
        self._lock = threading.Lock()
        self._closed = dict.fromkeys(HANDLED, True)
        self._level: bool | None = None
        self._beaten_s = -math.inf
        self._is_held = False
        self._has_power = False

    @property
    def has_power(self) -> bool:
        """Whether the machines have power."""
        return self._has_power

    @property
    def levels(self) -> dict[Input, bool]:
        """Which contacts are closed."""
        with self._lock:
            return {**self._closed, Input.RELAY: self._is_held}

    def turn(self, name: Input, closed: bool, now_s: float) -> None:  # noqa: FBT001 - an electrical level
        """A person, or a broken wire, changes a contact."""
        with self._lock:
            self._closed[name] = closed
            self._black_box.record(now_s, "input", name=name, closed=closed)
            self._judge(now_s)

    def hear(self, level: bool, now_s: float) -> None:  # noqa: FBT001 - an electrical level is nothing else
        """The heartbeat's line has this level; only a change is a beat."""
        with self._lock:
            if level == self._level:
                return
            self._level = level
            if now_s - self._beaten_s <= RELAY_S:
                self._hold(closed=True, now_s=now_s)
            self._beaten_s = now_s

    def advance(self, now_s: float) -> None:
        """Let time pass."""
        with self._lock:
            if now_s - self._beaten_s > RELAY_S:
                self._hold(closed=False, now_s=now_s)

    def _hold(self, *, closed: bool, now_s: float) -> None:
        if closed is self._is_held:
            return
        self._is_held = closed
        age_s = round(now_s - self._beaten_s, 6)
        self._black_box.record(now_s, "relay", closed=closed, beaten_s_ago=age_s)
        self._judge(now_s)

    def _judge(self, now_s: float) -> None:
        released = self._closed[Input.MUSHROOM_A] and self._closed[Input.MUSHROOM_B]
        has_power = self._is_held and released
        if has_power is not self._has_power:
            self._has_power = has_power
            self._black_box.record(now_s, "power", on=has_power)
