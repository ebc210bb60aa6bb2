"""Seeded halts in the exchange format, for the tests of the planner."""

import random
from typing import Any

Table = dict[str, Any]

PRINTER: Table = {
    "id": "printer0",
    "kind": "printer",
    "heat_w": 260,
    "run_w": 120,
    "heat_cold_min": 5,
    "heat_warm_min": 1,
    "heat_cold_wh": 22.0,
    "heat_warm_wh": 3.0,
    "warm_hold_min": 15,
    "changeover_min": 3,
}
MILL: Table = {
    "id": "mill0",
    "kind": "mill",
    "heat_w": 0,
    "run_w": 90,
    "heat_cold_min": 0,
    "heat_warm_min": 0,
    "heat_cold_wh": 0,
    "heat_warm_wh": 0,
    "warm_hold_min": 0,
    "changeover_min": 5,
}


def job(name: str, participant: str, run_min: int = 20, run_wh: float = 20.0, **rest: object) -> Table:
    """An approved print unless told otherwise."""
    out = {"id": name, "kind": "printer", "run_min": run_min, "run_wh": run_wh, "participant": participant}
    return out | rest


def halt(devices: list[Table], jobs: list[Table], **rest: object) -> Table:
    """A roomy halt without margins unless told otherwise."""
    out: Table = {"end_min": 180, "budget_wh": 900, "power_cap_w": 885, "margin_time_pct": 0}
    return out | {"margin_energy_pct": 0, "devices": devices, "jobs": jobs} | rest


def random_halt(seed: int) -> Table:
    """One to three machines, 5 to 60 jobs, scarce in time, energy or power; uneven numbers on purpose."""
    chance = random.Random(seed)  # noqa: S311 - repeatable
    count = chance.randint(5, 60)
    return halt(
        [_random_device(chance, index) for index in range(chance.randint(1, 3))],
        [_random_job(chance, index, count) for index in range(count)],
        end_min=chance.choice([0, 30, 120, 180, 240]),
        budget_wh=round(chance.uniform(0, 900), 1),
        power_cap_w=chance.choice([200, 300, 400, 885]),
        margin_time_pct=chance.choice([0, 20, 40, 12.5]),
        margin_energy_pct=chance.choice([0, 10, 30]),
        served={f"s{index}": chance.randint(0, 3) for index in range(5)},
    )


def _random_device(chance: random.Random, index: int) -> Table:
    free_at = chance.randint(1, 40) if chance.random() < 0.4 else 0
    is_mill = index > 0 and chance.random() < 0.5
    device = {
        "id": f"d{index}",
        "run_w": chance.choice([90, 120, 300]),
        "changeover_min": chance.randint(0, 5),
        "free_at_min": free_at,
        "heating_until_min": chance.randint(0, 8) if free_at else 0,
    }
    if is_mill:
        return MILL | device
    return (
        PRINTER
        | device
        | {
            "heat_w": chance.choice([260, 250.5]),
            "heat_cold_min": chance.randint(3, 8),
            "heat_warm_min": chance.randint(0, 2),
            "heat_cold_wh": chance.choice([22.0, 18.35]),
            "warm_hold_min": chance.randint(0, 20),
            "warm_until_min": chance.choice([-1, 0, 10, 30]),
        }
    )


def _random_job(chance: random.Random, index: int, count: int) -> Table:
    return job(
        f"j{index}",
        f"s{chance.randint(0, max(1, count // 2))}",
        chance.randint(3, 60),
        round(chance.uniform(3, 60), chance.choice([0, 1, 2])),
        kind=chance.choice(["printer", "printer", "mill"]),
        submitted_min=-chance.randint(0, 90),
        priority=chance.choice([0, 0, 0, 1, 2]),
        promised=chance.random() < 0.1,
        approved=chance.random() < 0.9,
    )
