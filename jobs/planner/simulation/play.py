"""A halt minute by minute: what runs takes what it takes, and a rule decides what starts."""

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Final

from drivers.types import DeviceKind
from jobs.energy.protect import Level, Pack, Task, protect
from jobs.planner.instance import PlanDevice
from jobs.planner.simulation.story import Story, Work

SIGMA_CHARGE_WH: Final = 1.0
"""Noise of the charge that plan and gate count on, which is steadied over a minute, and of the protection's;
assumed."""

REPLAN_MIN: Final = 1
"""A rule is asked at every change, and at least so often: the bike plans every ten seconds."""

GUARD_WH: Final = 3.0
"""The protection cuts everything off so early; assumed."""

LAYER_MIN: Final = 2
HOLD_W: Final = 25.0
"""A printer that is to pause ends its layer first, and holds its bed after that; assumed."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One job on one device: when it began, was warm and ended, what it took, and whether it was cut off.

    While it is parked its end moves on, and its warm bed takes `held_wh`.
    """

    work: Work
    device: PlanDevice
    start_min: int
    heated_min: int
    end_min: int
    used_wh: float
    is_aborted: bool = False
    parked_min: int = 0
    held_wh: float = 0.0

    def done(self, now_min: int) -> float:
        """Share of the program that the machine has acknowledged."""
        since_min = self.start_min + self.parked_min
        return min(1.0, (now_min - since_min) / (self.end_min - since_min))

    def taken_wh(self, now_min: int) -> float:
        """What it has taken so far."""
        return self.used_wh * self.done(now_min) + self.held_wh

    def parked(self) -> "Bar":
        """The same a minute later, nothing done in between."""
        hold_wh = HOLD_W / 60 if self.device.kind is DeviceKind.PRINTER else 0.0
        heated_min, end_min = self.heated_min + 1, self.end_min + 1
        parked_min, held_wh = self.parked_min + 1, self.held_wh + hold_wh
        return replace(self, heated_min=heated_min, end_min=end_min, parked_min=parked_min, held_wh=held_wh)

    def watts(self, now_min: int) -> float:
        """The power it may draw in this minute, by the figures of the machine."""
        return self.device.heat_w if now_min < self.heated_min else self.device.run_w


@dataclass(slots=True)
class Track:
    """One device: what runs on it, when its last job ended, and since when that is told to pause."""

    device: PlanDevice
    bar: Bar | None = None
    last_end_min: int | None = None
    short_since_min: int | None = None

    def ready_min(self) -> int:
        """From when on somebody has made it ready again."""
        return 0 if self.last_end_min is None else self.last_end_min + self.device.changeover_min

    def is_warm(self, now_min: int) -> bool:
        """Would a start now be a warm one?"""
        return self.last_end_min is not None and now_min - self.last_end_min <= self.device.warm_hold_min


@dataclass(slots=True)
class Scene:
    """What a rule can know at one minute."""

    story: Story
    now_min: int
    tracks: list[Track]
    waiting: list[Work]
    reading_wh: float
    had: dict[str, int]
    had_before: Mapping[str, int] = field(default_factory=dict)

    @property
    def left_min(self) -> int:
        """Minutes until the halt ends."""
        return self.story.end_min - self.now_min

    def watts(self) -> float:
        """What the machines draw now."""
        return sum(track.bar.watts(self.now_min) for track in self.tracks if track.bar)


Rule = Callable[[Scene], Iterable[tuple[Work, Track]]]
"""Names what starts now, each on a device that is free."""


@dataclass(slots=True)
class Outcome:
    """How a halt went; `waiting` are the jobs that nobody could make any more."""

    bars: list[Bar] = field(default_factory=list)
    waiting: list[Work] = field(default_factory=list)
    spent_wh: list[float] = field(default_factory=list)
    peak_w: float = 0.0

    @property
    def made(self) -> list[Bar]:
        """What was finished."""
        return [bar for bar in self.bars if not bar.is_aborted]

    @property
    def used_wh(self) -> float:
        """What all machines took."""
        return sum(bar.used_wh + bar.held_wh for bar in self.bars)

    @property
    def served(self) -> set[str]:
        """Participants who took something home."""
        return {bar.work.job.participant for bar in self.made}


