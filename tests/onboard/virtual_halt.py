"""A halt lived through by virtual machines that drain a virtual pack, in their own time."""

import random
from collections import deque
from dataclasses import dataclass
from math import ceil
from typing import Final

from drivers.battery.chemistry import LI_ION, LIFEPO4, Ageing
from drivers.battery.sim import INVERTER, Build, VirtualPack
from drivers.gcode import Program
from drivers.grbl.sim import VirtualGrbl
from drivers.marlin.sim import VirtualMarlin
from drivers.simulator import BlackBox, Simulator
from drivers.types import DeviceKind
from jobs.energy.budget import halt_budget_wh
from jobs.energy.supply import INVERTER as SUPPLY
from jobs.estimate.cost import estimate
from jobs.machines import I3, MILL, MachineProfile
from jobs.planner.instance import Instance, PlanDevice, PlanJob, PlannedStart
from jobs.planner.plan import plan
from jobs.types import Estimate

STEP_S: Final = 0.5
BOOT_S: Final = 10.0
"""The halt begins when the boards are up."""
END_MIN: Final = 180
CAPACITY_WH, RESERVE_WH, COMPUTER_W = 960.0, 240.0, 10.0
PROFILES: Final[dict[DeviceKind, MachineProfile]] = {DeviceKind.PRINTER: I3, DeviceKind.MILL: MILL}
HEAT: Final = ("M140 S60", "M104 S205", "G28", "M190 S60", "M109 S205", "M106 S128", "G90", "M83")
COOL: Final = ("M400", "M104 S0", "M140 S0", "M107", "M84")


@dataclass(frozen=True, slots=True)
class Order:
    """A job of the halt: its lines, what they are estimated to cost, and how the planner sees it."""

    lines: tuple[str, ...]
    cost: Estimate
    job: PlanJob


class Machine:
    """A virtual board and the host that gives it one line for each `ok`."""

    def __init__(self, kind: DeviceKind, chance: random.Random) -> None:
        box = BlackBox(keep=1)
        self.kind = kind
        self.order: Order | None = None
        self.begun_min = self.ready_min = 0
        self.warm_until_min = -1
        self.board: Simulator = VirtualMarlin(box) if kind is DeviceKind.PRINTER else VirtualGrbl(box)
        if isinstance(self.board, VirtualMarlin):
            for heater in (self.board.body.hotend, self.board.body.bed):
                heater.loss_w_k *= chance.uniform(0.9, 1.1)
                heater.power_w *= chance.uniform(0.95, 1.05)
        self._lines: deque[str] = deque()
        self.board.opened(0.0)

    def begin(self, order: Order, now_min: int) -> None:
        """Give the board its first line."""
        self.order, self.begun_min = order, now_min
        self._lines.extend(order.lines)
        self._send(BOOT_S + now_min * 60.0)

    def live(self, now_s: float) -> None:
        """Let the board live; the job is over when its last line is acknowledged."""
        for _ in range(self.board.advance(now_s).count(b"ok")):
            if self._lines:
                self._send(now_s)
            elif self.order is not None:
                self.order = None
                self.ready_min = ceil((now_s - BOOT_S) / 60) + 3
                self.warm_until_min = (
                    int((now_s - BOOT_S) / 60) + 8 if self.kind is DeviceKind.PRINTER else -1
                )

    def _send(self, now_s: float) -> None:
        self.board.receive(self._lines.popleft().encode() + b"\n", now_s)

    def left(self, now_min: int) -> tuple[int, float]:
        """Minutes and watt-hours that the job on it still takes by its estimate."""
        if self.order is None:
            return max(self.ready_min - now_min - 3, 0), 0.0
        cost, share = self.order.cost, (now_min - self.begun_min) * 60 / self.order.cost.duration_s
        rest = max(1.0 - share, 0.0)
        return max(ceil(cost.duration_s * rest / 60), 1), cost.energy_wh * rest


