"""A virtual printer that is not what the model believes, lived through a program."""

import random
from dataclasses import dataclass, field

import numpy as np

from drivers.gcode import Program
from drivers.marlin import events as ev
from drivers.marlin.sim_options import Profile
from jobs.energy.live import RESTING, Doing, Warmth, live_loads
from jobs.energy.refine import Window
from jobs.energy.supply import INVERTER, Supply
from tests.drivers.marlin.fault_bench import FaultBench

WINDOW_S = 10.0
BASE_W = 10.0
READING_W = 1.5


@dataclass
class VirtualPrint:
    """Runs a program on the virtual board in its own time and notes what the battery gives.

    Attributes:
        windows: What the bike saw: noisy watts, and the loads told by reported temperatures.
        machine_wh: What really left the battery for this machine up to the end of each window.
    """

    program: Program
    doing: Doing
    seed: int
    windows: list[Window] = field(default_factory=list)
    machine_wh: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)  # noqa: S311 - a seeded world, no secret
        self.bench = FaultBench(profile=Profile(), baud_bps=250_000).ready()
        self.supply = Supply(
            INVERTER.idle_w * self._off(), INVERTER.gain * self._off(0.1), INVERTER.efficiency
        )
        self._motors = self._off()
        for heater in (self.bench.board.body.hotend, self.bench.board.body.bed):
            heater.loss_w_k *= self._off()
            heater._capacity_j_k *= self._off()
            heater.power_w *= self._off(0.1)

    def live(self) -> "VirtualPrint":
        """Run the program to its end."""
        self.bench.run(self.program)
        used_wh, is_over = 0.0, False
        while not is_over:
            before, joules = self._temperatures(), 0.0
            for _ in range(int(WINDOW_S)):
                heard = len(self.bench.events)
                self.bench.live(1.0)
                joules += self.supply.battery_w(self._machine_w())
                is_over = is_over or any(isinstance(e, ev.Finished) for e in self.bench.events[heard:])
            used_wh += joules / 3600.0
            self.machine_wh.append(used_wh)
            self.windows.append(self._window(joules / WINDOW_S, before))
        return self

    def _window(self, machine_w: float, before: dict[str, float]) -> Window:
        body = self.bench.board.body
        warmth = {
            heater.name: Warmth(before[heater.name], round(heater.actual_c, 1), heater.target_c)
            for heater in (body.hotend, body.bed)
        }
        printing = body.waits_for is None and body.hotend.target_c > 0
        loads = live_loads(WINDOW_S, self.doing if printing else RESTING, warmth)
        seen_w = machine_w + BASE_W + self._dice.gauss(0, READING_W)
        return Window(WINDOW_S, seen_w, {"i3": loads})

    def _machine_w(self) -> float:
        body = self.bench.board.body
        motors_w = 0.0 if body.motion.planner.is_idle else 14.0
        return body.power_w + motors_w * (self._motors - 1.0)

    def _temperatures(self) -> dict[str, float]:
        body = self.bench.board.body
        return {heater.name: round(heater.actual_c, 1) for heater in (body.hotend, body.bed)}

    def _off(self, most: float = 0.2) -> float:
        """Draw how far a parameter is from what the model believes."""
        return float(np.clip(self._dice.uniform(1 - most, 1 + most), 0.5, 1.5))
