"""The body of a simulated printer: heaters, axes, fan, and what its firmware reports by itself."""

import math
from typing import Final

from drivers.marlin.sim_faults import Lie
from drivers.marlin.sim_guard import BED, HOTEND, Guard
from drivers.marlin.sim_heat import Heater, bed, hotend
from drivers.marlin.sim_motion import Motion
from drivers.marlin.sim_options import Profile
from drivers.marlin.sim_planner import Planner
from drivers.simulator import BlackBox

ELECTRONICS_W: Final = 6.0
MOTORS_W: Final = 14.0
FAN_W: Final = 2.5
COLD_C: Final = 170.0
BUSY_EVERY_S: Final = 2.0
WAITING_REPORT_S: Final = 1.0
FALLING_K_S: Final = 1.5


class Body:
    """What the board's commands act on."""

    def __init__(self, blackbox: BlackBox, profile: Profile) -> None:
        self.blackbox = blackbox
        self.profile = profile
        self.hotend = hotend(profile.control)
        self.bed = bed(profile.control)
        self.lie: Lie | None = None
        self._lie_began_s = 0.0
        self._lie_began_c = (0.0, 0.0)
        self._lived_s = 0.0
        self.host_slowness = 1.0
        self._start()

    def _start(self) -> None:
        self.motion = Motion(
            Planner(self.profile.acceleration_mm_s2, self._starved), is_instant=self.profile.is_instant
        )
        self.fan = 0.0
        self.is_killed = False
        self.is_patient = True
        self.waits_for: Heater | None = None
        self.waits_for_user = False
        self.report_every_s = 0.0
        self.busy_every_s = BUSY_EVERY_S
        self.commanded_s = 0.0
        self.most_idle_s = 0.0
        self._next_report_s = 0.0
        self._guards = (Guard(self.hotend, HOTEND), Guard(self.bed, BED))

    @property
    def power_w(self) -> float:
        """Electrical DC power drawn now."""
        motors_w = 0.0 if self.motion.planner.is_idle else MOTORS_W
        return ELECTRONICS_W + motors_w + FAN_W * self.fan + self.hotend.drawn_w + self.bed.drawn_w

    def reset(self, now_s: float) -> None:
        """Start again: heat off, axes unknown."""
        self.heat_off(now_s)
        self._start()
        self.commanded_s = now_s

    def kill(self, now_s: float) -> None:
        """Turn everything off until somebody resets the board."""
        self.is_killed = True
        self.heat_off(now_s)
        self.fan = 0.0
        self.motion.planner.drop(now_s)

    def heat_off(self, now_s: float) -> None:
        """Both heaters."""
        for heater in (self.hotend, self.bed):
            self.set_target(heater, 0.0, now_s)

    def set_target(self, heater: Heater, target_c: float, now_s: float) -> None:
        """Steer one heater and write it down."""
        if heater.target_c != target_c:
            heater.target_c = target_c
            self.blackbox.record(now_s, "heater", name=heater.name, target=target_c)

    def advance(self, now_s: float) -> None:
        """Move, heat and cool up to now."""
        seconds, self._lived_s = now_s - self._lived_s, now_s
        self.motion.planner.advance(now_s)
        self.hotend.advance(seconds)
        self.bed.advance(seconds)

    def begin_to_lie(self, lie: Lie | None, now_s: float) -> None:
        """Tell the host something else than the truth; the firmware itself still knows it."""
        self.lie = lie
        self._lie_began_s = now_s
        self._lie_began_c = (self.hotend.actual_c, self.bed.actual_c)

    def temperatures(self) -> str:
        """The text of M105."""
        hot, flat = self.hotend, self.bed
        hot_c, flat_c = self._told(hot.actual_c, 0), self._told(flat.actual_c, 1)
        return f" T:{hot_c} /{hot.target_c:.2f} B:{flat_c} /{flat.target_c:.2f} @:{hot.duty} B@:{flat.duty}"

    def _told(self, actual_c: float, index: int) -> str:
        match self.lie:
            case None:
                return f"{actual_c:.2f}"
            case Lie.FALLING:
                fallen_k = FALLING_K_S * (self._lived_s - self._lie_began_s)
                return f"{max(20.0, self._lie_began_c[index] - fallen_k):.2f}"
            case Lie.FLAT:
                return f"{self._lie_began_c[index]:.2f}"
            case Lie.NAN:
                return "nan"
            case Lie.HOT | Lie.FROST:
                return f"{float(self.lie):.2f}"

    @property
    def next_report_s(self) -> float:
        """When the firmware tells its temperatures again, unasked."""
        return self._next_report_s if self._report_every_s else math.inf

    @property
    def _report_every_s(self) -> float:
        return WAITING_REPORT_S if self.waits_for else self.report_every_s

    def report(self, now_s: float) -> str:
        """What the firmware tells unasked: each second while M109 waits, else as M155 says."""
        if now_s < self.next_report_s:
            return ""
        self._next_report_s = now_s + self._report_every_s
        return self.temperatures() + (" W:?\n" if self.waits_for else "\n")

    def wants_to_die(self, now_s: float) -> str:
        """Why the firmware gives up: a heater that does not obey, or M85, too long without a command."""
        if self.profile.has_thermal_protection:
            for guard in self._guards:
                if reason := guard.check(now_s):
                    return reason
        if self.waits_for or self.waits_for_user or not self.motion.planner.is_idle:
            self.commanded_s = now_s
        if self.most_idle_s and now_s - self.commanded_s > self.most_idle_s * self.host_slowness:
            return "KILL caused by too much inactive time - current command: "
        return ""

    def _starved(self, at_s: float, seconds: float) -> None:
        self.blackbox.record(at_s, "starved", seconds=round(seconds, 6))
