"""A heater as one thermal mass: how warm it is and what it draws, second by second."""

import math
from dataclasses import dataclass
from typing import Final

from jobs.machines import Heater

FLOW_LOSS_J_K_MM: Final = 0.0056
"""Heat taken along by each millimetre of filament. Source: Marlin's published MPC values."""


@dataclass(slots=True)
class HeaterState:
    """A heater on its way to its target: C·dT/dt = P − U·(T − Ta), full power below the target.

    `flow_j_k_mm` is 0 for a bed; `fan` runs from 0 to 1. `rise_k`, `loss_ks`, `fan_loss_ks` and
    `flow_kmm` add up what its power was spent on so far.
    """

    heater: Heater
    ambient_c: float
    now_c: float
    target_c: float = 0.0
    fan: float = 0.0
    flow_j_k_mm: float = 0.0
    rise_k: float = 0.0
    loss_ks: float = 0.0
    fan_loss_ks: float = 0.0
    flow_kmm: float = 0.0

    @classmethod
    def hotend(cls, heater: Heater, ambient_c: float) -> "HeaterState":
        """Start a cold hotend, which also heats the filament that passes."""
        return cls(heater, ambient_c, ambient_c, flow_j_k_mm=FLOW_LOSS_J_K_MM)

    @classmethod
    def bed(cls, heater: Heater, ambient_c: float) -> "HeaterState":
        """Start a cold bed."""
        return cls(heater, ambient_c, ambient_c)

    def loss_w_k(self, flow_mm_s: float = 0.0) -> float:
        """Return what the heater loses to the air, the fan and the filament."""
        return self.heater.loss_w_k + self.heater.fan_loss_w_k * self.fan + self.flow_j_k_mm * flow_mm_s

    def seconds_to_target(self, flow_mm_s: float = 0.0) -> float:
        """Return the heat-up (or cooling) time −(C/U)·ln(1 − U·ΔT/P); infinite when it is out of reach."""
        loss = self.loss_w_k(flow_mm_s)
        settles_c = self.ambient_c + (self.heater.power_w / loss if self.now_c < self.target_c else 0.0)
        gap, left = settles_c - self.now_c, settles_c - self.target_c
        if self.now_c == self.target_c:
            return 0.0
        if gap * left <= 0.0:
            return math.inf
        return self.heater.capacity_j_k / loss * math.log(gap / left)

    def advance(self, seconds: float, filament_mm: float = 0.0) -> float:
        """Let time pass and return the joules drawn; the heater then holds its target or nears it."""
        if seconds <= 0.0:
            return 0.0
        flow_mm_s = filament_mm / seconds
        ramp_s = min(self.seconds_to_target(flow_mm_s), seconds)
        ramp_w = self.heater.power_w if self.now_c < self.target_c else 0.0
        before_c = self.now_c
        self.now_c = self.target_c if ramp_s < seconds else self._after(ramp_s, ramp_w, flow_mm_s)
        hold_j = self.holding_w(flow_mm_s) * (seconds - ramp_s)
        rise_k = self.now_c - before_c if ramp_w else 0.0
        self._account(ramp_w * ramp_s + hold_j - self.heater.capacity_j_k * rise_k, rise_k, flow_mm_s)
        return ramp_w * ramp_s + hold_j

    def _account(self, lost_j: float, rise_k: float, flow_mm_s: float) -> None:
        above_ks = lost_j / self.loss_w_k(flow_mm_s)
        self.rise_k += rise_k
        self.loss_ks += above_ks
        self.fan_loss_ks += self.fan * above_ks
        self.flow_kmm += flow_mm_s * above_ks

    def holding_w(self, flow_mm_s: float = 0.0) -> float:
        """Return the mean power that keeps the target."""
        wished_w = self.loss_w_k(flow_mm_s) * (self.target_c - self.ambient_c)
        return min(max(wished_w, 0.0), self.heater.power_w)

    def drawn_w(self) -> float:
        """Return the power drawn at this moment."""
        return self.heater.power_w if self.now_c < self.target_c else self.holding_w()

    def _after(self, seconds: float, power_w: float, flow_mm_s: float) -> float:
        loss = self.loss_w_k(flow_mm_s)
        settles_c = self.ambient_c + power_w / loss
        return settles_c + (self.now_c - settles_c) * math.exp(-loss * seconds / self.heater.capacity_j_k)
