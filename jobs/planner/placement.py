"""Where jobs can start: one bit a minute, so that trying a place costs a few shifts."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import floor

from jobs.planner.instance import PlanDevice, PlanJob
from jobs.planner.needs import MILLI, TENTHS, Need, Sized, exact, heeds_warmth, milliwatts


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


def span(start: int, stop: int) -> int:
    """Bits `start` to `stop - 1`, none when that is empty."""
    first = max(start, 0)
    return ((1 << (stop - first)) - 1) << first if stop > first else 0


def erode(mask: int, length: int) -> int:
    """The bits from which `length` set bits follow without a gap."""
    reached = 1
    while reached < length:
        step = min(reached, length - reached)
        mask &= mask >> step
        reached += step
    return mask if length else -1


class Lane:
    """The minutes of one device: which are free, and where a start is warm or cold."""

    def __init__(self, device: PlanDevice, end_min: int) -> None:
        self.device = device
        self.end_min = end_min
        self.placed: list[Placement] = []
        self.heeds_warmth = heeds_warmth(device)
        self._refresh()

    def put(self, placement: Placement) -> None:
        """Hold the device for a job."""
        self.placed.append(placement)
        self.placed.sort(key=lambda placed: placed.start_min)
        self._refresh()

    def starts(self, need: Need) -> int:
        """The minutes at which a job may start as far as this device is concerned."""
        kind = self.warm if need.is_warm else self.cold
        return kind & erode(self.free, need.length_min) & (self.ends >> need.length_min)

    def _refresh(self) -> None:
        gap = self.device.changeover_min
        self.free = span(0, self.end_min)
        if self.device.free_at_min > 0:
            self.free &= ~span(0, self.device.free_at_min + gap)
        for placed in self.placed:
            self.free &= ~span(placed.start_min - gap, placed.end_min + gap)
        self.warm = self.cold = span(0, self.end_min)
        self.ends = span(0, self.end_min + 1)
        if self.heeds_warmth:
            self._refresh_warmth()
        else:
            self.warm = 0

    def _refresh_warmth(self) -> None:
        """A job put before another must leave it as warm or cold as it was counted."""
        hold = self.device.warm_hold_min
        self.warm = self._warm_at_first()
        for placed in self.placed:
            self.warm &= span(0, placed.end_min)
            self.warm |= span(placed.end_min, placed.end_min + hold + 1)
            late = span(placed.start_min - hold, placed.start_min + 1)
            early = span(0, placed.start_min - hold)
            before = self.ends & span(0, placed.start_min + 1) & (late if placed.is_warm else early)
            since = self._last_end_before(placed)
            self.ends = (self.ends & ~span(since, placed.start_min + 1)) | (
                before & span(since, self.end_min + 1)
            )
        # Where the text of the format leaves it open whether the device is still warm, nothing starts.
        warm_until = self.device.warm_until_min
        unsure = span(0, warm_until + 1) & ~self.warm if warm_until > 0 else 0
        self.cold &= ~self.warm & ~unsure

    def _warm_at_first(self) -> int:
        if self.device.free_at_min > 0:
            return span(self.device.free_at_min, self.device.free_at_min + self.device.warm_hold_min + 1)
        return span(0, self.device.warm_until_min)

    def _last_end_before(self, placed: Placement) -> int:
        earlier = [other.end_min for other in self.placed if other.start_min < placed.start_min]
        return max(earlier, default=0)


class Board:
    """A plan in the making: the lanes, the power drawn each minute and the energy that is left."""

    def __init__(self, sized: Sized) -> None:
        instance = sized.instance
        self.sized = sized
        self.lanes = [Lane(device, instance.end_min) for device in instance.devices]
        self.tenths_left = floor(exact(instance.budget_wh) * TENTHS)
        self.cap_mw = floor(exact(instance.power_cap_w) * MILLI)
        self.load_mw = [0] * instance.end_min
        for device in instance.devices:
            heated = min(device.heating_until_min, device.free_at_min)
            self._draw(0, heated, device.heat_w)
            self._draw(heated, device.free_at_min, device.run_w)
        self._room: dict[int, int] = {}

    @property
    def placed(self) -> list[Placement]:
        """Everything that starts, in the order of the clock."""
        everything = [placed for lane in self.lanes for placed in lane.placed]
        return sorted(everything, key=lambda placed: (placed.start_min, placed.lane))

    @property
    def peak_w(self) -> float:
        """The highest power at any minute, running jobs included."""
        return max(self.load_mw, default=0) / MILLI

    def starts(self, need: Need) -> int:
        """The minutes at which device and power allow a start; energy is not asked."""
        mask = self.lanes[need.lane].starts(need)
        if mask:
            device = self.lanes[need.lane].device
            mask &= erode(self._room_for(device.heat_w), need.heat_min)
            mask &= erode(self._room_for(device.run_w), need.run_min) >> need.heat_min
        return mask

    def options(self, job: PlanJob) -> Iterator[Placement]:
        """The earliest start on each device, warm and cold, that breaks no rule."""
        for need in self.sized.needs[job.id]:
            if need.tenths <= self.tenths_left and (mask := self.starts(need)):
                start = (mask & -mask).bit_length() - 1
                end = start + need.length_min
                yield Placement(job, need.lane, start, need.heat_min, end, need.is_warm, need.tenths)

    def put(self, placement: Placement) -> None:
        """Start a job here."""
        lane = self.lanes[placement.lane]
        lane.put(placement)
        self.tenths_left -= placement.tenths
        heated = placement.start_min + placement.heat_min
        self._draw(placement.start_min, heated, lane.device.heat_w)
        self._draw(heated, placement.end_min, lane.device.run_w)
        self._room.clear()

    def _draw(self, start: int, stop: int, watts: float) -> None:
        drawn = milliwatts(watts)
        for minute in range(start, min(stop, len(self.load_mw))):
            self.load_mw[minute] += drawn

    def _room_for(self, watts: float) -> int:
        """The minutes at which so much more power is allowed."""
        drawn = milliwatts(watts)
        if drawn not in self._room:
            limit = self.cap_mw - drawn
            bits = "".join("1" if load <= limit else "0" for load in reversed(self.load_mw))
            self._room[drawn] = int(bits or "0", 2)
        return self._room[drawn]
