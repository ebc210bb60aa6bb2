"""Further objects wait while first ones keep coming, and only as far as room for them would be lacking."""

import json

import pytest

from jobs.planner.exchange import parse_instance
from jobs.planner.instance import Instance, PlanJob, PlannedStart
from jobs.planner.latecomers import LATE, leave_room
from tests.jobs.planner.halts import MILL, PRINTER, halt, job

OPEN_MIN = 60


def question(*jobs: dict[str, object], **rest: object) -> Instance:
    """Two hours are left on a printer; Renard has had an object."""
    asked = {"end_min": 120, "served": {"renard": 1}} | rest
    return parse_instance(json.dumps(halt([PRINTER, MILL], list(jobs), **asked)))


def comers(count: int, ago_min: int = 20) -> list[PlanJob]:
    """People who came lately with a print of 20 minutes and 20 Wh, 23 Wh with its warm-up."""
    return [
        PlanJob(f"c{number}", question().devices[0].kind, 20, 20.0, f"p{number}", submitted_min=-ago_min)
        for number in range(count)
    ]


SECOND = job("second", "renard")
FIRST = job("first", "ours")


def test_a_second_object_waits_when_energy_for_those_to_come_would_be_lacking():
    """Two came in 40 minutes, 90 more count: 4.5 people at 23 Wh, and one who waits, leave 3 Wh of 130."""
    asked = question(FIRST, SECOND, budget_wh=130)
    left, held = leave_room(asked, comers(2), OPEN_MIN)
    assert [each.id for each in left.jobs] == ["first"]
    assert [(each.job, each.reason) for each in held] == [("second", LATE)]
    assert "4 personnes peuvent" in held[0].sentence.fr
    assert "Il faut 23 Wh, il en reste 3 " in held[0].sentence.fr
    assert "23 Wh needed, 3 left" in held[0].sentence.en


def test_a_second_object_waits_when_minutes_of_its_machine_would_be_lacking():
    """4.5 prints of 24 minutes take 108 of the 120; a cut does not need the printer."""
    cut = job("cut", "renard", kind="mill")
    left, held = leave_room(question(SECOND, cut), comers(2), OPEN_MIN)
    assert [each.id for each in left.jobs] == ["cut"]
    assert "Il faut 24 min, il en reste 12 " in held[0].sentence.fr


def test_one_person_is_told_as_one():
    """A plural for one is a mistake that children notice."""
    _, held = leave_room(question(SECOND, budget_wh=30, end_min=60), comers(1), OPEN_MIN)
    assert "1 personne peut" in held[0].sentence.fr
    assert "1 more person may" in held[0].sentence.en


@pytest.mark.parametrize(
    "why",
    ["plenty", "nobody came", "came before", "there at the opening", "nearly over"],
)
def test_where_nobody_needs_the_room_nobody_waits(why: str):
    """A machine does not stand idle for people who will not come."""
    asked = {
        "plenty": (question(SECOND, end_min=360), comers(1), OPEN_MIN),
        "nobody came": (question(SECOND, budget_wh=30), [], OPEN_MIN),
        "came before": (question(SECOND, budget_wh=30), comers(4, ago_min=40), OPEN_MIN),
        "there at the opening": (question(SECOND, budget_wh=30), comers(4, ago_min=15), 15),
        "nearly over": (question(SECOND, budget_wh=30, end_min=30), comers(4), OPEN_MIN),
    }[why]
    assert leave_room(*asked) == (asked[0], ())


def test_what_a_mediator_gave_or_people_were_told_stays():
    """Promises, the mediator's pick, and who was announced as next; a class project is neither."""
    promised = job("promised", "renard", promised=True)
    picked, project = job("picked", "renard", priority=2), job("project", "renard", priority=1)
    asked = question(promised, picked, project, SECOND, budget_wh=30)
    left, held = leave_room(asked, comers(4), OPEN_MIN, [PlannedStart("second", "printer0", 3)])
    assert [each.id for each in left.jobs] == ["promised", "picked", "second"]
    assert [each.job for each in held] == ["project"]


def test_first_objects_and_what_no_plan_may_start_are_left_to_the_planner():
    """Whoever had nothing never waits for people to come; what is not approved says so itself."""
    waits, cut = job("waits", "renard", approved=False), job("cut", "renard", kind="mill")
    asked = parse_instance(
        json.dumps(halt([PRINTER], [FIRST, waits, cut], budget_wh=10, served={"renard": 1}))
    )
    assert leave_room(asked, comers(4), OPEN_MIN) == (asked, ())
