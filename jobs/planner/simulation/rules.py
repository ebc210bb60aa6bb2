"""Who decides what starts: our planner behind its gate, or the rules that everybody else has."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from math import ceil, exp
from typing import Final

from jobs.planner.instance import Instance, PlanDevice, PlanJob, PlannedStart
from jobs.planner.latecomers import leave_room
from jobs.planner.plan import plan
from jobs.planner.simulation.play import Scene, Track
from jobs.planner.simulation.story import SIGMA_ENERGY, SIGMA_TIME, Work

MARGIN_TIME_PCT: Final = 40.0
MARGIN_ENERGY_PCT: Final = 30.0
"""The margins of the settings."""

_P97: Final = 1.881
ANNOUNCED_MIN: Final = 5
"""Who starts so soon is held to be announced, as on the bike."""

MOST_TOO_DEAR: Final = 8
"""With so many jobs left out no further plan is made at once, as on the bike."""

REST_MARGIN: Final = 1.10
"""Padding on what running jobs still need, as in the budget of a halt."""


Order = Callable[[Work], tuple[int, str]]


def blind(order: Order) -> Callable[[Scene], Iterator[tuple[Work, Track]]]:
    """The first in some order starts on any free machine of its kind, whatever battery and clock say."""

    def rule(scene: Scene) -> Iterator[tuple[Work, Track]]:
        yield from _pair(sorted(scene.waiting, key=order), _free(scene))

    return rule


def first_come(work: Work) -> tuple[int, str]:
    """Order of arrival."""
    return work.arrives_min - work.waited_min, work.job.id


def shortest(work: Work) -> tuple[int, str]:
    """Order of run time."""
    return work.job.run_min, work.job.id


def first_come_gated(scene: Scene) -> Iterator[tuple[Work, Track]]:
    """In the order of arrival, behind the same last look before a start as ours."""
    yield from _through_gate(scene, _pair(sorted(scene.waiting, key=first_come), _free(scene)))


class Planned:
    """Our planner, planning again at every change and keeping to what it announced."""

    def __init__(self) -> None:
        self._announced: tuple[PlannedStart, ...] = ()

    def __call__(self, scene: Scene) -> Iterator[tuple[Work, Track]]:
        """Plan, and start what the plan puts now; once more without what the last look refuses."""
        works = {work.job.id: work for work in scene.waiting}
        tracks = {track.device.id: track for track in _free(scene)}
        too_dear: set[str] = set()
        while True:
            left = [work for work in scene.waiting if work.job.id not in too_dear]
            question, _ = leave_room(_question(scene, left), _came(scene), scene.now_min, self._announced)
            made = plan(question, self._announced)
            now = [start for start in made.starts if start.start_min == 0 and start.device in tracks]
            passed = list(_through_gate(scene, ((works[start.job], tracks[start.device]) for start in now)))
            refused = {start.job for start in now} - {work.job.id for work, _ in passed}
            if not refused or passed or len(too_dear) >= MOST_TOO_DEAR:
                break
            too_dear |= refused
        # What the gate refuses is not held on to: else it would keep its machine from everybody.
        near = (start for start in made.starts if start.start_min <= ANNOUNCED_MIN)
        self._announced = tuple(start for start in near if start.job not in refused)
        yield from passed


def _free(scene: Scene) -> list[Track]:
    return [track for track in scene.tracks if track.bar is None and track.ready_min() <= scene.now_min]


def _pair(waiting: Iterable[Work], free: list[Track]) -> Iterator[tuple[Work, Track]]:
    free = list(free)
    for work in waiting:
        track = next((track for track in free if track.device.kind is work.job.kind), None)
        if track is not None:
            free.remove(track)
            yield work, track


def _through_gate(scene: Scene, wished: Iterable[tuple[Work, Track]]) -> Iterator[tuple[Work, Track]]:
    """Each by its own high quantile of time and energy, and never above the cap."""
    left_wh, watts = _budget_wh(scene), scene.watts()
    for work, track in wished:
        device, is_warm = track.device, track.is_warm(scene.now_min)
        heat_min = device.heat_warm_min if is_warm else device.heat_cold_min
        heat_wh = device.heat_warm_wh if is_warm else device.heat_cold_wh
        minutes = heat_min + ceil(work.job.run_min * exp(_P97 * SIGMA_TIME))
        needs_wh = (heat_wh + work.job.run_wh) * exp(_P97 * SIGMA_ENERGY)
        drawn_w = max(device.heat_w, device.run_w)
        fits_cap = watts + drawn_w <= scene.story.power_cap_w
        if minutes <= scene.left_min and needs_wh <= left_wh and fits_cap:
            left_wh, watts = left_wh - needs_wh, watts + drawn_w
            yield work, track


def _budget_wh(scene: Scene) -> float:
    """What new jobs may take: the reading less what running jobs still need, padded."""
    rest_wh = 0.0
    for track in scene.tracks:
        if track.bar is not None:
            bar = track.bar
            heat_wh = track.device.heat_cold_wh if bar.heated_min - bar.start_min else 0.0
            rest_wh += (heat_wh + bar.work.job.run_wh) * (1.0 - bar.done(scene.now_min))
    return scene.reading_wh - REST_MARGIN * rest_wh


def _question(scene: Scene, waiting: Iterable[Work]) -> Instance:
    return Instance(
        end_min=scene.left_min,
        budget_wh=round(_budget_wh(scene), 1),
        power_cap_w=scene.story.power_cap_w,
        margin_time_pct=MARGIN_TIME_PCT,
        margin_energy_pct=MARGIN_ENERGY_PCT,
        devices=tuple(_device(track, scene.now_min) for track in scene.tracks),
        jobs=tuple(_as_waiting(work, scene.now_min) for work in waiting),
        served=dict(scene.had),
    )


def _came(scene: Scene) -> list[PlanJob]:
    """The first object of each who came so far and has none from halts before."""
    firsts: dict[str, Work] = {}
    for work in sorted(scene.story.works, key=lambda work: work.arrives_min):
        if work.arrives_min <= scene.now_min and not scene.had_before.get(work.job.participant):
            firsts.setdefault(work.job.participant, work)
    return [_as_waiting(work, scene.now_min) for work in firsts.values()]


def _as_waiting(work: Work, now_min: int) -> PlanJob:
    return replace(work.job, submitted_min=work.arrives_min - work.waited_min - now_min)


def _device(track: Track, now_min: int) -> PlanDevice:
    """A machine as the daemon would describe it: what it does now, what it still holds of its warmth."""
    device, bar = track.device, track.bar
    if bar is not None:
        whole_min = bar.heated_min - bar.start_min + bar.work.job.run_min
        left_min = max(1, ceil(whole_min * (1.0 - bar.done(now_min))))
        return replace(device, free_at_min=left_min, heating_until_min=max(0, bar.heated_min - now_min))
    if track.last_end_min is None:
        return device
    return replace(device, warm_until_min=max(-1, track.last_end_min + device.warm_hold_min - now_min + 1))
