"""What an object takes of the energy and of the minutes of a halt, and how many objects fit at most."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from jobs.planner.instance import PlanDevice
from jobs.planner.simulation.search import Search, Shares
from jobs.planner.simulation.story import Story, Work

_STEPS: Final = (0.5, 0.25, 0.12, 0.06, 0.03, 0.015)
"""How far a weight is moved while looking for the least bound, coarse before fine."""

_EPSILON: Final = 1e-6

_NEVER: Final = 2.0
"""The share of a room that has nothing to give."""


@dataclass(frozen=True, slots=True)
class Room:
    """The minutes of one kind of machine from `since_min` on; who came earlier does not need them."""

    devices: tuple[PlanDevice, ...]
    since_min: int
    minutes: int

    def share(self, work: Work) -> float:
        """The part of this room that a work takes at least: started warm, its changeover included."""
        if work.job.kind is not self.devices[0].kind or work.arrives_min < self.since_min:
            return 0.0
        minutes = least_min(self.devices, work) + min(device.changeover_min for device in self.devices)
        return minutes / self.minutes if self.minutes > 0 else _NEVER


def shares_of(story: Story, works: Sequence[Work], devices: Sequence[PlanDevice]) -> list[Shares]:
    """The shares of each work when all these machines, and no others, make something.

    Of the energy first, then of the minutes of each kind of machine: of the whole halt, and from each
    arrival on.
    """
    kinds = {device.kind: [each for each in devices if each.kind is device.kind] for device in devices}
    rooms = [room for alike in kinds.values() for room in _rooms(story, works, alike)]
    least_hungry = min((work.hungrier for work in works), default=1.0)
    colder_wh = sum(max(0.0, device.heat_cold_wh - device.heat_warm_wh) for device in devices)
    budget_wh = story.budget_wh - least_hungry * colder_wh
    energies = (least_wh(kinds[work.job.kind], work) for work in works)
    shares = (energy_wh / budget_wh if budget_wh > 0 else _NEVER for energy_wh in energies)
    return [(share, *(room.share(work) for room in rooms)) for share, work in zip(shares, works, strict=True)]


def least_min(devices: Sequence[PlanDevice], work: Work) -> int:
    """Minutes on the quickest of these machines, warm or cold."""
    heat_min = min(min(device.heat_warm_min, device.heat_cold_min) for device in devices)
    return heat_min + max(1, ceil(work.job.run_min * work.slower))


def least_wh(devices: Sequence[PlanDevice], work: Work) -> float:
    """Watt-hours on the thriftiest of these machines, warm or cold."""
    heat_wh = min(min(device.heat_warm_wh, device.heat_cold_wh) for device in devices)
    return (heat_wh + work.job.run_wh) * work.hungrier


def _rooms(story: Story, works: Sequence[Work], devices: Sequence[PlanDevice]) -> Iterator[Room]:
    """The whole halt, each machine heated once from cold, and the halt from each later arrival on."""
    first_min = sum(max(0, d.heat_cold_min - d.heat_warm_min) for d in devices)
    whole_min = sum(story.end_min + d.changeover_min for d in devices)
    yield Room(tuple(devices), 0, whole_min - first_min)
    later = {work.arrives_min for work in works if work.job.kind is devices[0].kind} - {0}
    for since_min in sorted(later):
        yield Room(tuple(devices), since_min, whole_min - since_min * len(devices))


@dataclass(frozen=True, slots=True)
class Weighing:
    """One choice of weights, what each object of each person costs by it, and how many people fit so."""

    most: float
    weights: tuple[float, ...]
    costs: list[list[float]]


def least_most(
    surely: Sequence[Sequence[Shares]], others: Sequence[Sequence[Shares]], at_least: int = 0
) -> int:
    """The least bound found on how many people are served, those included who surely are.

    Whatever weights the rooms are given, who is served takes at least the smallest weighted shares, and all
    shares together are at most one: each choice of weights gives a bound. Of each person's objects the
    cheapest counts. What the best weights leave open, a search among whole objects decides.

    Args:
        surely: The objects of each person who is served.
        others: The objects of each other person.
        at_least: A smaller bound is of no use to anybody, and is not looked for.
    """
    people = [*surely, *others]
    if not people:
        return 0
    best = _weighed(people, len(surely))
    most = int(best.most + _EPSILON)
    if most <= at_least:
        return most
    weighted = [_with_cost(*each) for each in zip(people, best.costs, strict=True)]
    cheapest_first = sorted(weighted[len(surely) :], key=lambda of_one: min(of_one)[0])
    search = Search(weighted[: len(surely)], cheapest_first)
    while most > max(at_least, len(surely)) and not search.may_fit(most):
        most -= 1
    return most


def _with_cost(of_one: Sequence[Shares], costs: Sequence[float]) -> list[Shares]:
    """The weighted share is a share of a room, too: of all rooms together."""
    return sorted((cost, *shares) for shares, cost in zip(of_one, costs, strict=True))


def _weighed(people: Sequence[Sequence[Shares]], surely: int) -> Weighing:
    """The weights of the rooms that rule out most."""
    numbers = range(len(people[0][0]))
    rooms = [[[shares[number] for shares in of_one] for of_one in people] for number in numbers]
    single = [tuple(float(number == one) for number in numbers) for one in numbers]
    starts = [Weighing(_most(room, surely), single[one], room) for one, room in enumerate(rooms)]
    best = min(starts, key=lambda weighing: weighing.most)
    for step in _STEPS:
        while (better := _better(best, rooms, step, surely)) is not None:
            best = better
    return best


def _better(best: Weighing, rooms: Sequence[list[list[float]]], step: float, surely: int) -> Weighing | None:
    """The best change of one weight, up or down, if it lowers the bound."""
    found = None
    for one, room in enumerate(rooms):
        down = step * best.weights[one]
        for keep, add in ((1 - step, step), (1 / (1 - down), -down / (1 - down))):
            costs = [
                [keep * cost + add * share for cost, share in zip(of_one, shares, strict=True)]
                for of_one, shares in zip(best.costs, room, strict=True)
            ]
            most = _most(costs, surely)
            if most < (found or best).most - _EPSILON:
                weights = tuple(keep * weight + add * (k == one) for k, weight in enumerate(best.weights))
                found = Weighing(most, weights, costs)
    return found


def _most(costs: Sequence[Sequence[float]], surely: int) -> float:
    """How many people fit, the last one in parts."""
    least = [min(of_one) for of_one in costs]
    taken, count = sum(least[:surely]), surely
    if taken > 1.0 + _EPSILON:
        return count / taken
    left = 1.0 - taken
    for cost in sorted(least[surely:]):
        if cost > left + _EPSILON:
            return count + max(0.0, left) / cost
        left, count = left - cost, count + 1
    return float(count)
