"""What would unlock a job that waits: the sentence is true when the planner is asked again."""

import json
from typing import Any

import pytest

from jobs.planner.exchange import instance_json, parse_instance, plan_json
from jobs.planner.instance import Held
from jobs.planner.latecomers import LATE, leave_room
from jobs.planner.plan import plan
from jobs.planner.why import Kept, whys
from tests.jobs.planner.halts import PRINTER, halt, job
from tests.jobs.planner.test_latecomers import OPEN_MIN, SECOND, comers, question

Table = dict[str, Any]


def kept(table: Table) -> Kept:
    """A plan as the store keeps it."""
    asked = parse_instance(json.dumps(table))
    return Kept(100.0, instance_json(asked), plan_json(plan(asked)))


def starts(table: Table) -> set[str]:
    """Who gets a place."""
    return {start.job for start in plan(parse_instance(json.dumps(table))).starts}


OTHERS = [job("a", "s1", run_min=30, run_wh=30), job("b", "s2", run_min=30, run_wh=30)]
MORE = job("more", "renard", run_min=30, run_wh=30)


def test_the_watt_hours_that_were_lacking_unlock_the_job():
    """As many as the sentence says, and not one less."""
    table = halt([PRINTER], [MORE], budget_wh=40)
    (why,) = whys("more", [kept(table)])
    assert why.unlock is not None
    assert why.unlock.fr.startswith("Il manquait 12 Wh")
    assert (why.known.budget_wh, why.known.jobs, why.known.machines) == (40.0, 1, 1)
    assert starts(table | {"budget_wh": 52}) == {"more"}
    assert not starts(table | {"budget_wh": 51})


def test_the_minutes_that_were_lacking_unlock_the_job():
    """A halt that is so much longer has room."""
    table = halt([PRINTER], [MORE], end_min=30)
    (why,) = whys("more", [kept(table)])
    assert why.unlock is not None
    assert why.unlock.en.startswith("5 min were lacking")
    assert starts(table | {"end_min": 35}) == {"more"}
    assert not starts(table | {"end_min": 34})


def test_a_promise_puts_a_further_object_before_first_ones_and_a_helping_hand_does_not():
    """What the sentence about fairness says, and what it used to say."""
    table = halt([PRINTER], [*OTHERS, MORE], end_min=75, served={"renard": 1})
    (why,) = whys("more", [kept(table)])
    assert why.told.reason == "fairness"
    assert set(why.before) == {"a", "b"}
    assert why.unlock is not None
    assert "une promesse le met devant" in why.unlock.fr
    promised, picked = MORE | {"promised": True}, MORE | {"priority": 2}
    assert "more" in starts(table | {"jobs": [*OTHERS, promised]})
    assert "more" not in starts(table | {"jobs": [*OTHERS, picked]})


def test_a_further_object_that_waits_for_people_to_come_is_unlocked_by_a_mediator():
    """Kept by the bike beside the plan, told like every other reason."""
    asked = question(SECOND, budget_wh=30)
    left, held = leave_room(asked, comers(4), OPEN_MIN)
    told = json.loads(plan_json(plan(left)))
    told["held"] = [_as_kept(each) for each in held]
    (why,) = whys("second", [Kept(100.0, instance_json(left), json.dumps(told))])
    assert why.told.reason == LATE
    assert why.unlock is not None
    assert "coup de pouce" in why.unlock.fr


@pytest.mark.parametrize("text", ["[]", '{"starts": 1}', "nonsense"])
def test_a_text_that_is_no_question_is_told_as_such(text: str):
    """A database from elsewhere ends in a sentence."""
    with pytest.raises(ValueError, match=r"question|JSON|Expecting"):
        whys(
            "more", [Kept(100.0, text, plan_json(plan(parse_instance(json.dumps(halt([PRINTER], [MORE]))))))]
        )


def _as_kept(held: Held) -> Table:
    return {"job": held.job, "reason": held.reason, "text_fr": held.sentence.fr, "text_en": held.sentence.en}
