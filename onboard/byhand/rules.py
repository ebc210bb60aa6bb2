"""What must hold before a machine does anything by hand: a halt, rest, a safe panel, power for heat."""

from typing import Final

from drivers.byhand import HandLimits
from drivers.errors import DriverError
from jobs.energy.supply import INVERTER
from jobs.errors import JobError, Sentence
from jobs.machines import MachineProfile, Preset, PrinterProfile
from onboard.bike import Bike
from onboard.byhand.handiwork import HOT_S
from onboard.byhand.words import NO_HALT, NO_MATERIAL, NOT_FREE, how_it_ended, refused
from onboard.energy.unknown_battery import unknown_battery
from onboard.plan.dispatcher import STOPPED
from onboard.plan.interlock import left_w
from onboard.plan.planning import budget_wh
from onboard.station import Station

AMBIENT_C: Final = 20.0


def refusal(bike: Bike, station: Station) -> Sentence | None:
    """Why nothing may be done by hand now, None when it may."""
    if bike.stopped:
        return Sentence(STOPPED.fr, STOPPED.en, "stopped")
    if bike.hold is not None and not bike.hold.ends_by_word:
        return Sentence(bike.hold.sentence.fr, bike.hold.sentence.en, bike.hold.code)
    if bike.halt is None or bike.halt_left_s <= 0:
        return NO_HALT
    if not station.free:
        return NOT_FREE
    unsafe = bike.panel.refusal(station.kind)
    return None if unsafe is None else Sentence(unsafe.fr, unsafe.en, "panel")


def check(bike: Bike, station: Station) -> None:
    """Refuse what may not be done by hand now.

    Raises:
        JobError: why.
    """
    if (sentence := refusal(bike, station)) is not None:
        raise refused(sentence)


def check_heat(bike: Bike, station: Station, preset: Preset) -> None:
    """Refuse heat for which there are no watts, or no energy until it goes off by itself.

    Raises:
        JobError: why.
    """
    if not isinstance(station.profile, PrinterProfile):
        return
    needs_w = (
        INVERTER.gain * (station.profile.hotend.power_w + station.profile.bed.power_w) / INVERTER.efficiency
    )
    available_w = left_w(bike, station)
    if needs_w > available_w:
        raise JobError("power", _watts(needs_w, available_w))
    stored_wh = budget_wh(bike)
    if stored_wh is None:
        raise JobError("battery", unknown_battery(bike.power.report().quality))
    if (needs_wh := heat_wh(station.profile, preset)) > stored_wh:
        raise JobError("energy", _energy(needs_wh, stored_wh))


def budget_is_spent(bike: Bike) -> bool:
    """Whether the battery has nothing left for heat that nobody uses, or does not tell."""
    stored_wh = budget_wh(bike) if bike.halt is not None else 0.0
    return stored_wh is None or stored_wh <= 0.0


def heat_wh(profile: PrinterProfile, preset: Preset) -> float:
    """What a preheat takes from the battery if nobody ends it: both bodies warm, then held."""
    pairs = ((profile.hotend, preset.hotend_c), (profile.bed, preset.bed_c))
    joule = sum((h.capacity_j_k + h.loss_w_k * HOT_S) * (target_c - AMBIENT_C) for h, target_c in pairs)
    return INVERTER.battery_wh(joule, 0.0)


def preset_of(station: Station, material: str) -> Preset:
    """Return what a person preheats for.

    Raises:
        JobError: the printer's profile does not know this material.
    """
    presets = station.profile.presets if isinstance(station.profile, PrinterProfile) else ()
    for preset in presets:
        if preset.material == material:
            return preset
    raise refused(NO_MATERIAL)


def limits_of(profile: MachineProfile) -> HandLimits:
    """What a driver may do by hand with a machine of this kind."""
    if isinstance(profile, PrinterProfile):
        return HandLimits(profile.bed_mm, profile.hotend.max_c, profile.bed.max_c, profile.min_extrude_c)
    return HandLimits(profile.bed_mm)


def told(error: DriverError) -> JobError:
    """A driver's refusal in words for people."""
    return refused(how_it_ended(error))


def _watts(needs_w: float, available_w: float) -> Sentence:
    needs, left = round(needs_w), max(0, int(available_w))
    return Sentence(
        f"Trop de puissance à la fois : chauffer prend {needs} W, il en reste {left}.",
        f"Too much power at once: heating takes {needs} W, {left} are left.",
    )


def _energy(needs_wh: float, stored_wh: float) -> Sentence:
    needs, left = round(needs_wh), max(0, int(stored_wh))
    return Sentence(
        f"Pas assez de batterie pour chauffer : il faut jusqu'à {needs} Wh, il en reste {left}.",
        f"Not enough battery to heat: it may take {needs} Wh, {left} are left.",
    )
