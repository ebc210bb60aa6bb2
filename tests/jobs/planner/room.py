"""Tries every minute of every machine for a job that is held, by the text of the exchange format only."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tests.jobs.planner.feasibility import IDLE, timeline

Table = dict[str, Any]
Runs = list[tuple[int, Table]]
ENDLESS = Decimal(10**9)


def decimals(table: Table) -> Table:
    """The same question with every fraction as it was written."""
    exact: Table = json.loads(json.dumps(table), parse_float=Decimal)
    return exact


@dataclass
class Room:
    """A plan beside which a job more may fit; energies and powers may be given away freely."""

    instance: Table
    starts: list[Table]
    runs: dict[str, Runs] = field(init=False)

    def __post_init__(self) -> None:
        self.instance = decimals(self.instance)
        jobs = {job["id"]: job for job in self.instance["jobs"]}
        self.devices = {device["id"]: IDLE | device for device in self.instance["devices"]}
        self.runs = {name: [] for name in self.devices}
        for start in self.starts:
            self.runs[start["device"]].append((start["start_min"], jobs[start["job"]]))
        self.taken = {name: self._taken(name, self.runs[name]) for name in self.devices}
        self.watts = {name: self._watts(name, self.runs[name]) for name in self.devices}

    def fits(self, job: Table, *, budget_wh: Decimal = ENDLESS, power_cap_w: Decimal = ENDLESS) -> bool:
        """Is there a machine and a minute for it?"""
        return any(
            self._within_energy(name, runs, budget_wh) and self._within_power(name, runs, power_cap_w)
            for name, runs in self._ways(decimals(job))
        )

    def _ways(self, job: Table) -> Iterator[tuple[str, Runs]]:
        """Every start that the clock allows, as what its machine would do then."""
        for name, device in self.devices.items():
            if device["kind"] == job["kind"]:
                for minute in range(self.instance["end_min"]):
                    runs = sorted([*self.runs[name], (minute, job)], key=lambda run: run[0])
                    if self._in_time(device, runs) and self._leaves_others(name, minute, runs):
                        yield name, runs

    def _leaves_others(self, name: str, minute: int, runs: Runs) -> bool:
        """What is planned stays as it is: as warm, as long."""
        device = self.devices[name]
        before, after = (set(timeline(self.instance, device, each)) for each in (self.runs[name], runs))
        return all(run in after for run in before) and minute not in {start for start, *_ in before}

    def _in_time(self, device: Table, runs: Runs) -> bool:
        busy_min, gap_min = device["free_at_min"], device["changeover_min"]
        earliest = busy_min + gap_min if busy_min > 0 else 0
        for start, _, end, _ in timeline(self.instance, device, runs):
            if start < earliest or end > self.instance["end_min"]:
                return False
            earliest = end + gap_min
        return True

    def _within_energy(self, changed: str, runs: Runs, budget_wh: Decimal) -> bool:
        others = sum(wh for name, wh in self.taken.items() if name != changed)
        return others + self._taken(changed, runs) <= budget_wh

    def _taken(self, name: str, runs: Runs) -> Decimal:
        energies = (energy for *_, energy in timeline(self.instance, self.devices[name], runs))
        return sum(energies, Decimal(0))

    def _within_power(self, changed: str, runs: Runs, power_cap_w: Decimal) -> bool:
        """What runs already may be over the cap on its own; a start may not."""
        mine = self._watts(changed, runs)
        others = [watts for name, watts in self.watts.items() if name != changed]
        busy_min = self.devices[changed]["free_at_min"]
        return all(
            sum((watts[minute] for watts in others), drawn) <= power_cap_w
            for minute, drawn in enumerate(mine)
            if drawn and minute >= busy_min
        )

    def _watts(self, name: str, runs: Runs) -> list[Decimal]:
        device = self.devices[name]
        out = [Decimal(0)] * max(self.instance["end_min"], device["free_at_min"])
        for minute in range(device["free_at_min"]):
            out[minute] = Decimal(device["heat_w" if minute < device["heating_until_min"] else "run_w"])
        for start, heated, end, _ in timeline(self.instance, device, runs):
            for minute in range(start, end):
                out[minute] = Decimal(device["heat_w" if minute < heated else "run_w"])
        return out
