"""Judges a plan minute by minute, written from the text of the exchange format and from nothing else."""

import json
from collections.abc import Iterator
from decimal import ROUND_CEILING, Decimal
from typing import Any

Table = dict[str, Any]
Runs = list[tuple[int, Table]]

IDLE = {"free_at_min": 0, "warm_until_min": -1, "heating_until_min": 0}


def faults(instance_text: str, answer_text: str) -> list[str]:
    """Every rule that an answer breaks; empty for a feasible plan."""
    instance = json.loads(instance_text, parse_float=Decimal)
    answer = json.loads(answer_text, parse_float=Decimal)
    jobs = {job["id"]: job for job in instance["jobs"]}
    devices = {device["id"]: IDLE | device for device in instance["devices"]}
    found = _accounting(jobs, answer)
    runs = {name: [] for name in devices}
    for start in answer["starts"]:
        runs[start["device"]].append((start["start_min"], jobs[start["job"]]))
    total_wh = Decimal(0)
    watts = [Decimal(0)] * 3000
    for name, device in devices.items():
        found += _one_device(instance, device, sorted(runs[name], key=lambda run: run[0]), watts)
        total_wh += sum((energy for *_, energy in timeline(instance, device, runs[name])), Decimal(0))
    if answer["starts"] and total_wh > Decimal(instance["budget_wh"]):
        found.append(f"energy {total_wh} over {instance['budget_wh']}")
    if total_wh != Decimal(answer["energy_wh"]):
        found.append(f"says {answer['energy_wh']} Wh, takes {total_wh}")
    return found


def energies(instance_text: str, answer_text: str) -> list[tuple[str, int]]:
    """What each started job takes, in tenths of a watt-hour."""
    instance = json.loads(instance_text, parse_float=Decimal)
    jobs = {job["id"]: job for job in instance["jobs"]}
    starts = json.loads(answer_text)["starts"]
    found = []
    for device in instance["devices"]:
        here = [
            (start["start_min"], jobs[start["job"]]) for start in starts if start["device"] == device["id"]
        ]
        runs = sorted(here, key=lambda run: run[0])
        kept = timeline(instance, IDLE | device, runs)
        found += [(job["id"], int(energy * 10)) for (_, job), (*_, energy) in zip(runs, kept, strict=True)]
    return found


def _accounting(jobs: Table, answer: Table) -> list[str]:
    """Each job is answered once, and only what a mediator approved starts."""
    started = [start["job"] for start in answer["starts"]]
    answered = started + [held["job"] for held in answer["held"]]
    found = [] if sorted(answered) == sorted(jobs) else ["jobs not answered exactly once"]
    return found + [f"{name} is not approved" for name in started if not jobs[name].get("approved", True)]


def timeline(instance: Table, device: Table, runs: Runs) -> Iterator[tuple[int, int, int, Decimal]]:
    """(start, heated, end, energy) for each run of a device, in the order of the clock."""
    stretch = 1 + Decimal(instance["margin_time_pct"]) / 100
    more = 1 + Decimal(instance["margin_energy_pct"]) / 100
    last_end = device["free_at_min"] if device["free_at_min"] > 0 else None
    for start, job in sorted(runs, key=lambda run: run[0]):
        if last_end is None:
            is_warm = start < device["warm_until_min"]
        else:
            is_warm = start - last_end <= device["warm_hold_min"]
        word = "warm" if is_warm else "cold"
        heated = start + device[f"heat_{word}_min"]
        end = heated + int((job["run_min"] * stretch).to_integral_value(ROUND_CEILING))
        energy = Decimal(device[f"heat_{word}_wh"]) + Decimal(job["run_wh"]) * more
        yield start, heated, end, energy.quantize(Decimal("0.1"), ROUND_CEILING)
        last_end = end


def _one_device(instance: Table, device: Table, runs: Runs, watts: list[Decimal]) -> list[str]:
    """Right kind, no overlap, changeover, the end of the halt, the power cap."""
    found = [f"{job['id']} on a {device['kind']}" for _, job in runs if job["kind"] != device["kind"]]
    draws = [Decimal(0)] * len(watts)
    for minute in range(device["free_at_min"]):
        draws[minute] = Decimal(device["heat_w" if minute < device["heating_until_min"] else "run_w"])
    earliest = device["free_at_min"] + device["changeover_min"] if device["free_at_min"] > 0 else 0
    for start, heated, end, _ in timeline(instance, device, runs):
        if start < earliest:
            found.append(f"{device['id']} starts at {start}, before {earliest}")
        if end > instance["end_min"]:
            found.append(f"{device['id']} ends at {end}, after the halt")
        for minute in range(start, end):
            draws[minute] = Decimal(device["heat_w" if minute < heated else "run_w"])
            if draws[minute] + watts[minute] > instance["power_cap_w"]:
                found.append(f"{draws[minute] + watts[minute]} W at {minute}")
        earliest = end + device["changeover_min"]
    for minute, draw in enumerate(draws):
        watts[minute] += draw
    return found
