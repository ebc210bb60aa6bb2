"""A virtual LiFePO4 pack behind a virtual battery monitor that speaks VE.Direct."""

import math
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

from drivers.simulator import BlackBox

CELLS: Final = 8
RESISTANCE_OHM: Final = 0.02
NOISE_A: Final = 0.02
MONITOR_W: Final = 0.05
"""A battery monitor takes about 4 mA. Source: Victron BMV-700 data sheet."""
OPEN_CIRCUIT_V: Final = (
    (0.0, 2.50), (2.0, 2.90), (5.0, 3.05), (10.0, 3.18), (20.0, 3.23), (30.0, 3.26), (50.0, 3.29),
    (70.0, 3.32), (90.0, 3.34), (97.0, 3.36), (100.0, 3.42),
)  # fmt: skip
"""Percent charged and volts of one resting cell: the flat curve that makes voltage a poor fuel gauge."""


class Lie(StrEnum):
    """What a monitor can do wrong while its frames stay well formed."""

    NONE = "none"
    STUCK = "stuck"
    NAN = "nan"
    JUMP = "jump"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Losses:
    """What lies between battery and machines: battery watts = `idle_w` + `factor` x machine watts."""

    idle_w: float = 0.0
    factor: float = 1.0


NO_LOSSES: Final = Losses()
INVERTER: Final = Losses(9.0, 1.08 / 0.87)
DC_PATH: Final = Losses(0.0, 1 / 0.93)


class VirtualPack:
    """Eight cells and their monitor; `load` is asked for the watts drawn now, negative while charging.

    `speed` is that of the machine's clock: the pack drains by machine time, but a frame comes once per
    `speed` machine seconds, which is once a second of the wall clock: nobody could read more.
    """

    def __init__(
        self,
        capacity_wh: float,
        soc_pct: float,
        load: Callable[[], float],
        losses: Losses = NO_LOSSES,
        speed: float = 1.0,
        black_box: BlackBox | None = None,
    ) -> None:
        self.lie = Lie.NONE
        self.soc_pct = soc_pct
        self._capacity_wh = capacity_wh
        self._load = load
        self._losses = losses
        self._period_s = max(speed, 1.0)
        self._black_box = black_box or BlackBox()
        self._noise = random.Random(1)  # noqa: S311 - a shunt's noise, no secret
        self._now_s: float | None = None
        self._next_s = 0.0
        self._frame = b""
        self._frames = 0

    @property
    def power_w(self) -> float:
        """What the monitor itself draws; the pack's own output is `output_w`."""
        return MONITOR_W

    @property
    def output_w(self) -> float:
        """What leaves the pack now, losses included."""
        load_w = self._load()
        return load_w if load_w < 0 else self._losses.idle_w + self._losses.factor * load_w

    def opened(self, now_s: float) -> None:
        """A monitor has no modem lines: it neither knows nor cares."""

    def receive(self, data: bytes, now_s: float) -> None:
        """A text-mode monitor listens to nothing."""

    def advance(self, now_s: float) -> bytes:
        """Drain the pack up to `now_s` and return at most one frame."""
        output_w = self.output_w
        if self._now_s is not None:
            spent_wh = output_w * (now_s - self._now_s) / 3600
            self.soc_pct = min(max(self.soc_pct - 100 * spent_wh / self._capacity_wh, 0.0), 100.0)
        self._now_s = now_s
        if now_s < self._next_s or self.lie is Lie.STALE:
            return b""
        self._next_s = now_s + self._period_s
        return self._speak(now_s, output_w)

    def _speak(self, now_s: float, output_w: float) -> bytes:
        self._frames += 1
        if self.lie is Lie.STUCK and self._frame:
            return self._frame
        voltage_v, current_a = self._terminals(output_w)
        soc_pct = self.soc_pct
        if self.lie is Lie.JUMP:
            soc_pct = 90.0 if self._frames % 2 else 20.0
        self._black_box.record(now_s, "frame", soc_pct=soc_pct, output_w=output_w, lie=self.lie.value)
        state = {
            "PID": "0x203",
            "V": "nan" if self.lie is Lie.NAN else f"{voltage_v * 1000:.0f}",
            "I": f"{-current_a * 1000:.0f}",
            "P": f"{-voltage_v * current_a:.0f}",
            "SOC": "nan" if self.lie is Lie.NAN else f"{soc_pct * 10:.0f}",
            "TTG": "-1",
            "Alarm": "OFF",
            "Relay": "OFF",
            "BMV": "700",
            "FW": "0308",
        }
        history = {"H1": "-8500", "H2": "-2100", "H4": "12", "H17": "950", "H18": "1100"}
        self._frame = block(state.items()) + block(history.items())
        return self._frame

    def _terminals(self, output_w: float) -> tuple[float, float]:
        """Return volts and amperes out of the pack: V = E - R I and V I = P."""
        rest_v = CELLS * _cell_v(self.soc_pct)
        root = math.sqrt(max(rest_v**2 - 4 * RESISTANCE_OHM * output_w, 0.0))
        current_a = (rest_v - root) / (2 * RESISTANCE_OHM)
        voltage_v = rest_v - RESISTANCE_OHM * current_a
        return voltage_v, current_a + self._noise.uniform(-NOISE_A, NOISE_A)


def block(fields: Iterable[tuple[str, str]]) -> bytes:
    """Return one text block whose bytes sum to 0 modulo 256."""
    body = b"".join(f"\r\n{name}\t{value}".encode("ascii") for name, value in fields) + b"\r\nChecksum\t"
    return body + bytes([-sum(body) % 256])


def _cell_v(soc_pct: float) -> float:
    """Interpolate the resting voltage of a cell."""
    for (low, low_v), (high, high_v) in pairwise(OPEN_CIRCUIT_V):
        if soc_pct <= high:
            return low_v + (high_v - low_v) * (soc_pct - low) / (high - low)
    return OPEN_CIRCUIT_V[-1][1]
