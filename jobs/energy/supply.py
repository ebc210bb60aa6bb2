"""What the battery gives for each watt a machine draws."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Supply:
    """The way from the battery to a machine: P_batt = idle + gain · P_dc / efficiency."""

    idle_w: float
    gain: float
    efficiency: float

    def battery_w(self, machine_w: float) -> float:
        """Return the watts at the battery for watts at the machine."""
        return self.idle_w + self.gain * machine_w / self.efficiency

    def battery_wh(self, machine_j: float, seconds: float) -> float:
        """Return the watt-hours at the battery for joules at the machine drawn over a time."""
        return (self.idle_w * seconds + self.gain * machine_j / self.efficiency) / 3600.0


INVERTER: Final = Supply(idle_w=9.0, gain=1.08, efficiency=0.87)
"""Battery, 230 V inverter, the machine's own power supply (assumed: typical data sheet figures)."""

DIRECT: Final = Supply(idle_w=0.0, gain=1.0, efficiency=0.93)
"""Battery and one DC converter."""
