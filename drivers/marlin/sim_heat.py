"""Heaters of a simulated printer: a power, a heat capacity, a loss to the room."""

from typing import Final

STEP_S: Final = 0.25
PROPORTIONAL_BAND_K: Final = 10.0


class Heater:
    """One lumped body, steered by a proportional controller that knows its own loss."""

    def __init__(self, name: str, power_w: float, capacity_j_k: float, loss_w_k: float) -> None:
        self.name = name
        self.target_c = 0.0
        self.ambient_c = 20.0
        self.actual_c = self.ambient_c
        self.drawn_w = 0.0
        self._power_w = power_w
        self._capacity_j_k = capacity_j_k
        self._loss_w_k = loss_w_k

    @property
    def is_there(self) -> bool:
        """Warm enough for M109 and M190."""
        return self.actual_c >= self.target_c - 1.0

    @property
    def duty(self) -> int:
        """The controller's output as Marlin prints it, 0 to 127."""
        return round(127 * self.drawn_w / self._power_w)

    def advance(self, seconds: float) -> None:
        """Heat and cool for so long."""
        while seconds > 0:
            step_s = min(seconds, STEP_S)
            self.drawn_w = self._wanted_w()
            lost_w = self._loss_w_k * (self.actual_c - self.ambient_c)
            self.actual_c += (self.drawn_w - lost_w) * step_s / self._capacity_j_k
            seconds -= step_s

    def _wanted_w(self) -> float:
        if self.target_c <= 0:
            return 0.0
        error_w = self._power_w * (self.target_c - self.actual_c) / PROPORTIONAL_BAND_K
        holding_w = self._loss_w_k * (self.target_c - self.ambient_c)
        return min(self._power_w, max(0.0, error_w + holding_w))


def hotend() -> Heater:
    """The hotend of an i3. Source: Marlin's published values for MPC."""
    return Heater("hotend", 40.0, 16.7, 0.11)


def bed() -> Heater:
    """A bed of 220 mm. Source: matches its radiation and convection."""
    return Heater("bed", 220.0, 650.0, 1.05)
