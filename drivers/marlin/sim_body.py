"""The body of a simulated printer: heaters, axes, fan, and what its firmware reports by itself."""

from typing import Final

from drivers.marlin.sim_heat import Heater, bed, hotend
from drivers.marlin.sim_motion import Motion
from drivers.simulator import BlackBox

ELECTRONICS_W: Final = 6.0
MOTORS_W: Final = 14.0
FAN_W: Final = 2.5
COLD_C: Final = 170.0


class Body:
    """What the board's commands act on."""

    def __init__(self, blackbox: BlackBox, *, has_emergency_parser: bool) -> None:
        self.blackbox = blackbox
        self.has_emergency_parser = has_emergency_parser
        self.hotend = hotend()
        self.bed = bed()
        self._lived_s = 0.0
        self._start()

    def _start(self) -> None:
        self.motion = Motion()
        self.fan = 0.0
        self.is_killed = False
        self.is_patient = True
        self.waits_for: Heater | None = None
        self.report_every_s = 0.0
        self.commanded_s = 0.0
        self.most_idle_s = 0.0
        self._next_report_s = 0.0

    @property
    def power_w(self) -> float:
        """Electrical DC power drawn now."""
        motors_w = MOTORS_W if self.motion.is_moving(self._lived_s) else 0.0
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
        self.motion.drop(now_s)

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
        """Heat and cool up to now."""
        seconds, self._lived_s = now_s - self._lived_s, now_s
        self.hotend.advance(seconds)
        self.bed.advance(seconds)

    def temperatures(self) -> str:
        """The text of M105."""
        hot, flat = self.hotend, self.bed
        return (
            f" T:{hot.actual_c:.2f} /{hot.target_c:.2f} B:{flat.actual_c:.2f} /{flat.target_c:.2f}"
            f" @:{hot.duty} B@:{flat.duty}"
        )

    def report(self, now_s: float) -> str:
        """What the firmware tells unasked: each second while M109 waits, else as M155 says."""
        every_s = 1.0 if self.waits_for else self.report_every_s
        if not every_s or now_s < self._next_report_s:
            return ""
        self._next_report_s = now_s + every_s
        return self.temperatures() + (" W:?\n" if self.waits_for else "\n")

    def wants_to_die(self, now_s: float) -> str:
        """M85: too long without a command while nothing moves or waits."""
        if self.waits_for or self.motion.is_moving(now_s):
            self.commanded_s = now_s
        if self.most_idle_s and now_s - self.commanded_s > self.most_idle_s:
            return "KILL caused by too much inactive time - current command: "
        return ""
