"""Tomorrow a mediator can ask what people were told today."""

import json

import pytest

from jobs.planner.exchange import parse_instance, plan_json
from jobs.planner.journal import told_about
from jobs.planner.plan import plan
from tests.jobs.planner.halts import PRINTER, Table, halt, job


def kept(instance: Table) -> str:
    """A plan as it lies in the store."""
    return plan_json(plan(parse_instance(json.dumps(instance))))


def test_a_job_is_followed_through_the_plans():
    """Held for want of energy, then given a machine; what stays the same is told once."""
    poor = kept(halt([PRINTER], [job("a", "s1")], budget_wh=8))
    rich = kept(halt([PRINTER], [job("a", "s1")]))
    first, second = told_about("a", [(1.0, poor), (2.0, poor), (3.0, rich), (4.0, rich)])
    assert (first.since_s, first.reason, first.device) == (1.0, "energy", None)
    assert "42 Wh" in first.sentence.en
    assert (second.since_s, second.device, second.start_min, second.reason) == (3.0, "printer0", 0, None)


def test_of_an_unknown_job_nothing_is_told():
    """Before it came, no plan knew it."""
    assert told_about("b", [(1.0, kept(halt([PRINTER], [job("a", "s1")])))]) == []


def test_what_is_no_plan_is_refused():
    """A text from elsewhere is not read as silence."""
    with pytest.raises(ValueError, match="no plan"):
        told_about("a", [(1.0, "[]")])
