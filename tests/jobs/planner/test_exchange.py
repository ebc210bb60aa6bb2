"""The exchange format is read strictly and written as documented."""

import json

import pytest

from jobs.errors import InstanceError, Sentence
from jobs.planner.exchange import instance_json, parse_instance, plan_json
from jobs.planner.instance import Held, Plan, PlannedStart
from tests.jobs.planner.halts import MILL, PRINTER, Table, halt, job, random_halt

GOOD = halt([PRINTER, MILL], [job("a", "s1"), job("b", "s2", kind="mill")], served={"s1": 2})


def test_a_question_survives_being_written_down():
    """What is kept beside a plan can be planned again."""
    for seed in range(20):
        instance = parse_instance(json.dumps(random_halt(seed)))
        assert parse_instance(instance_json(instance)) == instance


def test_an_answer_has_the_documented_keys():
    """Energy in Wh, time in minutes, power in watts, and no number where none applies."""
    held = (
        Held("a", "energy", Sentence("f", "e"), 54.0, 8.0),
        Held("b", "time", Sentence("f", "e"), 41, 16),
        Held("c", "power", Sentence("f", "e"), 260.0, 85.0),
        Held("d", "approval", Sentence("é", "e")),
        Held("e", "fairness", Sentence("f", "e"), before=("x",)),
    )
    answer = json.loads(plan_json(Plan((PlannedStart("x", "printer0", 3),), held, 43.5, 260.0)))
    assert answer["starts"] == [{"job": "x", "device": "printer0", "start_min": 3}]
    assert [sorted(each) for each in answer["held"]] == [
        ["job", "left_wh", "needs_wh", "reason", "text_en", "text_fr"],
        ["job", "left_min", "needs_min", "reason", "text_en", "text_fr"],
        ["job", "left_w", "needs_w", "reason", "text_en", "text_fr"],
        ["job", "reason", "text_en", "text_fr"],
        ["before", "job", "reason", "text_en", "text_fr"],
    ]
    assert (answer["energy_wh"], answer["peak_w"]) == (43.5, 260.0)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"end_min": "180"}, "end_min"),
        ({"end_min": -1}, "end_min"),
        ({"end_min": 12.5}, "end_min"),
        ({"end_min": True}, "end_min"),
        ({"budget_wh": float("nan")}, "budget_wh"),
        ({"budget_wh": float("inf")}, "budget_wh"),
        ({"power_cap_w": -5}, "power_cap_w"),
        ({"wat": 1}, "wat"),
        ({"jobs": None}, "jobs"),
        ({"jobs": [job("a", "s1", run_min=0)]}, "jobs.0.run_min"),
        ({"jobs": [job("a", "s1", kind="laser")]}, "jobs.0.kind"),
        ({"jobs": [job("a", "s1", submitted_min=4)]}, "jobs.0.submitted_min"),
        ({"jobs": [job("a", "s1", approved="yes")]}, "jobs.0.approved"),
        ({"devices": [PRINTER | {"changeover_min": 10**9}]}, "devices.0.changeover_min"),
        ({"served": {"s1": -1}}, "served.s1"),
        ({"jobs": [job("a", "s1")] * 2}, "a"),
        ({"devices": [PRINTER] * 2}, "printer0"),
    ],
)
def test_a_wrong_value_is_refused_by_its_place(change: Table, place: str):
    """The sentence names what is wrong, in both languages."""
    with pytest.raises(InstanceError) as refusal:
        parse_instance(json.dumps(GOOD | change))
    assert place in refusal.value.sentence.fr
    assert place in refusal.value.sentence.en


@pytest.mark.parametrize("key", ["end_min", "budget_wh", "power_cap_w", "devices", "jobs"])
def test_a_missing_value_is_refused_by_its_name(key: str):
    """Nothing that a plan depends on is guessed."""
    with pytest.raises(InstanceError, match=key):
        parse_instance(json.dumps({name: value for name, value in GOOD.items() if name != key}))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"x"', "\x00", "[" * 100_000, b"\xff\xfe", b"1e999"])
def test_what_is_no_object_is_refused(text: str | bytes):
    """Neither rubbish nor depth ends in a traceback."""
    with pytest.raises(InstanceError) as refusal:
        parse_instance(text)
    assert refusal.value.code == "not-json"
