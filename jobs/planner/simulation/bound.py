"""How many participants a halt could serve at the very most, had one known everything beforehand."""

from collections.abc import Iterator, Sequence
from itertools import accumulate, combinations
from math import ceil

from drivers.types import DeviceKind
from jobs.planner.instance import PlanDevice
from jobs.planner.simulation.rooms import least_most, shares_of
from jobs.planner.simulation.search import Shares
from jobs.planner.simulation.story import Story, Work

Devices = tuple[PlanDevice, ...]


def hindsight(story: Story) -> int:
    """A bound on who is served while promises are kept, whatever the order of the jobs.

    Each choice of machines is bounded by itself: one that works was heated from cold once. Of the promises
    as many are held to be kept as surely can be, whichever they are.
    """
    works = [work for work in story.works if could_be_made(story, work)]
    kept = surely_kept(story, works)
    most = 0
    for devices in _choices(story):
        most = max(most, _most_on(story, works, devices, kept, most))
    return most


def could_be_made(story: Story, work: Work) -> bool:
    """Alone on the best machine, left warm by somebody, from the minute of its arrival."""
    return any(
        work.arrives_min + _minutes(device, work, is_warm=True) <= story.end_min
        and _energy_wh(device, work, is_warm=True) <= story.budget_wh
        and max(device.heat_w, device.run_w) <= story.power_cap_w
        for device in story.devices
        if device.kind is work.job.kind
    )


def surely_kept(story: Story, works: Sequence[Work]) -> int:
    """How many promises a plain plan keeps: the small ones within half of the energy, one after the other."""
    lanes = _side_by_side(story)
    promised = sorted((work for work in works if _is_promise(work)), key=lambda work: work.job.run_wh)
    energies = accumulate(max(_energies(story, work)) for work in promised)
    within = [
        work
        for work, total_wh in zip(promised, energies, strict=True)
        if total_wh <= story.budget_wh / 2 and work.job.kind in lanes
    ]
    kept = 0
    free_min = dict.fromkeys(lanes, 0)
    for work in sorted(within, key=lambda work: work.arrives_min):
        device = lanes[work.job.kind]
        end_min = max(free_min[device.kind], work.arrives_min) + _minutes(device, work, is_warm=False)
        if end_min <= story.end_min:
            free_min[device.kind], kept = end_min + device.changeover_min, kept + 1
    return kept


def _side_by_side(story: Story) -> dict[DeviceKind, PlanDevice]:
    """One machine of each kind; one kind only when the power does not let them work together."""
    lanes: dict[DeviceKind, PlanDevice] = {}
    for device in story.devices:
        watts = sum(max(each.heat_w, each.run_w) for each in (*lanes.values(), device))
        if device.kind not in lanes and watts <= story.power_cap_w:
            lanes[device.kind] = device
    return lanes


def _most_on(story: Story, works: Sequence[Work], devices: Devices, kept: int, most: int) -> int:
    """The best choice of promises, or the most that another choice of machines reaches already."""
    works = [work for work in works if any(device.kind is work.job.kind for device in devices)]
    shares = dict(zip(works, shares_of(story, works, devices), strict=True))
    promised = [work for work in works if _is_promise(work)]
    for chosen in combinations(promised, min(kept, len(promised))):
        people = {work.job.participant: [shares[work]] for work in chosen}
        costs: dict[str, list[Shares]] = {}
        for work in works:
            if work.job.participant not in people:
                costs.setdefault(work.job.participant, []).append(shares[work])
        most = max(most, least_most(list(people.values()), list(costs.values()), most))
    return most


def _choices(story: Story) -> Iterator[Devices]:
    """All machines, and what is left when some that have to be heated stay cold."""
    heated = [device for device in story.devices if device.heat_cold_min or device.heat_cold_wh]
    for count in range(len(heated) + 1):
        for cold in combinations(heated, count):
            yield tuple(device for device in story.devices if device not in cold)


def _is_promise(work: Work) -> bool:
    return work.job.promised and work.cancels_min is None


def _minutes(device: PlanDevice, work: Work, *, is_warm: bool) -> int:
    heat_min = device.heat_warm_min if is_warm else device.heat_cold_min
    return heat_min + max(1, ceil(work.job.run_min * work.slower))


def _energy_wh(device: PlanDevice, work: Work, *, is_warm: bool) -> float:
    heat_wh = device.heat_warm_wh if is_warm else device.heat_cold_wh
    return (heat_wh + work.job.run_wh) * work.hungrier


def _energies(story: Story, work: Work) -> list[float]:
    return [_energy_wh(d, work, is_warm=False) for d in story.devices if d.kind is work.job.kind]
