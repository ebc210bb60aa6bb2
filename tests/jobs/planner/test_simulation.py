"""Halts played with noise: ours keeps to battery, inverter and clock, and serves more than first come."""

import xml.etree.ElementTree as ET
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from drivers.types import DeviceKind
from jobs.energy.budget import REST_MARGIN
from jobs.planner.instance import PlanDevice, PlanJob
from jobs.planner.simulation import rules
from jobs.planner.simulation.bound import hindsight
from jobs.planner.simulation.picture import draw, png, svg
from jobs.planner.simulation.play import Bar, play
from jobs.planner.simulation.rules import Planned, blind, first_come, first_come_gated
from jobs.planner.simulation.story import Setting, Story, Work, invent
from jobs.planner.simulation.table import PLANNER, play_all, row
from jobs.planner.simulation.term import EACH_BY_ITSELF, play_term, term_row
from onboard.plan.dispatcher import MOST_TOO_DEAR
from onboard.plan.planning import ANNOUNCED_MIN

MILL = PlanDevice("mill", DeviceKind.MILL, 0.0, 90.0, 0, 0, 0.0, 0.0, 0, 5)


def cut(
    name: str, run_min: int = 30, slower: float = 1.0, hungrier: float = 1.0, arrives_min: int = 0
) -> Work:
    """A cut of 30 Wh unless told otherwise."""
    job = PlanJob(name, DeviceKind.MILL, run_min, float(run_min), name)
    return Work(job, arrives_min, None, slower, hungrier)


def story(*works: Work, end_min: int = 120, budget_wh: float = 500.0) -> Story:
    """Two hours with one mill."""
    return Story(end_min, budget_wh, 600.0, (MILL,), works)


def test_the_same_seed_plays_the_same_halt():
    """A table can be printed again."""
    setting = Setting(hours=2.0)
    assert invent(7, setting) == invent(7, setting)
    first, second = (play(invent(7, setting), Planned(), 7, is_protected=True) for _ in range(2))
    assert first == second
    assert invent(8, setting) != invent(7, setting)


def test_what_a_person_fixes_is_kept():
    """Budget, hours, participants and printers of a visit that is being prepared."""
    made = invent(3, Setting(budget_wh=420.0, hours=3.0, participants=12, printers=2))
    assert (made.budget_wh, made.end_min, len(made.devices)) == (420.0, 180, 3)
    assert {work.job.participant for work in made.works} == {f"s{index}" for index in range(12)}


def test_a_slow_job_takes_its_time_and_a_hungry_one_its_energy():
    """Fates are played, not estimates."""
    outcome = play(story(cut("a", slower=1.5, hungrier=1.2)), blind(first_come), 1, is_protected=False)
    (bar,) = outcome.bars
    assert (bar.start_min, bar.end_min) == (0, 45)
    assert outcome.used_wh == pytest.approx(36.0)
    assert outcome.spent_wh[-1] == pytest.approx(36.0)
    assert outcome.peak_w == 90.0


def test_who_rides_blind_is_cut_off_at_the_end_and_over_the_battery():
    """First come, first served starts what cannot end and what the battery does not hold."""
    works = [cut("a", 100), cut("b", 100)]
    outcome = play(story(*works, budget_wh=90.0), blind(first_come), 1, is_protected=False)
    assert [bar.is_aborted for bar in outcome.bars] == [False, True]
    assert outcome.used_wh > 90.0
    assert outcome.served == {"a"}


def test_the_protection_stops_before_the_way_home_is_touched():
    """A job three times as hungry as estimated is lost, not the reserve."""
    outcome = play(story(cut("a", 40, hungrier=3.0), budget_wh=60.0), Planned(), 1, is_protected=True)
    assert [bar.is_aborted for bar in outcome.bars] == [True]
    assert outcome.used_wh < 60.0


def test_an_object_made_counts_and_one_that_came_too_late_waits():
    """Nothing starts that cannot end by its high quantile."""
    outcome = play(story(cut("a"), cut("late", arrives_min=100)), Planned(), 1, is_protected=True)
    assert outcome.served == {"a"}
    assert [work.job.id for work in outcome.waiting] == ["late"]


def test_a_job_too_dear_for_the_last_look_keeps_its_machine_from_nobody():
    """The plan has room for the thriftier one, its high quantile has not: the other starts at once."""
    dear, other = cut("dear", 32), cut("other", 20)
    dear = replace(dear, job=replace(dear.job, run_wh=5.0))
    outcome = play(story(dear, other, end_min=45), Planned(), 1, is_protected=True)
    assert [(bar.work.job.id, bar.start_min) for bar in outcome.bars] == [("other", 0)]


def test_nobody_beats_the_bound():
    """On invented halts without noise of luck, the bound stays above what any careful rule serves."""
    for seed in range(5):
        made = invent(seed, Setting())
        outcome = play(made, Planned(), seed, is_protected=True)
        kept = {work.job.participant for work in made.works if work.job.promised and not work.cancels_min}
        assert len(outcome.served - kept) <= hindsight(made)


def test_the_bound_counts_what_can_be_made_at_all():
    """Three half-hour cuts with their changeovers fit two hours; energy for two lets in two."""
    works = [cut(name) for name in "abcdef"]
    assert hindsight(story(*works)) == 3
    assert hindsight(story(*works, budget_wh=65.0)) == 2
    assert hindsight(story(cut("long", 130))) == 0


