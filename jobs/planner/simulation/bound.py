"""How many participants a halt could serve at the very most, had one known everything beforehand."""

from collections.abc import Iterator
from itertools import accumulate
from typing import Final

from jobs.planner.simulation.story import Story, Work

_STEPS: Final = 10
"""Fineness with which energy and the minutes of each kind are weighed against each other."""


Shares = tuple[float, float, float]
"""What an object takes of the energy, of the first kind's minutes and of the others'."""


def hindsight(story: Story) -> int:
    """A bound on who is served while promises are kept: of each other the cheapest object, started warm.

    Whatever the weights of energy and minutes are, who is served takes at least the smallest weighted
    shares, and all shares together are at most one: each choice of weights gives a bound, the least counts.
    """
    promised = _promised(story)
    people = {work.job.participant for work in promised}
    objects: dict[str, list[Shares]] = {}
    for work in story.works:
        if _could_be_made(story, work) and work.job.participant not in people:
            objects.setdefault(work.job.participant, []).append(_shares(story, work))
    taken = [_shares(story, work) for work in promised]
    return len(people) + min(_most(objects, taken, weights) for weights in _weights())


def _promised(story: Story) -> list[Work]:
    """Promises that can be kept, the small ones first, within half of the energy."""
    room_wh, out = story.budget_wh / 2, []
    for work in sorted(story.works, key=lambda work: work.job.run_wh):
        if work.job.promised and work.cancels_min is None and _could_be_made(story, work):
            if _least(story, work)[1] > room_wh:
                break
            room_wh -= _least(story, work)[1]
            out.append(work)
    return out


def _could_be_made(story: Story, work: Work) -> bool:
    if all(device.kind is not work.job.kind for device in story.devices):
        return False
    minutes, energy_wh = _least(story, work)
    return work.arrives_min + minutes <= story.end_min and energy_wh <= story.budget_wh


def _shares(story: Story, work: Work) -> Shares:
    minutes, energy_wh = _least(story, work)
    devices = [device for device in story.devices if device.kind is work.job.kind]
    room_min = sum(story.end_min + device.changeover_min for device in devices)
    time = (minutes + min(device.changeover_min for device in devices)) / room_min
    energy = energy_wh / story.budget_wh if story.budget_wh else 0.0
    return (energy, time, 0.0) if work.job.kind is story.devices[0].kind else (energy, 0.0, time)


def _least(story: Story, work: Work) -> tuple[float, float]:
    """Minutes and watt-hours on the best machine of its kind."""
    devices = [device for device in story.devices if device.kind is work.job.kind]
    heat_min = min(device.heat_warm_min for device in devices)
    heat_wh = min(device.heat_warm_wh for device in devices)
    return heat_min + work.job.run_min * work.slower, (heat_wh + work.job.run_wh) * work.hungrier


def _weights() -> Iterator[Shares]:
    for energy in range(_STEPS + 1):
        for time in range(_STEPS + 1 - energy):
            yield energy / _STEPS, time / _STEPS, (_STEPS - energy - time) / _STEPS


def _most(objects: dict[str, list[Shares]], taken: list[Shares], weights: Shares) -> int:
    costs = sorted(min(_weighed(each, weights) for each in of_one) for of_one in objects.values())
    left = 1.0 - sum(_weighed(each, weights) for each in taken)
    return sum(1 for total in accumulate(costs) if total <= left + 1e-9)


def _weighed(shares: Shares, weights: Shares) -> float:
    return sum(weight * share for weight, share in zip(weights, shares, strict=True))