def play(
    story: Story, rule: Rule, seed: int, *, is_protected: bool, had: Mapping[str, int] | None = None
) -> Outcome:
    """Play a halt to its end; with protection, machines stop before the way home is touched.

    `had` counts what each participant took home at the halts before, where a term is played.
    """
    chance = random.Random(seed)  # noqa: S311 - repeatable, no secret
    tracks, out = [Track(device) for device in story.devices], Outcome()
    scene = Scene(story, 0, tracks, [], story.budget_wh, dict(had or {}), had or {})
    for now_min in range(story.end_min):
        scene.now_min = now_min
        changed = _finish(tracks, out, now_min) | _come_and_go(story, scene.waiting, now_min)
        left_wh = story.budget_wh - _spent_wh(tracks, out, now_min)
        is_cut = is_protected and _protect(tracks, out, left_wh + chance.gauss(0.0, SIGMA_CHARGE_WH), now_min)
        if not is_cut and (changed or now_min % REPLAN_MIN == 0):
            scene.reading_wh = left_wh + chance.gauss(0.0, SIGMA_CHARGE_WH)
            while _start(scene, rule):
                continue
        out.spent_wh.append(story.budget_wh - left_wh)
        out.peak_w = max(out.peak_w, scene.watts())
    _cut_off(tracks, out, story.end_min)
    out.spent_wh.append(out.used_wh)
    out.waiting = scene.waiting
    return out


def _start(scene: Scene, rule: Rule) -> bool:
    """Start what the rule names; a start is a change, and the rule is asked again."""
    starts = list(rule(scene))
    for work, track in starts:
        scene.waiting.remove(work)
        scene.had[work.job.participant] = scene.had.get(work.job.participant, 0) + 1
        track.bar = _begin(work, track, scene.now_min)
    return bool(starts)


def _spent_wh(tracks: list[Track], out: Outcome, now_min: int) -> float:
    return out.used_wh + sum(track.bar.taken_wh(now_min) for track in tracks if track.bar)


def _protect(tracks: list[Track], out: Outcome, reading_wh: float, now_min: int) -> bool:
    """Let wait what the battery cannot carry to its end; cut everything off when nothing is left."""
    busy = {track.device.id: track for track in tracks if track.bar}
    tasks = [Task(name, _rest_wh(track.bar, now_min), 0.0) for name, track in busy.items() if track.bar]
    verdicts = protect(Pack(reading_wh, GUARD_WH, 0.0), tasks)
    if any(verdict.level is Level.HARD for verdict in verdicts):
        _cut_off(tracks, out, now_min)
        return True
    for verdict in verdicts:
        _pause(busy[verdict.machine], now_min, is_short=verdict.level is Level.SOFT)
    return False


def _rest_wh(bar: Bar, now_min: int) -> float:
    """What the estimate says that a job still takes."""
    return (bar.device.heat_warm_wh + bar.work.job.run_wh) * (1.0 - bar.done(now_min))


def _pause(track: Track, now_min: int, *, is_short: bool) -> None:
    """A minute's wait after the end of the layer, until there is enough again."""
    if not is_short:
        track.short_since_min = None
        return
    since_min = now_min if track.short_since_min is None else track.short_since_min
    layer_min = LAYER_MIN if track.device.kind is DeviceKind.PRINTER else 0
    if track.bar and now_min - since_min >= layer_min and track.bar.end_min > now_min:
        track.bar = track.bar.parked()
    track.short_since_min = since_min


def _finish(tracks: list[Track], out: Outcome, now_min: int) -> bool:
    changed = False
    for track in tracks:
        bar = track.bar
        if bar is not None and bar.end_min <= now_min:
            out.bars.append(bar)
            track.bar, track.last_end_min, changed = None, bar.end_min, True
            track.short_since_min = None
        changed |= track.bar is None and track.ready_min() == now_min
    return changed


def _come_and_go(story: Story, waiting: list[Work], now_min: int) -> bool:
    coming = [work for work in story.works if work.arrives_min == now_min]
    going = [work for work in waiting if work.cancels_min == now_min]
    waiting += coming
    for work in going:
        waiting.remove(work)
    return bool(coming or going)


def _begin(work: Work, track: Track, now_min: int) -> Bar:
    device, is_warm = track.device, track.is_warm(now_min)
    heat_min = device.heat_warm_min if is_warm else device.heat_cold_min
    heat_wh = device.heat_warm_wh if is_warm else device.heat_cold_wh
    heated_min = now_min + heat_min
    end_min = heated_min + max(1, ceil(work.job.run_min * work.slower))
    return Bar(work, device, now_min, heated_min, end_min, (heat_wh + work.job.run_wh) * work.hungrier)


def _cut_off(tracks: list[Track], out: Outcome, now_min: int) -> None:
    """What still runs is lost, and has taken its share; what is just done is not."""
    for track in tracks:
        bar = track.bar
        if bar is not None:
            if bar.end_min > now_min:
                bar = replace(bar, end_min=now_min, used_wh=bar.used_wh * bar.done(now_min), is_aborted=True)
            out.bars.append(bar)
            track.bar, track.last_end_min = None, now_min
