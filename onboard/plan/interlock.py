"""The bike's own look at watts before a start, whatever the planner thinks of them."""

from math import ceil, floor
from typing import Final

from drivers.types import DeviceState
from jobs.energy.draw import drawn_w, most_w
from jobs.errors import Sentence
from jobs.planner.instance import Held
from jobs.types import Job
from onboard.bike import Bike
from onboard.plan.planning import is_warm
from onboard.station import Station

LIVE: Final = frozenset({DeviceState.IDLE, DeviceState.RUNNING, DeviceState.PAUSED, DeviceState.FAULT})


def power_refusal(bike: Bike, job: Job, station: Station | None = None) -> Held | None:
    """Refuse a start whose highest draw, on top of what the others draw or may draw, passes the cap."""
    if job.prepared is None:
        return None
    available_w, needs_w = left_w(bike, station), job.prepared.estimate.peak_w
    return None if needs_w <= available_w else _held(job, needs_w, available_w)


def left_w(bike: Bike, station: Station | None = None) -> float:
    """Watts under the cap that this machine may take beside the base load and all others at work."""
    others = [other for other in bike.stations.values() if other is not station and is_at_work(other)]
    taken_w = bike.config.energy.base_load_w + sum(promised_w(other) for other in others)
    return bike.config.energy.power_cap_w - taken_w


def is_at_work(station: Station) -> bool:
    """Whether a machine has an order or an errand, or was heated by hand."""
    heaters = station.device.snapshot.temperatures.values()
    is_hot = station.hand.is_hot or any(heater.target_c > 0 for heater in heaters)
    return station.order is not None or station.errand is not None or is_hot


def promised_w(station: Station) -> float:
    """What a machine at work draws now, or will: one that is not warm yet has all its heat before it."""
    now_w = station_w(station)
    if station.order is None or station.order.job.prepared is None:
        return max(now_w, most_w(station.profile)) if _will_heat(station) else now_w
    if is_warm(station):
        return now_w
    return max(now_w, station.order.job.prepared.estimate.peak_w)


def _will_heat(station: Station) -> bool:
    """Heat was ordered by hand, and the machine has not told of its targets yet."""
    heaters = station.device.snapshot.temperatures.values()
    return station.hand.is_hot and not any(heater.target_c > 0 for heater in heaters)


def drawn_now_w(bike: Bike) -> float:
    """Watts at the battery by what all machines tell of themselves, base load included."""
    return bike.config.energy.base_load_w + sum(station_w(s) for s in bike.stations.values())


def station_w(station: Station) -> float:
    """Watts at the battery of one machine; one that is not connected is taken to be off."""
    snapshot = station.device.snapshot
    if snapshot.state not in LIVE:
        return 0.0
    moves = snapshot.state is DeviceState.RUNNING
    return drawn_w(station.profile, snapshot.temperatures, moves=moves, turns=snapshot.spindle_on)


def _held(job: Job, needs_w: float, left_w: float) -> Held:
    needs, left = ceil(needs_w), max(0, floor(left_w))
    sentence = Sentence(
        f"Trop de puissance à la fois : il faut {needs} W, il en reste {left} pendant que l'autre travaille.",
        f"Too much power at once: it takes {needs} W, {left} are left while the other machine works.",
    )
    return Held(job.id, "power", sentence, needs=needs_w, left=left_w)