class VirtualHalt:
    """Three hours with a printer, a mill and a queue; the seed draws pack, machines and jobs."""

    def __init__(self, seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311 - a seeded world, no secret
        self.machines = {
            "prusa": Machine(DeviceKind.PRINTER, chance),
            "mill": Machine(DeviceKind.MILL, chance),
        }
        chemistry, ageing = (
            chance.choice([LIFEPO4, LI_ION]),
            Ageing(chance.uniform(0, 300), chance.uniform(0, 3)),
        )
        self.capacity_wh = CAPACITY_WH * ageing.capacity(chemistry)
        build = Build(chemistry, ageing, seed=seed)
        self.pack = VirtualPack(CAPACITY_WH, chance.uniform(45, 95), self._load_w, INVERTER, build=build)
        self.queue = {
            order.job.id: order for order in (_order(chance, n) for n in range(chance.randint(5, 20)))
        }
        self.costs = {name: order.cost for name, order in self.queue.items()}
        self.made: list[str] = []
        self.now_min = 0
        self._now_s = 0.0

    def rest(self) -> float:
        """Switch everything on and return what the resting bike draws."""
        self._live_until(BOOT_S)
        return self.pack.output_w

    def question(self) -> Instance:
        """What the planner is asked now."""
        left = {name: machine.left(self.now_min) for name, machine in self.machines.items()}
        budget_wh = halt_budget_wh(
            self.pack.soc_pct, self.capacity_wh, RESERVE_WH, COMPUTER_W, (END_MIN - self.now_min) * 60.0,
            sum(rest_wh for _, rest_wh in left.values()),
        )  # fmt: skip
        return Instance(
            END_MIN - self.now_min, round(budget_wh, 1), 600.0, 40.0, 30.0,
            tuple(self._device(name, left[name][0]) for name in self.machines),
            tuple(order.job for order in self.queue.values()),
        )  # fmt: skip

    def live(self) -> float:
        """Work through the plan to the end of the halt and return the charge that is left."""
        announced: tuple[PlannedStart, ...] = ()
        while self.now_min < END_MIN:
            if any(machine.order is None for machine in self.machines.values()):
                announced = self._start(announced)
            self.now_min += 1
            self._live_until(BOOT_S + self.now_min * 60.0)
        return self.pack.soc_pct

    def _start(self, announced: tuple[PlannedStart, ...]) -> tuple[PlannedStart, ...]:
        """Start what the plan puts now and the gate allows."""
        instance = self.question()
        starts = plan(instance, announced).starts
        left_wh = instance.budget_wh
        for start in (start for start in starts if start.start_min == 0):
            machine, order = self.machines[start.device], self.queue[start.job]
            is_free = machine.order is None and machine.ready_min <= self.now_min
            is_late = order.cost.duration_high_s / 60 > instance.end_min
            if is_free and not is_late and order.cost.energy_high_wh <= left_wh:
                machine.begin(self.queue.pop(start.job), self.now_min)
                self.made.append(start.job)
                left_wh -= order.cost.energy_high_wh
        return tuple(start for start in starts if start.start_min <= 5 and start.job in self.queue)

    def _device(self, name: str, busy_min: int) -> PlanDevice:
        machine = self.machines[name]
        costs = [cost for job, cost in self.costs.items() if job.startswith(machine.kind[0])]
        heat_min = max((ceil(cost.heat_s / 60) for cost in costs), default=0)
        heat_wh = max((cost.heat_wh for cost in costs), default=0.0)
        run_w = max((_run_w(cost) for cost in costs), default=0.0)
        warm_min = machine.warm_until_min - self.now_min if machine.order is None else -1
        return PlanDevice(
            name, machine.kind, max((cost.peak_w for cost in costs), default=0.0), run_w, heat_min, heat_min,
            heat_wh, 0.6 * heat_wh, 8 if heat_min else 0, 3, busy_min, max(warm_min, -1), 0,
        )  # fmt: skip

    def _load_w(self) -> float:
        return COMPUTER_W + sum(machine.board.power_w for machine in self.machines.values())

    def _live_until(self, end_s: float) -> None:
        while self._now_s < end_s:
            self._now_s += STEP_S
            for machine in self.machines.values():
                machine.live(self._now_s)
            self.pack.advance(self._now_s)


def _order(chance: random.Random, number: int) -> Order:
    kind = DeviceKind.PRINTER if chance.random() < 0.6 else DeviceKind.MILL
    minutes = min(chance.lognormvariate(2.9, 0.5), 50.0)
    lines = _printing(round(minutes * 20)) if kind is DeviceKind.PRINTER else _milling(round(minutes * 10))
    cost = estimate(Program.from_lines([line.encode() for line in lines]), PROFILES[kind], supply=SUPPLY)
    run_min = max(ceil((cost.duration_s - cost.heat_s) / 60), 1)
    job = PlanJob(f"{kind[0]}{number}", kind, run_min, cost.energy_wh - cost.heat_wh, f"s{number % 9}")
    return Order(lines, cost, job)


def _printing(moves: int) -> tuple[str, ...]:
    """Walls of 90 mm, 3 s each."""
    walls = (f"G1 X{100 + 90 * (n % 2)} E3 F1800" for n in range(moves))
    return (*HEAT, "G1 X100 Y100 Z0.3 F6000", *walls, *COOL)


def _milling(moves: int) -> tuple[str, ...]:
    """Grooves of 60 mm, 6 s each; the last dwell is acknowledged when all is cut."""
    grooves = (f"G1X{20 + 60 * (n % 2)}F600" for n in range(moves))
    return ("G21", "G90", "M3S10000", "G1X20Y20F1000", "G1Z-1F200", *grooves, "G1Z3F200", "M5", "G4P0.1")


def _run_w(cost: Estimate) -> float:
    return (cost.energy_wh - cost.heat_wh) * 3600 / max(cost.duration_s - cost.heat_s, 1.0)
