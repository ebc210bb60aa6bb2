"""Gives the processes of a bench the processor time that their systemd units would give them."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

UNITS: Final = Path(__file__).parents[2] / "systemd"
GROUPS: Final = Path("/sys/fs/cgroup")
DEFAULT_WEIGHT: Final = 100
_SETTING: Final = re.compile(r"^(Nice|CPUWeight)=(-?\d+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Share:
    """What one service gets: `weight` against other services, `nice` among its own processes."""

    name: str
    weight: int = DEFAULT_WEIGHT
    nice: int = 0
    is_realtime: bool = False


INSTRUMENT: Final = Share("instrument", 10_000, -20, is_realtime=True)
"""Phone and printer have processors of their own: what measures must not wait for what is measured."""


def unit_share(unit: str) -> Share:
    """Read what a unit of ours asks for."""
    found = dict(_SETTING.findall((UNITS / f"{unit}.service").read_text(encoding="utf-8")))
    return Share(unit, int(found.get("CPUWeight", DEFAULT_WEIGHT)), int(found.get("Nice", 0)))


class Shares:
    """Control groups as systemd makes them; where none may be made, niceness alone."""

    def __init__(self) -> None:
        self._root = _root()
        self._made: list[Path] = []

    @property
    def how(self) -> str:
        """What the processes get their share by, for the report."""
        return "control groups and niceness" if self._root else "niceness only: no control group may be made"

    @contextmanager
    def of(self, share: Share) -> Iterator[None]:
        """Whatever is started meanwhile belongs to this service; this process comes back at the end."""
        before = os.getpriority(os.PRIO_PROCESS, 0)
        self.take(share)
        try:
            yield
        finally:
            self.take(Share("bench", nice=before))

    def take(self, share: Share) -> None:
        """Make this process part of a service."""
        if self._root:
            group = self._root / f"bench-{share.name}"
            if not group.exists():
                group.mkdir()
                self._made.append(group)
            _weigh(group, share.weight)
            _enter(group)
        os.setpriority(os.PRIO_PROCESS, 0, share.nice)
        policy = os.SCHED_FIFO if share.is_realtime else os.SCHED_OTHER
        with suppress(PermissionError):  # then it measures what it waits for, too
            os.sched_setscheduler(0, policy, os.sched_param(os.sched_get_priority_min(policy)))

    def close(self) -> None:
        """Remove the groups, which are empty by now but for this process."""
        if self._root:
            _enter(self._root)
        for group in self._made:
            group.rmdir()


def _root() -> Path | None:
    """Find where groups with a share of the processor may be made: version 1 or version 2."""
    for root in (GROUPS / "cpu", GROUPS):
        probe = root / f"bench-probe-{os.getpid()}"
        try:
            probe.mkdir()
        except OSError:
            continue
        has_weight = any((probe / name).exists() for name in ("cpu.shares", "cpu.weight"))
        probe.rmdir()
        if has_weight:
            return root
    return None


def _weigh(group: Path, weight: int) -> None:
    """Source: systemd maps a weight of 100 to 1024 shares of version 1."""
    if (group / "cpu.shares").exists():
        (group / "cpu.shares").write_text(str(weight * 1024 // 100))
    else:
        (group / "cpu.weight").write_text(str(weight))


def _enter(group: Path) -> None:
    (group / "cgroup.procs").write_text(str(os.getpid()))
