"""What each kind of machine can do: its room, limits, motion and energy figures."""

from dataclasses import dataclass
from typing import Final

from drivers.types import DeviceKind


@dataclass(frozen=True, slots=True)
class Motion:
    """Speed limits per axis (mm/s), acceleration (mm/s²) and the rule for corners.

    `jerk_mm_s` holds Marlin's classic jerk per axis (X, Y, Z, E); `junction_deviation_mm` is GRBL's `$11` and
    is used when `jerk_mm_s` is None.
    """

    max_mm_s: tuple[float, float, float, float]
    axis_accel_mm_s2: tuple[float, float, float, float]
    accel_mm_s2: float
    travel_accel_mm_s2: float
    retract_accel_mm_s2: float
    jerk_mm_s: tuple[float, float, float, float] | None
    junction_deviation_mm: float = 0.01


@dataclass(frozen=True, slots=True)
class Heater:
    """A heater: electrical watts, J/K, W/K, and the extra W/K with the fan on.

    Source: the published MPC values of Marlin for the hotend; radiation and convection for the bed.
    """

    power_w: float
    capacity_j_k: float
    loss_w_k: float
    fan_loss_w_k: float = 0.0
    max_c: float = 0.0


@dataclass(frozen=True, slots=True)
class Preset:
    """What a person preheats for: a material's usual temperatures."""

    material: str
    hotend_c: int
    bed_c: int


@dataclass(frozen=True, slots=True)
class PrinterProfile:
    """A Marlin printer: the room in millimetres, limits of the gate and energy figures."""

    name: str
    bed_mm: tuple[float, float, float]
    motion: Motion
    hotend: Heater
    bed: Heater
    nozzle_mm: float
    filament_mm: float
    filament_g_cm3: float
    electronics_w: float
    motors_w: float
    fan_w: float
    min_extrude_c: float
    max_flow_mm3_s: float
    presets: tuple[Preset, ...]

    kind: DeviceKind = DeviceKind.PRINTER


@dataclass(frozen=True, slots=True)
class MillProfile:
    """A GRBL mill: the room, the tool in the spindle, limits of the gate and energy figures.

    Work coordinates: X and Y from 0 to `bed_mm`, Z from `-bed_mm[2]` (deepest) to `safe_z_mm` and above.
    """

    name: str
    bed_mm: tuple[float, float, float]
    motion: Motion
    tool_mm: float
    spindle_rpm: int
    safe_z_mm: float
    max_feed_mm_min: float
    max_plunge_mm_min: float
    electronics_w: float
    motors_w: float
    spindle_idle_w: float
    cut_j_mm3: float

    kind: DeviceKind = DeviceKind.MILL


MachineProfile = PrinterProfile | MillProfile

I3: Final = PrinterProfile(
    name="i3",
    bed_mm=(220.0, 220.0, 250.0),
    motion=Motion(
        max_mm_s=(200.0, 200.0, 12.0, 120.0),
        axis_accel_mm_s2=(1000.0, 1000.0, 200.0, 5000.0),
        accel_mm_s2=1000.0,
        travel_accel_mm_s2=1000.0,
        retract_accel_mm_s2=1250.0,
        jerk_mm_s=(8.0, 8.0, 0.4, 4.5),
    ),
    hotend=Heater(power_w=40.0, capacity_j_k=16.7, loss_w_k=0.11, fan_loss_w_k=0.03, max_c=240.0),
    bed=Heater(power_w=220.0, capacity_j_k=650.0, loss_w_k=1.05, max_c=80.0),
    nozzle_mm=0.4,
    filament_mm=1.75,
    filament_g_cm3=1.24,
    electronics_w=6.0,
    motors_w=14.0,
    fan_w=2.5,
    min_extrude_c=170.0,
    max_flow_mm3_s=15.0,
    # PLA as the slicer's profile has it; the others as makers of filament print them on the spool (assumed).
    presets=(Preset("PLA", 210, 60), Preset("PETG", 235, 75), Preset("TPU", 220, 50)),
)

MILL: Final = MillProfile(
    name="mill",
    bed_mm=(280.0, 170.0, 40.0),
    motion=Motion(
        max_mm_s=(33.3, 33.3, 16.6, 0.0),
        axis_accel_mm_s2=(30.0, 30.0, 30.0, 0.0),
        accel_mm_s2=30.0,
        travel_accel_mm_s2=30.0,
        retract_accel_mm_s2=30.0,
        jerk_mm_s=None,
        junction_deviation_mm=0.01,
    ),
    tool_mm=3.175,
    spindle_rpm=10_000,
    safe_z_mm=3.0,
    max_feed_mm_min=1500.0,
    max_plunge_mm_min=300.0,
    electronics_w=4.0,
    motors_w=18.0,
    spindle_idle_w=22.0,
    cut_j_mm3=0.25,
)

PROFILES: Final[dict[str, MachineProfile]] = {profile.name: profile for profile in (I3, MILL)}
