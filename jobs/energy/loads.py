"""What a machine's energy is made of: amounts that a program or some seconds bring, and their price."""

from enum import IntEnum
from typing import Final, assert_never

import numpy as np

from jobs.arrays import FloatArray
from jobs.energy.supply import Supply
from jobs.energy.thermal import FLOW_LOSS_J_K_MM
from jobs.machines import MachineProfile, MillProfile, PrinterProfile


class Load(IntEnum):
    """An amount whose joules are in proportion to it, by its place in a vector of amounts.

    Seconds for TIME, MOTORS, FAN (by its speed) and SPINDLE; kelvins for a RISE; kelvin-seconds above the
    room for a LOSS, by the fan's speed for FAN_LOSS; kelvin-millimetres of filament for FLOW; mm³ for CUT.
    """

    TIME = 0
    MOTORS = 1
    FAN = 2
    HOTEND_RISE = 3
    HOTEND_LOSS = 4
    HOTEND_FAN_LOSS = 5
    HOTEND_FLOW = 6
    BED_RISE = 7
    BED_LOSS = 8
    SPINDLE = 9
    CUT = 10


COUNT: Final = len(Load)


def prices(profile: MachineProfile) -> FloatArray:
    """Return the joules at the machine for one of each load."""
    price = np.zeros(COUNT)
    price[[Load.TIME, Load.MOTORS]] = profile.electronics_w, profile.motors_w
    match profile:
        case PrinterProfile():
            hotend, bed = profile.hotend, profile.bed
            price[Load.FAN] = profile.fan_w
            price[[Load.HOTEND_RISE, Load.HOTEND_LOSS]] = hotend.capacity_j_k, hotend.loss_w_k
            price[[Load.HOTEND_FAN_LOSS, Load.HOTEND_FLOW]] = hotend.fan_loss_w_k, FLOW_LOSS_J_K_MM
            price[[Load.BED_RISE, Load.BED_LOSS]] = bed.capacity_j_k, bed.loss_w_k
        case MillProfile():
            price[[Load.SPINDLE, Load.CUT]] = profile.spindle_idle_w, profile.cut_j_mm3
        case _:
            assert_never(profile)
    return price


def battery_prices(profile: MachineProfile, supply: Supply) -> FloatArray:
    """Return the joules at the battery for one of each load; what the supply itself takes counts by time."""
    price = prices(profile) * supply.gain / supply.efficiency
    price[Load.TIME] += supply.idle_w
    return price
