"""Seeded questions for the planner in the exchange format, everyday ones and nasty ones."""

import math
import random
from collections.abc import Callable
from typing import Any, Final

Table = dict[str, Any]


def instance(seed: int) -> Table:
    """5 to 200 jobs on one to three machines with 50 to 1,200 Wh, twisted as the seed has it."""
    chance = random.Random(seed)  # noqa: S311 - repeatable
    count = round(math.exp(chance.uniform(math.log(5), math.log(200))))
    devices = [_device(chance, index) for index in range(chance.randint(1, 3))]
    kinds = sorted({device["kind"] for device in devices})
    people = max(1, round(count * chance.choice([0.3, 0.6, 0.9, 1.0])))
    scale = chance.choice([0.5, 1.0, 1.0, 1.6])
    table: Table = {
        "end_min": chance.choice([60, 90, 120, 150, 180, 180, 240, 300]),
        "budget_wh": round(chance.uniform(50, 1200), 1),
        "power_cap_w": chance.choice([450, 600, 885, 885, 885, 1500]),
        "margin_time_pct": chance.choice([0, 10, 20, 40]),
        "margin_energy_pct": chance.choice([0, 10, 30]),
        "devices": devices,
        "jobs": [_job(chance, index, people, kinds, scale) for index in range(count)],
        "served": {},
    }
    for twist in chance.sample(TWISTS, chance.choice([0, 1, 1, 2, 3])):
        twist(chance, table)
    return table


def _device(chance: random.Random, index: int) -> Table:
    if index > 0 and chance.random() < 0.4:
        return _mill(chance, index)
    return {
        "id": f"printer{index}",
        "kind": "printer",
        "heat_w": chance.choice([200, 260, 260, 350.5]),
        "run_w": chance.choice([80, 120, 120, 150]),
        "heat_cold_min": chance.randint(3, 9),
        "heat_warm_min": chance.randint(0, 2),
        "heat_cold_wh": round(chance.uniform(8, 30), 1),
        "heat_warm_wh": round(chance.uniform(0, 5), 1),
        "warm_hold_min": chance.choice([5, 10, 15, 30]),
        "changeover_min": chance.randint(1, 5),
        "free_at_min": 0,
        "warm_until_min": -1,
        "heating_until_min": 0,
    }


def _mill(chance: random.Random, index: int) -> Table:
    return {
        "id": f"mill{index}",
        "kind": "mill",
        "heat_w": 0,
        "run_w": chance.choice([90, 150, 300]),
        "heat_cold_min": 0,
        "heat_warm_min": 0,
        "heat_cold_wh": 0.0,
        "heat_warm_wh": 0.0,
        "warm_hold_min": 0,
        "changeover_min": chance.randint(2, 8),
        "free_at_min": 0,
        "warm_until_min": -1,
        "heating_until_min": 0,
    }


def _job(chance: random.Random, index: int, people: int, kinds: list[str], scale: float) -> Table:
    run_min = max(2, round(scale * chance.lognormvariate(math.log(25), 0.6)))
    return {
        "id": f"j{index}",
        "kind": chance.choice([*kinds, *kinds, "printer"]),
        "run_min": run_min,
        "run_wh": round(run_min * chance.uniform(0.5, 2.5), 1),
        "participant": f"s{chance.randrange(people)}",
        "group": f"g{chance.randrange(3)}",
        "submitted_min": -chance.randint(0, 120),
        "priority": chance.choice([0, 0, 0, 1, 2]),
        "promised": False,
        "approved": chance.random() < 0.95,
    }


def _tight_cap(chance: random.Random, table: Table) -> None:
    table["power_cap_w"] = chance.choice([200, 262, 300, 360, 400])


def _heating_now(chance: random.Random, table: Table) -> None:
    for device in table["devices"]:
        device["free_at_min"] = chance.choice([0, 1, 7, 25, 60])
        device["heating_until_min"] = min(device["free_at_min"], chance.randint(0, 9))


def _still_warm(chance: random.Random, table: Table) -> None:
    for device in table["devices"]:
        device["warm_until_min"] = chance.choice([-1, 0, 1, 5, 12, 40])


def _served(chance: random.Random, table: Table) -> None:
    people = sorted({job["participant"] for job in table["jobs"]})
    table["served"] = {name: chance.randint(0, 3) for name in people if chance.random() < 0.5}


def _promises(chance: random.Random, table: Table) -> None:
    share = chance.choice([0.1, 0.3, 0.9])
    for job in table["jobs"]:
        job["promised"] = chance.random() < share


def _identical(chance: random.Random, table: Table) -> None:
    first = table["jobs"][0]
    for job in table["jobs"]:
        job |= {key: first[key] for key in ("run_min", "run_wh", "kind")}


def _duplicates(chance: random.Random, table: Table) -> None:
    copies = [job | {"id": job["id"] + "b"} for job in table["jobs"][: 200 - len(table["jobs"])]]
    table["jobs"] += copies


def _small_budget(chance: random.Random, table: Table) -> None:
    table["budget_wh"] = chance.choice([0, 50, 50, 60.5, 75, 100])


def _no_time(chance: random.Random, table: Table) -> None:
    table["end_min"] = chance.choice([0, 1, 15, 20])


def _huge(chance: random.Random, table: Table) -> None:
    for job in chance.sample(table["jobs"], len(table["jobs"]) // 3):
        job["run_min"] = chance.choice([170, 400, 10_000])


def _slow_change(chance: random.Random, table: Table) -> None:
    for device in table["devices"]:
        device["changeover_min"] = chance.choice([0, 6, 12])
        device["warm_hold_min"] = chance.choice([0, 5, 8])


def _small_jobs(chance: random.Random, table: Table) -> None:
    for job in table["jobs"]:
        job["run_min"] = chance.randint(1, 6)
        job["run_wh"] = round(chance.uniform(0.1, 4), 2)


def _energy_and_time_apart(chance: random.Random, table: Table) -> None:
    for job in table["jobs"]:
        job["run_min"] = chance.randint(5, 60)
        job["run_wh"] = round(chance.uniform(2, 70), 1)


TWISTS: Final[list[Callable[[random.Random, Table], None]]] = [
    _tight_cap,
    _heating_now,
    _still_warm,
    _served,
    _promises,
    _identical,
    _duplicates,
    _small_budget,
    _no_time,
    _huge,
    _slow_change,
    _small_jobs,
    _energy_and_time_apart,
]
