"""Where jobs can start: one bit a minute, so that trying a place costs a few shifts."""

from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass

from jobs.planner.instance import PlanDevice, PlanJob
from jobs.planner.masks import Stretches, Watts, lowest, span
from jobs.planner.needs import MILLI, Need, Sized, heeds_warmth, milliwatts


@dataclass(frozen=True, slots=True)
class Placement:
    """One job on one device; `tenths` is its energy in 0.1 Wh, heat-up and margin included."""

    job: PlanJob
    lane: int
    start_min: int
    heat_min: int
    end_min: int
    is_warm: bool
    tenths: int


class Lane:
    """The minutes of one device: which are free, and where a start is warm or cold."""

    def __init__(self, device: PlanDevice, end_min: int) -> None:
        self.device = device
        self.end_min = end_min
        self.heat_mw, self.run_mw = milliwatts(device.heat_w), milliwatts(device.run_w)
        self.placed: list[Placement] = []
        self.heeds_warmth = heeds_warmth(device)
        self.free = span(0, end_min)
        if device.free_at_min > 0:
            self.free &= ~span(0, device.free_at_min + device.changeover_min)
        self.stretches = Stretches(self.free)
        self._know_warmth()

    def put(self, placement: Placement) -> None:
        """Hold the device for a job."""
        insort(self.placed, placement, key=lambda placed: placed.start_min)
        gap = self.device.changeover_min
        self.free &= ~span(placement.start_min - gap, placement.end_min + gap)
        self.stretches = Stretches(self.free)
        if self.heeds_warmth:
            self._know_warmth()

    def starts(self, need: Need) -> int:
        """The minutes at which a job may start as far as this device is concerned."""
        length = need.length_min
        kind = self.warm if need.is_warm else self.cold
        return kind & self.stretches.of(length) & (self.ends >> length)

    def _know_warmth(self) -> None:
        """A job put before another must leave it as warm or cold as it was counted."""
        self.warm, self.cold = 0, span(0, self.end_min)
        self.ends = span(0, self.end_min + 1)
        if not self.heeds_warmth:
            return
        hold, since = self.device.warm_hold_min, 0
        self.warm = self._warm_at_first()
        for placed in self.placed:
            start, end = placed.start_min, placed.end_min
            self.warm = self.warm & span(0, end) | span(end, end + hold + 1)
            kept = span(start - hold, start + 1) if placed.is_warm else span(0, start - hold)
            self.ends &= ~span(since, start + 1) | kept
            since = end
        # Where the text of the format leaves it open whether the device is still warm, nothing starts.
        warm_until = self.device.warm_until_min
        unsure = span(0, warm_until + 1) & ~self.warm if warm_until > 0 else 0
        self.cold &= ~self.warm & ~unsure

    def _warm_at_first(self) -> int:
        if self.device.free_at_min > 0:
            return span(self.device.free_at_min, self.device.free_at_min + self.device.warm_hold_min + 1)
        return span(0, self.device.warm_until_min)


class Board:
    """A plan in the making: the lanes, the power drawn each minute and the energy that is left."""

    def __init__(self, sized: Sized) -> None:
        instance = sized.instance
        self.sized = sized
        self.lanes = [Lane(device, instance.end_min) for device in instance.devices]
        self.tenths_left = sized.budget_tenths
        self.is_capped = sum(max(lane.heat_mw, lane.run_mw) for lane in self.lanes) > sized.cap_mw
        self.watts = Watts(instance.end_min)
        self._room: dict[int, Stretches] = {}
        self._starts: dict[tuple[int, bool, int], int] = {}
        for lane, device in zip(self.lanes, instance.devices, strict=True):
            heated = min(device.heating_until_min, device.free_at_min)
            self.watts.draw(span(0, heated), lane.heat_mw)
            self.watts.draw(span(heated, device.free_at_min), lane.run_mw)

    @property
    def placed(self) -> list[Placement]:
        """Everything that starts, in the order of the clock."""
        everything = [placed for lane in self.lanes for placed in lane.placed]
        return sorted(everything, key=lambda placed: (placed.start_min, placed.lane))

    @property
    def peak_w(self) -> float:
        """The highest power at any minute, running jobs included."""
        return max(self.watts.levels, default=0) / MILLI

    def starts(self, need: Need, over_mw: int = 0) -> int:
        """The minutes at which device and power allow a start; energy is not asked.

        Args:
            need: What starts.
            over_mw: So much over the cap is pardoned.
        """
        lane = self.lanes[need.lane]
        mask = lane.starts(need)
        if mask and self.is_capped:
            mask &= self._room_for(lane.heat_mw - over_mw).of(need.heat_min)
            mask &= self._room_for(lane.run_mw - over_mw).of(need.run_min) >> need.heat_min
        return mask

    def options(self, job: PlanJob, lane: int | None = None) -> Iterator[Placement]:
        """The earliest start on each device (or the one named), warm and cold, that breaks no rule."""
        for need in self.sized.needs[job.id]:
            if lane not in {None, need.lane} or need.tenths > self.tenths_left:
                continue
            key = need.lane, need.is_warm, need.run_min
            if (mask := self._starts.get(key)) is None:
                mask = self._starts[key] = self.starts(need)
            if mask:
                start = lowest(mask)
                end = start + need.length_min
                yield Placement(job, need.lane, start, need.heat_min, end, need.is_warm, need.tenths)

    def put(self, placement: Placement) -> None:
        """Start a job here."""
        lane = self.lanes[placement.lane]
        lane.put(placement)
        self.tenths_left -= placement.tenths
        heated = placement.start_min + placement.heat_min
        self.watts.draw(span(placement.start_min, heated), lane.heat_mw)
        self.watts.draw(span(heated, placement.end_min), lane.run_mw)
        self._room.clear()
        self._starts.clear()

    def _room_for(self, drawn_mw: int) -> Stretches:
        """The minutes at which so much more power is allowed."""
        room = self._room.get(drawn_mw)
        if room is None:
            room = self._room[drawn_mw] = Stretches(self.watts.at_most(self.sized.cap_mw - drawn_mw))
        return room
