"""The energy model of a machine, stepped over its stretches of moves between its commands."""

import math
from dataclasses import dataclass, replace
from typing import Final, assert_never

import numpy as np

from jobs.arrays import FloatArray
from jobs.energy.loads import COUNT, Load
from jobs.energy.thermal import HeaterState
from jobs.errors import ProgramRefusedError, Sentence
from jobs.machines import MachineProfile, MillProfile, PrinterProfile

HOMING_S: Final = {"X": 3.5, "Y": 3.5, "Z": 8.0}
"""Time to home each axis (assumed: half the way at 50 and 4 mm/s as Marlin has it, and a bump)."""

FULL_FAN: Final = 255.0
"""What `M106` alone means, and the top of its scale."""


@dataclass(frozen=True, slots=True)
class Command:
    """A line that changes what a machine draws, or makes it wait; letters are 0 when absent.

    `axes` names the axes of a G28, none for all of them.
    """

    line: int
    word: str
    s: float = 0.0
    p: float = 0.0
    r: float = 0.0
    axes: str = ""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The moves between two commands: seconds, filament fed, and whether anything moves at all."""

    seconds: float
    filament_mm: float
    moves: bool


@dataclass(frozen=True, slots=True)
class Use:
    """Seconds and joules at the machine so far, and the largest draw in watts.

    `waited_s` is the part of the seconds in which the machine waits for heat or homes.
    """

    seconds: float = 0.0
    joules: float = 0.0
    peak_w: float = 0.0
    waited_s: float = 0.0


class PrinterMeter:
    """Watches a printer through a program and adds up what it draws."""

    def __init__(self, profile: PrinterProfile, ambient_c: float) -> None:
        self.profile = profile
        self.hotend = HeaterState.hotend(profile.hotend, ambient_c)
        self.bed = HeaterState.bed(profile.bed, ambient_c)
        self.motors = False
        self.use = Use()
        self._motors_s = 0.0
        self._fan_s = 0.0

    def pass_time(self, stretch: Stretch) -> None:
        """Let a stretch of moves or of waiting pass."""
        self.motors = self.motors or stretch.moves
        steady_w = self.profile.electronics_w + self.profile.fan_w * self.hotend.fan
        steady_w += self.profile.motors_w if self.motors else 0.0
        peak_w = max(self.use.peak_w, steady_w + self.hotend.drawn_w() + self.bed.drawn_w())
        heat_j = self.hotend.advance(stretch.seconds, stretch.filament_mm) + self.bed.advance(stretch.seconds)
        self.use = Use(
            self.use.seconds + stretch.seconds,
            self.use.joules + steady_w * stretch.seconds + heat_j,
            peak_w,
            self.use.waited_s,
        )
        self._motors_s += stretch.seconds if self.motors else 0.0
        self._fan_s += self.hotend.fan * stretch.seconds

    @property
    def loads(self) -> FloatArray:
        """What the joules so far were made of."""
        found = np.zeros(COUNT)
        hotend, bed = self.hotend, self.bed
        found[[Load.TIME, Load.MOTORS, Load.FAN]] = self.use.seconds, self._motors_s, self._fan_s
        found[[Load.HOTEND_RISE, Load.HOTEND_LOSS]] = hotend.rise_k, hotend.loss_ks
        found[[Load.HOTEND_FAN_LOSS, Load.HOTEND_FLOW]] = hotend.fan_loss_ks, hotend.flow_kmm
        found[[Load.BED_RISE, Load.BED_LOSS]] = bed.rise_k, bed.loss_ks
        return found

    def obey(self, command: Command) -> None:
        """Take one command; those that wait let their time pass."""
        match command.word:
            case "M104" | "M109":
                self._heat(self.hotend, command)
            case "M140" | "M190":
                self._heat(self.bed, command)
            case "M106":
                self.hotend.fan = min(max(command.s, 0.0), FULL_FAN) / FULL_FAN
            case "M107":
                self.hotend.fan = 0.0
            case "M18" | "M84":
                self.motors = False
            case "G28":
                seconds = sum(HOMING_S[axis] for axis in command.axes or HOMING_S)
                self._wait(Stretch(seconds, 0.0, moves=True))
            case "G4":
                self.pass_time(Stretch(max(command.s or command.p / 1000.0, 0.0), 0.0, moves=False))
            case _:
                pass

    def _heat(self, heater: HeaterState, command: Command) -> None:
        """Set a target; M109 and M190 wait, with S only while heating, with R also while cooling."""
        heater.target_c = command.s or command.r
        waits = command.word in {"M109", "M190"} and (heater.now_c < heater.target_c or command.r > 0)
        if not waits:
            return
        seconds = heater.seconds_to_target()
        if math.isinf(seconds):
            raise _unreachable(heater.target_c)
        self._wait(Stretch(seconds, 0.0, moves=False))

    def _wait(self, stretch: Stretch) -> None:
        self.pass_time(stretch)
        self.use = replace(self.use, waited_s=self.use.waited_s + stretch.seconds)


class MillMeter:
    """Watches a mill through a program and adds up what it draws, cutting excepted."""

    def __init__(self, profile: MillProfile) -> None:
        self.profile = profile
        self.spindle = False
        self.use = Use()
        self._spindle_s = 0.0

    def pass_time(self, stretch: Stretch) -> None:
        """Let a stretch of moves or of waiting pass; GRBL holds its motors as long as it is on."""
        watts = self.profile.electronics_w + self.profile.motors_w
        watts += self.profile.spindle_idle_w if self.spindle else 0.0
        self.use = Use(
            self.use.seconds + stretch.seconds,
            self.use.joules + watts * stretch.seconds,
            max(self.use.peak_w, watts),
        )
        self._spindle_s += stretch.seconds if self.spindle else 0.0

    @property
    def loads(self) -> FloatArray:
        """What the joules so far were made of."""
        found = np.zeros(COUNT)
        found[[Load.TIME, Load.MOTORS]] = self.use.seconds
        found[Load.SPINDLE] = self._spindle_s
        return found

    def obey(self, command: Command) -> None:
        """Take one command."""
        match command.word:
            case "M3" | "M4":
                self.spindle = True
            case "M5" | "M2":
                self.spindle = False
            case "G4":
                self.pass_time(Stretch(max(command.p, 0.0), 0.0, moves=False))
            case _:
                pass


def meter_for(profile: MachineProfile, ambient_c: float) -> PrinterMeter | MillMeter:
    """Return the model of this kind of machine, cold and at rest."""
    match profile:
        case PrinterProfile():
            return PrinterMeter(profile, ambient_c)
        case MillProfile():
            return MillMeter(profile)
        case _:
            assert_never(profile)


def _unreachable(target_c: float) -> ProgramRefusedError:
    return ProgramRefusedError(
        "unreachable_temperature",
        Sentence(
            f"Cette machine ne peut pas chauffer à {target_c:.0f} °C. Choisis un autre réglage.",
            f"This machine cannot heat to {target_c:.0f} °C. Choose another setting.",
        ),
    )
