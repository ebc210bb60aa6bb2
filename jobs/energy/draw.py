"""What a machine draws from the battery now, and the most it may draw, for the interlock of a start."""

from collections.abc import Mapping
from typing import Final, assert_never

from drivers.types import Temperature
from jobs.energy.supply import INVERTER, Supply
from jobs.energy.thermal import HeaterState
from jobs.machines import Heater, MachineProfile, MillProfile, PrinterProfile

NEAR_C: Final = 3.0
"""A heater so close to its target only holds it."""
AMBIENT_C: Final = 20.0


def drawn_w(
    profile: MachineProfile,
    temperatures: Mapping[str, Temperature],
    *,
    moves: bool,
    turns: bool,
    supply: Supply = INVERTER,
) -> float:
    """Return the watts at the battery by what a machine tells of itself.

    A heater below its target counts with all its power, one that holds it with its mean.
    """
    watts = profile.electronics_w + (profile.motors_w if moves else 0.0)
    match profile:
        case PrinterProfile():
            watts += profile.fan_w if moves else 0.0
            watts += _heater_w(profile.hotend, temperatures.get("hotend"))
            watts += _heater_w(profile.bed, temperatures.get("bed"))
        case MillProfile():
            watts += profile.spindle_idle_w if turns else 0.0
        case _:
            assert_never(profile)
    return supply.battery_w(watts)


def most_w(profile: MachineProfile, supply: Supply = INVERTER) -> float:
    """Return the watts at the battery with everything on at once."""
    watts = profile.electronics_w + profile.motors_w
    match profile:
        case PrinterProfile():
            watts += profile.fan_w + profile.hotend.power_w + profile.bed.power_w
        case MillProfile():
            watts += profile.spindle_idle_w
        case _:
            assert_never(profile)
    return supply.battery_w(watts)


def bed_hold_w(
    profile: PrinterProfile, temperatures: Mapping[str, Temperature], supply: Supply = INVERTER
) -> float:
    """Return the watts at the battery that a bed costs which is only kept warm."""
    bed = temperatures.get("bed")
    if bed is None or bed.target_c <= 0:
        return 0.0
    watts = HeaterState(profile.bed, AMBIENT_C, bed.target_c, target_c=bed.target_c).holding_w()
    return supply.gain * watts / supply.efficiency


def _heater_w(heater: Heater, reading: Temperature | None) -> float:
    if reading is None or reading.target_c <= 0:
        return 0.0
    if not reading.actual_c >= reading.target_c - NEAR_C:
        return heater.power_w
    return HeaterState(heater, AMBIENT_C, reading.target_c, target_c=reading.target_c).holding_w()
