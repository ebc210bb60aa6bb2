"""Every reason is true: what is held would not fit, or somebody else's turn comes first."""

import json

import pytest

from jobs.errors import Sentence
from jobs.planner.exchange import parse_instance, plan_json
from jobs.planner.instance import Held, Plan
from jobs.planner.plan import plan
from tests.jobs.planner.feasibility import faults
from tests.jobs.planner.halts import PRINTER, Table, halt, job, random_halt

LOOKED_AT = 3


def small_halt(seed: int) -> Table:
    """A halt short enough to try every minute of it."""
    instance = random_halt(seed)
    return instance | {"end_min": 60, "jobs": instance["jobs"][:25]}


def would_fit(instance: Table, answer: Plan, held: Held) -> bool:
    """Is there any machine and any minute at which the job could still be put into the plan?"""
    planned = json.loads(plan_json(answer))
    others = [each for each in planned["held"] if each["job"] != held.job]
    for device in instance["devices"]:
        for minute in range(instance["end_min"]):
            start = {"job": held.job, "device": device["id"], "start_min": minute}
            tried = {**planned, "starts": [*planned["starts"], start], "held": others}
            found = faults(json.dumps(instance), json.dumps(tried))
            if all(fault.startswith("says ") for fault in found):
                return True
    return False


@pytest.mark.parametrize("seed", range(200, 212))
def test_what_is_held_would_fit_at_no_minute(seed: int):
    """Tried minute by minute by the independent checker: no held job could be added to the plan."""
    instance = small_halt(seed)
    answer = plan(parse_instance(json.dumps(instance)))
    physical = [held for held in answer.held if held.reason in {"energy", "time", "power", "fairness"}]
    for held in physical[:LOOKED_AT]:
        assert not would_fit(instance, answer, held), held


def test_the_checker_finds_room_where_there_is_some():
    """A plan that leaves a job out for nothing does not pass."""
    instance = halt([PRINTER], [job("a", "s1"), job("b", "s2")], end_min=60)
    answer = plan(parse_instance(json.dumps(instance)))
    lazy = Plan(answer.starts[:1], (), 42.0, 260.0)
    left_out = Held(answer.starts[1].job, "time", Sentence("f", "e"))
    assert would_fit(instance, lazy, left_out)


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
