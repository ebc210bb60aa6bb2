"""The bound on who can be served: never below the best of all schedules of small halts, and seldom above."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations, product

import pytest

from drivers.types import DeviceKind
from jobs.planner.instance import PlanDevice, PlanJob
from jobs.planner.simulation.bound import hindsight
from jobs.planner.simulation.search import Search, Shares
from jobs.planner.simulation.story import Setting, Story, Work, invent

ROOMS = 3


@dataclass(frozen=True, slots=True)
class Lane:
    """A machine in a schedule: when it is ready, and until when it is warm."""

    device: PlanDevice
    ready_min: int = 0
    warm_until_min: int = -1


@dataclass(frozen=True, slots=True)
class Schedule:
    """What was made so far, in any order, and what it took."""

    lanes: tuple[Lane, ...]
    left_wh: float
    promised_wh: float
    made: tuple[Work, ...] = ()

    @property
    def value(self) -> tuple[int, int]:
        """Promises kept, then participants served."""
        kept = sum(work.job.promised and work.cancels_min is None for work in self.made)
        return kept, len({work.job.participant for work in self.made})

    def with_one_more(self, story: Story) -> Iterator["Schedule"]:
        """Each work on each machine of its kind, as early as that can be."""
        for work, (index, lane) in product(story.works, enumerate(self.lanes)):
            if work not in self.made and work.job.kind is lane.device.kind:
                after = self._after(story, work, index)
                if after is not None:
                    yield after

    def _after(self, story: Story, work: Work, index: int) -> "Schedule | None":
        lane = self.lanes[index]
        device, start_min = lane.device, max(lane.ready_min, work.arrives_min)
        is_warm = start_min <= lane.warm_until_min
        heat_min, heat_wh = (
            (device.heat_warm_min, device.heat_warm_wh)
            if is_warm
            else (device.heat_cold_min, device.heat_cold_wh)
        )
        end_min = start_min + heat_min + max(1, -int(-work.job.run_min * work.slower // 1))
        wh = (heat_wh + work.job.run_wh) * work.hungrier
        promised_wh = wh if work.job.promised and work.cancels_min is None else 0.0
        if end_min > story.end_min or wh > self.left_wh or promised_wh > self.promised_wh:
            return None
        if work.cancels_min is not None and start_min >= work.cancels_min:
            return None
        used = Lane(device, end_min + device.changeover_min, end_min + device.warm_hold_min)
        lanes = (*self.lanes[:index], used, *self.lanes[index + 1 :])
        return Schedule(lanes, self.left_wh - wh, self.promised_wh - promised_wh, (*self.made, work))


def best_of_all(story: Story) -> tuple[int, int]:
    """Every schedule there is: promises first, as many as half of the energy holds, then participants."""
    best, reached = (0, 0), [Schedule(tuple(map(Lane, story.devices)), story.budget_wh, story.budget_wh / 2)]
    while reached:
        schedule = reached.pop()
        best = max(best, schedule.value)
        reached += schedule.with_one_more(story)
    return best


def small_halt(seed: int) -> Story:
    """Six works of an invented halt, in too little time and with too little energy for all of them."""
    chance = random.Random(seed)  # noqa: S311 - repeatable
    made = invent(
        seed, Setting(hours=chance.choice([1.0, 1.5]), participants=5, printers=chance.choice([1, 2]))
    )
    works = tuple(
        replace(work, job=replace(work.job, promised=chance.random() < 0.2)) for work in made.works[:6]
    )
    return replace(made, works=works, budget_wh=chance.uniform(60.0, 200.0), power_cap_w=2000.0)


def test_no_schedule_of_a_small_halt_beats_the_bound_and_the_best_comes_close():
    """All orders on all machines, tried one by one: a bound below is wrong, one far above says nothing."""
    halts = [small_halt(seed) for seed in range(120)]
    served, bounds = [best_of_all(halt)[1] for halt in halts], [hindsight(halt) for halt in halts]
    assert [seed for seed, (best, bound) in enumerate(zip(served, bounds, strict=True)) if bound < best] == []
    assert sum(bounds) <= 1.05 * sum(served)
    assert sum(served) < sum(len({work.job.participant for work in halt.works}) for halt in halts)


@pytest.mark.parametrize("seed", range(40))
def test_a_search_finds_whoever_fits_and_nobody_else(seed: int):
    """The same answer as trying every choice of people and of their objects."""
    chance = random.Random(seed)  # noqa: S311 - repeatable
    others = [[_object(chance) for _ in range(chance.randint(1, 2))] for _ in range(6)]
    surely = [[_object(chance)] for _ in range(chance.randint(0, 1))]
    for count in range(8):
        assert Search(surely, others).may_fit(count) == _any_fits(surely, others, count)


def test_a_search_that_gives_up_rules_nothing_out():
    """A bound may be too high, never too low."""
    others = [[(0.5, 0.1)], [(0.5, 0.1)], [(0.1, 0.6)], [(0.1, 0.6)]]
    assert not Search([], others).may_fit(4)
    assert not Search([], others).may_fit(3)
    assert Search([], others, steps=1).may_fit(3)


def test_whole_objects_are_fewer_than_parts_of_them():
    """Minutes and energy together have room for 3.1 of these cuts; of whole ones no three go together."""
    mill = PlanDevice("mill", DeviceKind.MILL, 0.0, 90.0, 0, 0, 0.0, 0.0, 0, 0)
    cuts = [PlanJob(name, mill.kind, 60, 10.0, name) for name in "ab"]
    cuts += [PlanJob(name, mill.kind, 12, 60.0, name) for name in "cd"]
    works = tuple(Work(job, 0, None, 1.0, 1.0) for job in cuts)
    assert hindsight(Story(120, 100.0, 600.0, (mill,), works)) == 2


def _object(chance: random.Random) -> Shares:
    return tuple(chance.choice([0.0, 0.1, 0.25, 0.3, 0.5]) for _ in range(ROOMS))


def _any_fits(surely: list[list[Shares]], others: list[list[Shares]], count: int) -> bool:
    return count >= len(surely) and any(
        all(sum(room) <= 1.0 + 1e-9 for room in zip(*objects, strict=True))
        for people in combinations(others, count - len(surely))
        for objects in product(*surely, *people)
    )
