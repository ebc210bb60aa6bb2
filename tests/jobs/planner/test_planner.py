"""Plans are feasible minute by minute, fair, repeatable, and every reason is true."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.planner.exchange import parse_instance, plan_json
from jobs.planner.instance import Plan
from jobs.planner.plan import plan
from tests.jobs.planner.feasibility import faults
from tests.jobs.planner.halts import MILL, PRINTER, Table, halt, job, random_halt


def planned(instance: Table) -> Plan:
    """The plan of a halt, found feasible by the independent checker."""
    text = json.dumps(instance)
    answer = plan(parse_instance(text))
    assert faults(text, plan_json(answer)) == []
    return answer


def started(answer: Plan) -> dict[str, int]:
    """When each job starts."""
    return {start.job: start.start_min for start in answer.starts}


def reason(answer: Plan, name: str) -> str:
    """Why a job waits."""
    return next(held.reason for held in answer.held if held.job == name)


@pytest.mark.parametrize("decade", range(15))
def test_no_random_halt_gets_an_infeasible_plan(decade: int):
    """150 seeded halts: no rule broken, every number in a reason true, nobody wrongly called served."""
    for seed in range(decade * 10, decade * 10 + 10):
        instance = random_halt(seed)
        answer = planned(instance)
        names = {each["id"]: each["participant"] for each in instance["jobs"]}
        happy = {names[name] for name in started(answer)} | {s for s, n in instance["served"].items() if n}
        for held in answer.held:
            assert held.sentence.fr != held.sentence.en
            if held.reason in {"energy", "time", "power"}:
                assert held.needs > held.left >= 0
            if held.reason == "fairness":
                assert names[held.job] in happy


device_changes = st.fixed_dictionaries(
    {
        "changeover_min": st.integers(0, 6),
        "warm_hold_min": st.integers(0, 25),
        "heat_cold_min": st.integers(0, 9),
        "warm_until_min": st.integers(-1, 40),
        "free_at_min": st.integers(0, 30),
        "heating_until_min": st.integers(0, 40),
    }
)
sizes = st.tuples(st.integers(1, 40), st.integers(0, 4000).map(lambda hundredths: hundredths / 100))


@settings(max_examples=60, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(device_changes, min_size=1, max_size=3),
    st.lists(sizes, min_size=5, max_size=12),
    st.integers(200, 700),
    st.integers(0, 3000),
)
def test_no_invented_halt_gets_an_infeasible_plan(
    changes: list[Table], works: list[tuple[int, float]], cap_w: int, tenths: int
):
    """Machines of any warmth and any work: no rule of the exchange format is broken."""
    devices = [PRINTER | change | {"id": f"d{index}"} for index, change in enumerate(changes)]
    jobs = [job(f"j{index}", f"s{index % 4}", *work) for index, work in enumerate(works)]
    planned(halt(devices, jobs, power_cap_w=cap_w, budget_wh=tenths / 10, margin_time_pct=12.5))


def test_the_checker_notices_each_kind_of_fault():
    """A plan that breaks a rule does not pass the judge."""
    instance = halt([PRINTER], [job("a", "s1"), job("b", "s2"), job("c", "s3", approved=False)])
    good = json.loads(plan_json(planned(instance)))
    broken = {
        "over the budget": (instance | {"budget_wh": 10}, good),
        "over the cap": (instance | {"power_cap_w": 200}, good),
        "after the halt": (instance | {"end_min": 30}, good),
        "a job lost": (instance, good | {"held": []}),
        "overlap": (instance, good | {"starts": [start | {"start_min": 0} for start in good["starts"]]}),
        "wrong sum": (instance, good | {"energy_wh": 1.0}),
        "not approved": (
            instance,
            good
            | {"starts": [*good["starts"], {"job": "c", "device": "printer0", "start_min": 90}], "held": []},
        ),
    }
    for name, (question, answer) in broken.items():
        assert faults(json.dumps(question), json.dumps(answer)), name


def test_the_same_question_has_the_same_answer():
    """Planning twice, or with the jobs in another order, starts the same jobs."""
    instance = random_halt(4)
    again = planned(instance)
    assert planned(instance) == again
    turned = planned(instance | {"jobs": instance["jobs"][::-1]})
    assert turned.starts == again.starts


def test_everybody_gets_a_first_object_before_anybody_a_second():
    """Room for two: the two participants get one each, however many the first one sent."""
    jobs = [job(f"mine{n}", "greedy", 10, 5.0, submitted_min=-90) for n in range(5)]
    jobs.append(job("late", "other", 40, 30.0))
    answer = planned(halt([PRINTER], jobs, budget_wh=62))
    assert "late" in started(answer)
    assert len(started(answer)) == 2


def test_what_a_participant_had_before_counts():
    """Who was served this term comes after who was not, and is told so."""
    jobs = [job("again", "had", 10, 5.0), job("first", "new", 10, 5.0)]
    answer = planned(halt([PRINTER], jobs, budget_wh=27.5, served={"had": 1}))
    assert set(started(answer)) == {"first"}
    assert reason(answer, "again") == "fairness"


def test_a_promise_is_kept_but_only_up_to_half_of_the_battery():
    """A promised job beats smaller ones; one that would eat the halt waits its turn."""
    small = [job(f"s{n}", f"p{n}", 10, 30.0) for n in range(3)]
    kept = planned(halt([PRINTER], [*small, job("promised", "q", 60, 40.0, promised=True)], budget_wh=130))
    assert "promised" in started(kept)
    eater = planned(halt([PRINTER], [*small, job("promised", "q", 60, 80.0, promised=True)], budget_wh=130))
    assert set(started(eater)) == {"s0", "s1", "s2"}
    assert reason(eater, "promised") == "energy"
    eating = [*small, job("promised", "q", 60, 80.0, promised=True)]
    told = planned(halt([PRINTER], eating, budget_wh=130, promise_wh=120.0))
    assert "promised" in started(told)
    assert planned(halt([PRINTER], eating, budget_wh=130, promise_wh=None)) == eater


def test_one_warm_printer_beats_two_cold_ones_when_energy_is_scarce():
    """With energy for one warm-up only, both jobs share a printer."""
    second = PRINTER | {"id": "printer1"}
    answer = planned(halt([PRINTER, second], [job("a", "s1"), job("b", "s2")], budget_wh=66))
    assert len({start.device for start in answer.starts}) == 1
    assert answer.energy_wh == 65.0


def test_two_printers_work_at_once_when_energy_is_plenty():
    """Nobody waits for a warm bed when there is energy for both."""
    second = PRINTER | {"id": "printer1"}
    answer = planned(halt([PRINTER, second], [job("a", "s1"), job("b", "s2")]))
    assert set(started(answer).values()) == {0}


def test_heating_and_spindle_take_turns_under_a_low_cap():
    """The cap lets the mill run beside a printing printer, not beside a heating one."""
    cut = job("cut", "s1", 30, 20.0, kind="mill")
    answer = planned(halt([PRINTER, MILL], [cut, job("print", "s2")], power_cap_w=300))
    assert len(answer.starts) == 2
    assert answer.peak_w == 260


def test_a_printer_that_is_heating_now_counts_for_the_cap():
    """A running machine's watts are not given away a second time."""
    busy = PRINTER | {"free_at_min": 20, "heating_until_min": 5}
    answer = planned(halt([busy, MILL], [job("cut", "s1", 10, 5.0, kind="mill")], power_cap_w=300))
    assert started(answer) == {"cut": 5}


