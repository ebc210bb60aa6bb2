"""What the bike draws while nothing is made: learnt at rest, counted once, never with the jobs as well."""

from typing import Final

from jobs.energy.supply import INVERTER
from onboard.bike import Bike

IDLE_SHARE: Final = 0.2
"""Weight of a new look at what the resting bike draws."""
IDLE_MOST_W: Final = 200.0
"""A resting bike that draws more is not resting: something else hangs on the battery."""


def look_at_rest(bike: Bike, drawn_w: float) -> None:
    """Learn from the watts while no machine works or has its heaters on."""
    if not _rests(bike) or not 0 < drawn_w < IDLE_MOST_W:
        return
    before_w = drawn_w if bike.idle_w is None else bike.idle_w
    bike.idle_w = before_w + IDLE_SHARE * (drawn_w - before_w)
    bike.standing_w = standing_w(bike, bike.idle_w - bike.config.energy.base_load_w)


def standing_w(bike: Bike, shown_w: float) -> dict[str, float]:
    """What an estimate counts of each machine that only stands there, as far as the resting bike showed it.

    Each estimate counts the inverter's own watts, which all machines share: together they come to more.
    """
    electronics_w = {name: station.profile.electronics_w for name, station in bike.stations.items()}
    together_w = INVERTER.battery_w(sum(electronics_w.values()))
    share = min(max(shown_w, 0.0) / together_w, 1.0)
    return {name: share * INVERTER.battery_w(watts) for name, watts in electronics_w.items()}


def beside_wh(energy_wh: float, standing_w: float, seconds: float) -> float:
    """What a machine takes beside its standing draw: estimates count it, and so does `Bike.base_w`."""
    return max(0.0, energy_wh - standing_w * seconds / 3600.0)


def _rests(bike: Bike) -> bool:
    return all(
        station.order is None
        and station.errand is None
        and all(heater.target_c <= 0 for heater in station.device.snapshot.temperatures.values())
        for station in bike.stations.values()
    )
