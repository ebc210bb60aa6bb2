"""What kind of board is simulated, and how its traits and faults are written in words."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from drivers.marlin.sim_faults import RATES, Faults, Incident, Mishap


class Dialect(StrEnum):
    """Marlin 2.1 passes over a repeated line and obeys a checksum without a number; 1.1 refuses both."""

    V2_1 = "2.1"
    V1_1 = "1.1"


class Control(StrEnum):
    """How the firmware steers its heaters."""

    MPC = "mpc"
    PID = "pid"


@dataclass(frozen=True, slots=True)
class Profile:
    """One board; `is_instant` lets its moves take no time, for benches of the wire alone."""

    dialect: Dialect = Dialect.V2_1
    control: Control = Control.MPC
    boot_s: float = 1.0
    acceleration_mm_s2: float = 1000.0
    is_instant: bool = False
    has_advanced_ok: bool = False
    resets_on_open: bool = True
    has_emergency_parser: bool = True
    has_thermal_protection: bool = True
    reports_by_itself: bool = True
    adds_ok_to_resend: bool = True
    has_probe: bool = False


_FLAGS: Final[dict[str, Callable[[Profile], Profile]]] = {
    "instant": lambda profile: replace(profile, is_instant=True),
    "advanced-ok": lambda profile: replace(profile, has_advanced_ok=True),
    "no-reset": lambda profile: replace(profile, resets_on_open=False),
    "no-emergency-parser": lambda profile: replace(profile, has_emergency_parser=False),
    "no-thermal-protection": lambda profile: replace(profile, has_thermal_protection=False),
    "no-ok-after-resend": lambda profile: replace(profile, adds_ok_to_resend=False),
    "probe": lambda profile: replace(profile, has_probe=True),
    "no-autoreport": lambda profile: replace(profile, reports_by_itself=False),
}


def parse_profile(traits: Iterable[str]) -> Profile:
    """Read traits such as `dialect=1.1`, `control=pid`, `boot=3`, `acceleration=3000` or a flag by name.

    Raises:
        ValueError: there is no such trait, or its value makes no sense.
    """
    profile = Profile()
    for trait in traits:
        profile = _with(profile, trait)
    return profile


def _with(profile: Profile, trait: str) -> Profile:
    name, _, value = trait.partition("=")
    match name:
        case "dialect":
            return replace(profile, dialect=Dialect(value))
        case "control":
            return replace(profile, control=Control(value))
        case "boot":
            return replace(profile, boot_s=float(value))
        case "acceleration":
            return replace(profile, acceleration_mm_s2=float(value))
        case _ if not value and name in _FLAGS:
            return _FLAGS[name](profile)
        case _:
            known = ["dialect=", "control=", "boot=", "acceleration=", *_FLAGS]
            raise ValueError(f"{trait!r} is no trait of a printer's board: choose from {', '.join(known)}.")


def parse_faults(seed: int, faults: Iterable[str]) -> Faults:
    """Read faults such as `corrupt-in=0.01`, a chance, or `reset@200`, once 200 moves are executed.

    A value stands before the `@`: `unplug=2@200` puts the cable back after two seconds.

    Raises:
        ValueError: there is no such fault, or its value makes no sense.
    """
    found = Faults(seed=seed)
    for fault in faults:
        what, _, line = fault.partition("@")
        name, _, value = what.partition("=")
        if name in RATES:
            setattr(found, RATES[name], _chance(value))
        elif name in set(Incident):
            found.plan(Mishap(Incident(name), value), int(line or 0))
        else:
            known = ", ".join([*RATES, *Incident])
            raise ValueError(f"{fault!r} is no fault of a printer: choose from {known}.")
    return found


def _chance(value: str) -> float:
    chance = float(value)
    if not 0 <= chance <= 1:
        raise ValueError(f"{value} is no chance: it lies from 0 to 1.")
    return chance
