"""Every reason is true: what is held would not fit, or somebody else's turn comes first."""

import json
from dataclasses import dataclass
from decimal import Decimal

import pytest

from jobs.planner.exchange import parse_instance, plan_json
from jobs.planner.instance import Held
from jobs.planner.plan import plan
from tests.jobs.planner.halts import PRINTER, Table, halt, job, random_halt
from tests.jobs.planner.room import Room

LOOKED_AT = 3


def small_halt(seed: int) -> Table:
    """A halt short enough to try every minute of it; without margin a run is as long as it is said to be."""
    instance = random_halt(seed)
    # How warm a machine is after a job that ends before `warm_until_min`, the format leaves open.
    for device in instance["devices"]:
        device["warm_until_min"] = -1 if device["free_at_min"] else min(device.get("warm_until_min", -1), 1)
    return instance | {"end_min": 60, "margin_time_pct": 0, "jobs": instance["jobs"][:25]}


@dataclass
class Case:
    """A held job beside the plan that holds it, in numbers as they were written."""

    room: Room
    job: Table
    held: Held
    budget_wh: Decimal
    cap_w: Decimal

    @property
    def lacks(self) -> Decimal:
        """By how much it is said not to fit."""
        return Decimal(str(self.held.needs)) - Decimal(str(self.held.left))


def cases(instance: Table) -> list[Case]:
    """What a plan holds for energy, time, power or other people's turn."""
    answer = plan(parse_instance(json.dumps(instance)))
    room = Room(instance, json.loads(plan_json(answer))["starts"])
    jobs = {each["id"]: each for each in instance["jobs"]}
    limits = Decimal(str(instance["budget_wh"])), Decimal(str(instance["power_cap_w"]))
    physical = [held for held in answer.held if held.reason in {"energy", "time", "power", "fairness"}]
    return [Case(room, jobs[held.job], held, *limits) for held in physical]


def fits(case: Case) -> bool:
    """Could it be put into the plan as it is?"""
    return case.room.fits(case.job, budget_wh=case.budget_wh, power_cap_w=case.cap_w)


def prove_energy(case: Case) -> None:
    """A tenth less than what is said to lack is not enough; so much is, if the clock and the cap let it."""
    less = case.budget_wh + case.lacks - Decimal("0.1")
    assert not case.room.fits(case.job, budget_wh=less, power_cap_w=case.cap_w)
    if case.room.fits(case.job, power_cap_w=case.cap_w):
        enough = case.budget_wh + case.lacks
        assert case.room.fits(case.job, budget_wh=enough, power_cap_w=case.cap_w)


def prove_time(case: Case) -> None:
    """With energy and power for nothing so many minutes less are enough, a minute more is not."""
    assert not case.room.fits(case.job)
    for minutes, expected in ((case.lacks, True), (case.lacks - 1, False)):
        run_min = case.job["run_min"] - int(minutes)
        if run_min > 0 and case.held.left:
            assert case.room.fits(case.job | {"run_min": run_min}) is expected


def prove_power(case: Case) -> None:
    """With energy for nothing so many watts more are enough, a milliwatt less is not."""
    assert case.room.fits(case.job)
    enough = case.cap_w + case.lacks
    if case.held.left:
        assert case.room.fits(case.job, power_cap_w=enough)
    assert not case.room.fits(case.job, power_cap_w=enough - Decimal("0.001"))


PROOFS = {"energy": prove_energy, "time": prove_time, "power": prove_power}


@pytest.mark.parametrize("first", range(200, 320, 20))
def test_what_is_held_would_fit_at_no_minute_and_lacks_what_it_is_told(first: int):
    """Tried minute by minute by the text of the format: no held job fits, and its number is exactly true."""
    proven = 0
    for seed in range(first, first + 20):
        for case in cases(small_halt(seed)):
            assert not fits(case), (seed, case.held)
            if case.held.reason in PROOFS:
                PROOFS[case.held.reason](case)
                proven += 1
    assert proven > 20


def test_the_checker_finds_room_where_there_is_some():
    """A plan that leaves a job out for nothing does not pass."""
    instance = halt([PRINTER], [job("a", "s1"), job("b", "s2")], end_min=60)
    answer = plan(parse_instance(json.dumps(instance)))
    first = {"job": answer.starts[0].job, "device": "printer0", "start_min": answer.starts[0].start_min}
    (left_out,) = (each for each in instance["jobs"] if each["id"] == answer.starts[1].job)
    assert Room(instance, [first]).fits(left_out, budget_wh=Decimal(65), power_cap_w=Decimal(260))
    assert not Room(instance, [first]).fits(left_out, budget_wh=Decimal("64.9"))
    assert not Room(instance, [first]).fits(left_out, power_cap_w=Decimal("259.9"))


@pytest.mark.parametrize("seed", range(0, 40, 4))
def test_what_is_left_of_the_energy_is_told_to_the_tenth(seed: int):
    """Budget less plan is what a held job is told is left."""
    instance = random_halt(seed)
    answer = plan(parse_instance(json.dumps(instance)))
    for held in (held for held in answer.held if held.reason == "energy"):
        assert held.left == pytest.approx(instance["budget_wh"] - answer.energy_wh, abs=1e-6)


def test_who_goes_before_is_named_and_is_why():
    """Each job held for fairness starts as soon as those named before it are out of the way."""
    seen = 0
    for seed in range(60):
        instance = random_halt(seed)
        answer = plan(parse_instance(json.dumps(instance)))
        owner = {each["id"]: each["participant"] for each in instance["jobs"]}
        began = {start.job for start in answer.starts}
        for held in [held for held in answer.held if held.reason == "fairness"][:LOOKED_AT]:
            seen += 1
            assert held.before
            assert set(held.before) <= began
            assert owner[held.job] not in {owner[name] for name in held.before}
            assert f"({len(held.before)} " in held.sentence.fr
            assert f"({len(held.before)} " in held.sentence.en
            kept = (began - set(held.before)) | {held.job}
            alone = instance | {"jobs": [each for each in instance["jobs"] if each["id"] in kept]}
            assert held.job in {start.job for start in plan(parse_instance(json.dumps(alone))).starts}
    assert seen > 20