@pytest.mark.parametrize("warm_until_min", [-1, 0, 1, 9])
def test_an_idle_printer_starts_at_once_however_warm(warm_until_min: int):
    """Minute 0 is never held back: the daemon starts what the plan puts there."""
    answer = planned(halt([PRINTER | {"warm_until_min": warm_until_min}], [job("a", "s1")]))
    assert started(answer) == {"a": 0}
    assert answer.energy_wh == (23.0 if warm_until_min > 0 else 42.0)


def test_first_jobs_then_the_mediators_pick_then_the_longest_waiting():
    """With room for all, the order of the day is the one people expect."""
    jobs = [
        job("second", "s1", 5, 5.0),
        job("first", "s1", 4, 4.0, submitted_min=-5),
        job("old", "s2", 20, submitted_min=-60),
        job("picked", "s3", 30, priority=2),
    ]
    order = sorted(started(planned(halt([PRINTER], jobs))).items(), key=lambda item: item[1])
    assert [name for name, _ in order] == ["picked", "old", "first", "second"]


@pytest.mark.parametrize(
    ("expected", "changes", "numbers"),
    [
        ("approval", {"jobs": [job("a", "s1", approved=False)]}, (None, None)),
        ("machine", {"devices": [MILL]}, (None, None)),
        ("energy", {"budget_wh": 8}, (42.0, 8.0)),
        ("time", {"end_min": 16}, (25, 16)),
        ("power", {"power_cap_w": 200}, (260.0, 200.0)),
    ],
)
def test_each_gate_is_named_with_its_numbers(
    expected: str, changes: Table, numbers: tuple[float | None, float | None]
):
    """The first gate that fails is the reason, and its numbers stand in both sentences."""
    (held,) = planned(halt([PRINTER], [job("a", "s1")]) | changes).held
    assert (held.reason, held.needs, held.left) == (expected, *numbers)
    for number in numbers:
        if number is not None:
            assert f"{number:g}" in held.sentence.fr
            assert f"{number:g}" in held.sentence.en


def test_an_empty_question_has_an_empty_answer():
    """No jobs, no machines, no time: still a plan."""
    assert planned(halt([], [], end_min=0, budget_wh=0)) == Plan((), (), 0.0, 0.0)


def test_an_overspent_battery_starts_nothing():
    """A budget below zero is an honest input, and what is left is told as none."""
    (held,) = planned(halt([PRINTER], [job("a", "s1")], budget_wh=-12.5)).held
    assert (held.reason, held.left) == ("energy", 0.0)