def test_ten_halts_keep_to_battery_inverter_and_clock_and_serve_more():
    """The short form of the table in docs/planner.md."""
    ours = row(PLANNER, play_all(PLANNER, Setting(), range(1, 11)))
    gated = row("first come, gated", play_all("first come, gated", Setting(), range(1, 11)))
    first = row("first come, blind", play_all("first come, blind", Setting(), range(1, 11)))
    assert (ours.over_budget_pct, ours.over_cap_pct) == (0.0, 0.0)
    assert ours.aborted_pct <= 1.0
    assert ours.served > 1.1 * gated.served
    assert ours.promises_pct > gated.promises_pct
    assert first.over_budget_pct > 30
    assert first.over_cap_pct > 30


def test_the_simulation_pads_and_announces_as_the_bike_does():
    """Numbers in two rooms that do not know each other."""
    assert rules.REST_MARGIN == REST_MARGIN
    assert rules.ANNOUNCED_MIN == ANNOUNCED_MIN
    assert rules.MOST_TOO_DEAR == MOST_TOO_DEAR


def test_the_picture_shows_each_job_and_survives_strange_names():
    """As SVG every participant's name is in it, escaped; as PNG it is an image of its size."""
    made = invent(2, Setting(budget_wh=420.0, hours=3.0))
    outcome = play(made, Planned(), 2, is_protected=True)
    strange = PlanJob("x", DeviceKind.MILL, 30, 5.0, "<&é>")
    outcome.bars.append(Bar(Work(strange, 0, None, 1.0, 1.0), MILL, 0, 0, 60, 5.0))
    drawing = draw(made, outcome)
    words = set(ET.fromstring(svg(drawing)).itertext())  # noqa: S314 - our own picture
    assert {"<&é>", "mill", "0:30"} <= words
    with Image.open(BytesIO(png(drawing))) as image:
        assert image.size == (2 * drawing.width, 2 * drawing.height)


def test_a_rule_that_keeps_to_the_battery_never_beats_the_bound():
    """Where nobody was promised anything, no halt goes better than hindsight says, whatever the rule."""
    for seed in range(5):
        made = invent(seed, Setting(hours=2.0))
        made = replace(made, works=tuple(replace(w, job=replace(w.job, promised=False)) for w in made.works))
        for rule in (Planned(), first_come_gated):
            assert len(play(made, rule, seed, is_protected=True).served) <= hindsight(made)


def test_the_bound_knows_cold_starts_and_late_arrivals():
    """A printer is heated from cold once; what comes in the last half hour shares that half hour."""
    printer = replace(MILL, id="printer", kind=DeviceKind.PRINTER, heat_cold_wh=20.0, heat_warm_wh=10.0)
    prints = [Work(PlanJob(name, printer.kind, 10, 10.0, name), 0, None, 1.0, 1.0) for name in "abc"]
    alone = Story(120, 50.0, 600.0, (printer,), tuple(prints))
    assert hindsight(alone) == 2
    assert hindsight(replace(alone, budget_wh=70.0)) == 3
    late = [cut(name, 12, arrives_min=90) for name in "abcd"]
    assert hindsight(story(*late)) == 2


def test_a_promise_that_takes_much_leaves_less_in_the_bound():
    """Six small cuts fit the energy; beside the promised one only three of them."""
    small, big = [cut(name, 10) for name in "abcdef"], cut("big", 30)
    promised = replace(big, job=replace(big.job, promised=True))
    assert hindsight(story(*small, big, budget_wh=60.0)) == 6
    assert hindsight(story(*small, promised, budget_wh=60.0)) == 4


def test_what_the_battery_cannot_carry_to_its_end_waits_for_what_can():
    """The hungrier of two jobs is parked while the other ends, holds no way home, and is counted as lost."""
    printer = replace(MILL, id="printer", kind=DeviceKind.PRINTER)
    long = Work(PlanJob("long", printer.kind, 60, 40.0, "long"), 0, None, 1.0, 1.8)
    made = Story(120, 75.0, 600.0, (printer, MILL), (long, cut("short", 20, hungrier=1.2)))
    outcome = play(made, blind(first_come), 1, is_protected=True)
    bars = {bar.work.job.id: bar for bar in outcome.bars}
    assert not bars["short"].is_aborted
    assert bars["long"].is_aborted
    assert bars["long"].parked_min > 30
    assert 60.0 < outcome.used_wh < made.budget_wh


def test_a_term_is_fair_over_its_halts():
    """With what each had counted over the term, objects are shared more evenly, and more people get one."""
    setting = Setting(hours=2.0, participants=18)
    alone, gated, ours = (
        term_row(rule, setting, range(1, 3), 4) for rule in (EACH_BY_ITSELF, "first come, gated", PLANNER)
    )
    assert ours.jain > alone.jain + 0.05
    assert ours.jain > gated.jain
    assert ours.served_pct >= alone.served_pct
    assert ours.over_budget_pct == 0.0


def test_what_was_not_made_keeps_its_place_over_the_term():
    """A carried-over job goes before those brought at the next halt, and nobody waits for two."""
    term = play_term("first come, gated", Setting(hours=2.0, participants=20), 1, 3)
    (_, first), (second_story, second), _ = term.halts
    left = {work.job.id for work in first.waiting}
    assert left
    assert left <= {work.job.id for work in second_story.works}
    waiting = {work.job.participant for work in first.waiting}
    fresh = [work for work in second_story.works if not work.waited_min]
    assert not waiting & {work.job.participant for work in fresh}
    assert second.bars[0].work.waited_min > 0
    assert sum(term.objects.values()) == sum(len(outcome.made) for _, outcome in term.halts)
