"""Heaters of a simulated printer: a power, a heat capacity, a loss to the room, a firmware that steers."""

from typing import Final, Protocol

from drivers.marlin.sim_options import Control

STEP_S: Final = 0.25
PROPORTIONAL_BAND_K: Final = 10.0
PID_RANGE_K: Final = 10.0
PID_FULL: Final = 255.0


class Regulator(Protocol):
    """What decides how much power a heater gets."""

    def wanted_w(self, heater: "Heater", step_s: float) -> float:
        """Power for the next step, before the heater's own limit."""


class Mpc:
    """Knows the heater's own loss and closes the rest of the gap in proportion."""

    def wanted_w(self, heater: "Heater", step_s: float) -> float:  # noqa: ARG002 - a model needs no step
        """Power for the next step."""
        error_w = heater.power_w * (heater.target_c - heater.actual_c) / PROPORTIONAL_BAND_K
        return error_w + heater.loss_w_k * (heater.target_c - heater.ambient_c)


class Pid:
    """Marlin's PID: full power far below the target, none far above. Source: `DEFAULT_Kp`, `_Ki`, `_Kd`."""

    def __init__(self, proportional: float = 22.2, integral: float = 1.08, derivative: float = 114.0) -> None:
        self._gains = (proportional, integral, derivative)
        self._sum = 0.0
        self._before_c: float | None = None

    def wanted_w(self, heater: "Heater", step_s: float) -> float:
        """Power for the next step; the integral only grows while it can act."""
        error_k = heater.target_c - heater.actual_c
        before_c, self._before_c = self._before_c, heater.actual_c
        if abs(error_k) > PID_RANGE_K:
            self._sum = 0.0
            return heater.power_w if error_k > 0 else 0.0
        proportional, integral, derivative = self._gains
        slope_k_s = 0.0 if before_c is None else (heater.actual_c - before_c) / step_s
        self._sum = min(PID_FULL / integral, max(0.0, self._sum + error_k * step_s))
        output = proportional * error_k + integral * self._sum - derivative * slope_k_s
        return heater.power_w * output / PID_FULL


class Heater:
    """One lumped body; `is_dead` gets no power, `is_stuck` gets all of it, whatever the firmware wants."""

    def __init__(
        self,
        name: str,
        power_w: float,
        capacity_j_k: float,
        loss_w_k: float,
        regulator: Regulator | None = None,
    ) -> None:
        self.name = name
        self.power_w = power_w
        self.loss_w_k = loss_w_k
        self.target_c = 0.0
        self.ambient_c = 20.0
        self.actual_c = self.ambient_c
        self.drawn_w = 0.0
        self.is_dead = False
        self.is_stuck = False
        self._capacity_j_k = capacity_j_k
        self._regulator = regulator or Mpc()

    @property
    def is_there(self) -> bool:
        """Warm enough for M109 and M190."""
        return self.actual_c >= self.target_c - 1.0

    @property
    def duty(self) -> int:
        """The controller's output as Marlin prints it, 0 to 127."""
        return round(127 * self.drawn_w / self.power_w)

    def advance(self, seconds: float) -> None:
        """Heat and cool for so long."""
        while seconds > 0:
            step_s = min(seconds, STEP_S)
            self.drawn_w = self._given_w(step_s)
            lost_w = self.loss_w_k * (self.actual_c - self.ambient_c)
            self.actual_c += (self.drawn_w - lost_w) * step_s / self._capacity_j_k
            seconds -= step_s

    def _given_w(self, step_s: float) -> float:
        if self.is_stuck:
            return self.power_w
        if self.is_dead or self.target_c <= 0:
            return 0.0
        return min(self.power_w, max(0.0, self._regulator.wanted_w(self, step_s)))


def hotend(control: Control = Control.MPC) -> Heater:
    """The hotend of an i3. Source: Marlin's published values for MPC."""
    return Heater("hotend", 40.0, 16.7, 0.11, _regulator(control))


def bed(control: Control = Control.MPC) -> Heater:
    """A bed of 220 mm. Source: matches its radiation and convection."""
    return Heater("bed", 220.0, 650.0, 1.05, _regulator(control))


def _regulator(control: Control) -> Regulator:
    return Pid() if control is Control.PID else Mpc()
