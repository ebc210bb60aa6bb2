"""The bike's two clocks, and how far its date may be believed."""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from onboard.messages import Clock, ClockSource

SYNCHRONIZED: Final = Path("/run/systemd/timesync/synchronized")
"""Source: systemd-timesyncd.service(8), the file exists once the clock was set from the network."""

BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")
"""Source: random(4)."""

_FIRST_PLAUSIBLE_S: Final = 1_767_225_600.0  # 1 January 2026
_ERROR_MS: Final = {ClockSource.NETWORK: 100, ClockSource.CHIP: 120_000, ClockSource.NONE: 10**12}


def kernel_boot_id(source: Path = BOOT_ID) -> str:
    """The kernel's name for the time since power-on, during which the monotonic clock runs.

    A service that may not see it (`ProcSubset=pid`) counts each of its own starts as one.
    """
    try:
        return source.read_text(encoding="ascii").strip()
    except OSError:
        return str(uuid.uuid4())


def clock_source(utc_s: float, synchronized: Path = SYNCHRONIZED) -> ClockSource:
    """Where a date comes from: a date before this software existed comes from nowhere."""
    if utc_s < _FIRST_PLAUSIBLE_S:
        return ClockSource.NONE
    return ClockSource.NETWORK if synchronized.exists() else ClockSource.CHIP


@dataclass(frozen=True, slots=True)
class Clocks:
    """Monotonic seconds for every time-out, UTC epoch seconds for people."""

    monotonic_s: Callable[[], float] = time.monotonic
    utc_s: Callable[[], float] = time.time
    source: Callable[[float], ClockSource] = clock_source

    def reading(self) -> Clock:
        """Both clocks at one instant."""
        utc_s = self.utc_s()
        source = self.source(utc_s)
        return Clock(
            mono_s=self.monotonic_s(), utc_s=max(0.0, utc_s), error_ms=_ERROR_MS[source], source=source
        )
