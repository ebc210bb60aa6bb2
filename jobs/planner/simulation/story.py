"""A halt as it will happen: who comes when with what, and how far each estimate is off."""

import math
import random
from dataclasses import dataclass
from typing import Final

from drivers.types import DeviceKind
from jobs.planner.instance import PlanDevice, PlanJob

SIGMA_TIME: Final = 0.20
SIGMA_ENERGY: Final = 0.15
"""Spread of the logarithm of what a job takes against its estimate. Source: design of the queue."""

POWER_CAP_W: Final = 600.0
EARLY: Final = 0.4
"""Share of participants who are there when the bike opens."""

CANCELS: Final = 0.06
PROMISED: Final = 0.06


@dataclass(frozen=True, slots=True)
class Work:
    """A job and its fate: minutes of arrival and of cancelling, and true over estimated time and energy.

    `waited_min` is how long it has waited already when it arrives, carried over from another halt.
    """

    job: PlanJob
    arrives_min: int
    cancels_min: int | None
    slower: float
    hungrier: float
    waited_min: int = 0


@dataclass(frozen=True, slots=True)
class Story:
    """One halt; `budget_wh` is what jobs may take beside base load and the ride home."""

    end_min: int
    budget_wh: float
    power_cap_w: float
    devices: tuple[PlanDevice, ...]
    works: tuple[Work, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """What a person may fix of a halt; None is drawn."""

    budget_wh: float | None = None
    hours: float | None = None
    participants: int | None = None
    printers: int | None = None


def invent(seed: int, setting: Setting) -> Story:
    """Invent a halt; the same seed and setting make the same one."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, no secret
    end_min = round((setting.hours or chance.choice([2.0, 2.5, 3.0, 3.5])) * 60)
    budget_wh = setting.budget_wh if setting.budget_wh is not None else float(chance.randrange(200, 620, 10))
    printers = setting.printers or chance.choice([1, 2, 2])
    people = setting.participants or chance.randint(10, 36)
    devices = (*(_printer(index) for index in range(printers)), _MILL)
    works = tuple(_work(chance, index, people, end_min) for index in range(people + people // 3))
    return Story(end_min, budget_wh, POWER_CAP_W, devices, works)


_MILL: Final = PlanDevice(
    id="mill",
    kind=DeviceKind.MILL,
    heat_w=0.0,
    run_w=90.0,
    heat_cold_min=0,
    heat_warm_min=0,
    heat_cold_wh=0.0,
    heat_warm_wh=0.0,
    warm_hold_min=0,
    changeover_min=5,
)


def _printer(index: int) -> PlanDevice:
    return PlanDevice(
        id=f"printer{index + 1}",
        kind=DeviceKind.PRINTER,
        heat_w=300.0,
        run_w=120.0,
        heat_cold_min=5,
        heat_warm_min=4,
        heat_cold_wh=16.0,
        heat_warm_wh=11.0,
        warm_hold_min=10,
        changeover_min=3,
    )


def _work(chance: random.Random, index: int, people: int, end_min: int) -> Work:
    """Everybody's first object, then second ones of some, who bring them later."""
    kind = DeviceKind.PRINTER if chance.random() < 0.7 else DeviceKind.MILL
    run_min = max(4, round(chance.lognormvariate(math.log(22), 0.5)))
    watts = chance.uniform(70, 115) if kind is DeviceKind.PRINTER else chance.uniform(40, 80)
    early = chance.random() < EARLY and index < people
    arrives_min = 0 if early else chance.randrange(max(1, round(0.75 * end_min)))
    job = PlanJob(
        id=f"j{index:03}",
        kind=kind,
        run_min=run_min,
        run_wh=round(run_min * watts / 60, 1),
        participant=f"s{index % people}",
        promised=index < people and chance.random() < PROMISED,
    )
    cancels_min = arrives_min + chance.randrange(5, 60) if chance.random() < CANCELS else None
    slower, hungrier = (chance.lognormvariate(0.0, sigma) for sigma in (SIGMA_TIME, SIGMA_ENERGY))
    return Work(job, arrives_min, cancels_min, slower, hungrier)
