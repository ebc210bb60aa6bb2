"""A virtual pack behind a virtual battery monitor that speaks VE.Direct."""

import math
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from drivers.battery.chemistry import LIFEPO4, NEW, Ageing, Chemistry
from drivers.battery.lies import DRIFT_PCT_H, Fault, Lie
from drivers.simulator import BlackBox

NOISE_A: Final = 0.02
MONITOR_W: Final = 0.05
"""A battery monitor takes about 4 mA. Source: Victron BMV-700 data sheet."""


@dataclass(frozen=True, slots=True)
class Losses:
    """What lies between battery and machines: battery watts = `idle_w` + `factor` x machine watts."""

    idle_w: float = 0.0
    factor: float = 1.0


NO_LOSSES: Final = Losses()
INVERTER: Final = Losses(9.0, 1.08 / 0.87)
DC_PATH: Final = Losses(0.0, 1 / 0.93)


@dataclass(frozen=True, slots=True)
class Build:
    """What a pack is made of and has been through; the noise is its monitor's."""

    chemistry: Chemistry = LIFEPO4
    ageing: Ageing = NEW
    noise_a: float = NOISE_A
    seed: int = 1


NEW_PACK: Final = Build()


class VirtualPack:
    """Cells that hold `capacity_wh` when new, and their monitor.

    `load` is asked for the watts drawn now, negative while charging. The charge falls by the ampere-hours
    that leave, as in a real pack: its resistance and a voltage that falls with the charge cost their part.
    `speed` is that of the machine's clock: the pack drains by machine time, but a frame comes once per
    `speed` machine seconds, which is once a second of the wall clock: nobody could read more.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - a pack, its place in the bike, and how it is watched
        self,
        capacity_wh: float,
        soc_pct: float,
        load: Callable[[], float],
        losses: Losses = NO_LOSSES,
        speed: float = 1.0,
        black_box: BlackBox | None = None,
        build: Build = NEW_PACK,
        faults: Sequence[Fault] = (),
    ) -> None:
        self.lie = Lie.NONE
        self.soc_pct = soc_pct
        self.output_wh = 0.0
        self._chemistry = build.chemistry
        self._capacity_ah = capacity_wh / build.chemistry.mean_v() * build.ageing.capacity(build.chemistry)
        self._resistance_ohm = build.chemistry.resistance_ohm * build.ageing.resistance(build.chemistry)
        self._load = load
        self._losses = losses
        self._period_s = max(speed, 1.0)
        self._black_box = black_box or BlackBox()
        self._noise_a = build.noise_a
        self._noise = random.Random(build.seed)  # noqa: S311 - a shunt's noise, no secret
        self._faults = sorted(faults, key=lambda fault: fault.at_s, reverse=True)
        self._drift_pct = self._wrong_pct = 0.0
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
            self._drain(output_w, now_s - self._now_s)
        self._now_s = now_s
        while self._faults and self._faults[-1].at_s <= now_s:
            self._suffer(self._faults.pop())
        if now_s < self._next_s or self.lie is Lie.STALE:
            return b""
        self._next_s = now_s + self._period_s
        return self._speak(now_s, output_w)

    def _drain(self, output_w: float, seconds: float) -> None:
        _, current_a = self._terminals(output_w)
        self.soc_pct -= 100 * current_a * seconds / 3600 / self._capacity_ah
        self.soc_pct = min(max(self.soc_pct, 0.0), 100.0)
        self.output_wh += output_w * seconds / 3600
        if self.lie is Lie.DRIFT:
            self._drift_pct += DRIFT_PCT_H * seconds / 3600

    def _suffer(self, fault: Fault) -> None:
        """Begin to lie, or lose charge for good as when a cell fails."""
        self.lie = self.lie if fault.lie is None else fault.lie
        self._wrong_pct += fault.wrong_pct
        self._black_box.record(fault.at_s, "fault", lie=self.lie.value, drop_pct=fault.drop_pct)
        self.soc_pct = max(self.soc_pct - fault.drop_pct, 0.0)

    def _speak(self, now_s: float, output_w: float) -> bytes:
        self._frames += 1
        voltage_v, current_a = self._terminals(output_w)
        current_a += self._noise.uniform(-self._noise_a, self._noise_a)
        self._black_box.record(
            now_s, "frame", soc_pct=self.soc_pct, output_w=output_w, voltage_v=voltage_v, lie=self.lie.value
        )
        if self.lie is Lie.STUCK and self._frame:
            return self._frame
        told_pct = min(max(self._told_pct(), 0.0), 100.0)
        state = {
            "PID": "0x203",
            "V": "nan" if self.lie is Lie.NAN else f"{voltage_v * 1000:.0f}",
            "I": f"{-current_a * 1000:.0f}",
            "P": f"{-voltage_v * current_a:.0f}",
            "SOC": "nan" if self.lie is Lie.NAN else f"{told_pct * 10:.0f}",
            "TTG": "-1",
            "Alarm": "OFF",
            "Relay": "OFF",
            "BMV": "700",
            "FW": "0308",
        }
        history = {"H1": "-8500", "H2": "-2100", "H4": "12", "H17": "950", "H18": "1100"}
        self._frame = block(state.items()) + block(history.items())
        return self._frame

    def _told_pct(self) -> float:
        if self.lie is Lie.JUMP:
            return 90.0 if self._frames % 2 else 20.0
        return self.soc_pct + self._drift_pct + self._wrong_pct

    def _terminals(self, output_w: float) -> tuple[float, float]:
        """Return volts and amperes out of the pack: V = E - R I and V I = P."""
        rest_v, ohm = self._chemistry.rest_v(self.soc_pct), self._resistance_ohm
        root = math.sqrt(max(rest_v**2 - 4 * ohm * output_w, 0.0))
        current_a = (rest_v - root) / (2 * ohm)
        return rest_v - ohm * current_a, current_a


def block(fields: Iterable[tuple[str, str]]) -> bytes:
    """Return one text block whose bytes sum to 0 modulo 256."""
    body = b"".join(f"\r\n{name}\t{value}".encode("ascii") for name, value in fields) + b"\r\nChecksum\t"
    return body + bytes([-sum(body) % 256])
