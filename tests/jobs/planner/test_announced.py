"""Who was told to be next stays next, unless that became impossible."""

import json

import pytest

from jobs.planner.exchange import parse_instance, plan_json
from jobs.planner.instance import Plan, PlannedStart
from jobs.planner.plan import plan
from tests.jobs.planner.feasibility import faults
from tests.jobs.planner.halts import PRINTER, Table, halt, job, random_halt


def again(instance: Table, announced: tuple[PlannedStart, ...]) -> Plan:
    """Plan with what was announced, found feasible."""
    text = json.dumps(instance)
    answer = plan(parse_instance(text), announced)
    assert faults(text, plan_json(answer)) == []
    return answer


def next_on(answer: Plan) -> dict[str, str]:
    """The first job of each device."""
    out: dict[str, str] = {}
    for start in answer.starts:
        out.setdefault(start.device, start.job)
    return out


def test_a_late_comer_with_priority_does_not_push_the_next_one_away():
    """Without the announcement the mediator's pick would go first; with it, it comes second."""
    waiting = [job("told", "s1", submitted_min=-30), job("other", "s2", submitted_min=-20)]
    first = again(halt([PRINTER], waiting), ())
    assert next_on(first) == {"printer0": "told"}
    later = halt([PRINTER], [*waiting, job("pick", "s3", priority=2)])
    assert next_on(again(later, ())) == {"printer0": "pick"}
    second = again(later, first.starts)
    assert [start.job for start in second.starts][:2] == ["told", "pick"]


@pytest.mark.parametrize("change", [{"budget_wh": 30}, {"end_min": 20}, {"power_cap_w": 100}])
def test_an_announcement_that_became_impossible_is_let_go(change: Table):
    """The plan goes on without it, and says why."""
    jobs = [job("told", "s1", 30, 30.0), job("small", "s2", 5, 5.0)]
    told = (PlannedStart("told", "printer0", 0),)
    answer = again(halt([PRINTER], jobs) | change, told)
    assert "told" in {held.job for held in answer.held}
    if change != {"power_cap_w": 100}:
        assert next_on(answer) == {"printer0": "small"}


def test_what_is_gone_is_not_missed():
    """A cancelled job, a machine that went away, a machine of another kind: no trace of them."""
    told = (
        PlannedStart("cancelled", "printer0", 0),
        PlannedStart("a", "elsewhere", 0),
        PlannedStart("a", "printer0", 0),
    )
    assert next_on(again(halt([PRINTER], [job("a", "s1")]), told)) == {"printer0": "a"}


def test_planning_again_with_a_job_more_leaves_the_next_ones_alone():
    """On random halts, the first of each device stays first there, if it is still in the plan at all."""
    kept = moved = 0
    for seed in range(40):
        instance = random_halt(seed)
        before = again(instance, ())
        more = {"jobs": [*instance["jobs"], job("new", "newcomer", 4, 2.0, priority=2)]}
        after = again(instance | more, before.starts)
        for device, name in next_on(before).items():
            kept += next_on(after).get(device) == name
            moved += next_on(after).get(device) != name
    assert kept > 20
    assert moved == 0
