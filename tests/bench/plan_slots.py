"""What the judge of plans asks the solver about: jobs that can count, on machines that could make them."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Any

from ortools.sat.python import cp_model

Table = dict[str, Any]


def exact(number: float) -> Fraction:
    """The decimal number that was written."""
    return Fraction(str(number))


@dataclass
class Slot:
    """A job on a machine, if it is there; `first` says that nothing runs there before it."""

    job: Table
    lane: int
    here: cp_model.IntVar
    warm: tuple[int, int]
    cold: tuple[int, int]
    run_min: int


def slots_of(job: Table, instance: Table, model: cp_model.CpModel) -> Iterator[Slot]:
    """A job on each machine of its kind."""
    run_min = ceil(job["run_min"] * (1 + exact(instance["margin_time_pct"]) / 100))
    run_wh = exact(job["run_wh"]) * (1 + exact(instance["margin_energy_pct"]) / 100)
    for lane, device in enumerate(instance["devices"]):
        if device["kind"] == job["kind"]:
            warm, cold = (
                (device[f"heat_{word}_min"], ceil((exact(device[f"heat_{word}_wh"]) + run_wh) * 10))
                for word in ("warm", "cold")
            )
            yield Slot(job, lane, model.new_bool_var(""), warm, cold, run_min)


def relevant(instance: Table) -> list[Table]:
    """The jobs that can count: promised ones, and of who had none yet those that no other of theirs beats."""
    kinds = {device["kind"] for device in instance["devices"]}
    open_jobs = [job for job in instance["jobs"] if job["approved"] and job["kind"] in kinds]
    return [
        job
        for index, job in enumerate(open_jobs)
        if job["promised"]
        or (
            instance["served"].get(job["participant"], 0) == 0
            and not any(_beats(other, job, o < index) for o, other in enumerate(open_jobs) if o != index)
        )
    ]


def _beats(other: Table, job: Table, earlier: bool) -> bool:
    same = other["participant"] == job["participant"] != "" and other["kind"] == job["kind"]
    if not same or other["run_min"] > job["run_min"] or other["run_wh"] > job["run_wh"]:
        return False
    if other.get("arrives_min", 0) > job.get("arrives_min", 0) or other.get("cancels_min", 10**6) < job.get(
        "cancels_min", 10**6
    ):
        return False
    return earlier or (other["run_min"], other["run_wh"]) != (job["run_min"], job["run_wh"])
