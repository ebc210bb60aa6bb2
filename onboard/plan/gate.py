"""The last look before a start, whatever the plan says: machine, cost, and a person's hand."""

from math import ceil, floor
from typing import Final, assert_never

from drivers.types import DeviceKind
from jobs.errors import Sentence
from jobs.planner.instance import Held
from jobs.types import Job
from onboard.bike import Bike
from onboard.energy.standing import beside_wh
from onboard.plan.interlock import power_refusal
from onboard.station import Station

PLATE: Final = Sentence("En attente : le plateau doit être vidé.", "Waiting: the plate has to be cleared.")
ARMING: Final = Sentence(
    "En attente : le médiateur doit préparer et armer la fraiseuse.",
    "Waiting: the mediator has to set up and arm the mill.",
)
NOT_CONNECTED: Final = Sentence("La machine n'est pas prête.", "The machine is not ready.")


def refusal(bike: Bike, job: Job, station: Station, left_wh: float) -> Held | None:
    """Return the first reason that keeps a job from starting now."""
    return _machine(bike, job, station) or _cost(bike, job, station, left_wh) or _hand(job, station)


def held_for(job: Job, reason: str, sentence: Sentence) -> Held:
    """A job waits for something that has no numbers."""
    return Held(job.id, reason, sentence)


def energy_held(job_id: str, needs_wh: float, left_wh: float) -> Held:
    """The start gate found too little energy for what the job may take at most."""
    needs, left = ceil(needs_wh), max(0, floor(left_wh))
    sentence = Sentence(
        f"Pas assez de batterie : il faut jusqu'à {needs} Wh, il en reste {left}.",
        f"Not enough battery: it may take {needs} Wh, {left} are left.",
    )
    return Held(job_id, "energy", sentence, needs=needs_wh, left=left_wh)


def time_held(job_id: str, needs_min: int, left_min: int) -> Held:
    """The start gate found too little time for what the job may take at most."""
    sentence = Sentence(
        f"Pas assez de temps : il faut jusqu'à {needs_min} min, la halte finit dans {left_min} min.",
        f"Not enough time: it may take {needs_min} min, the halt ends in {left_min} min.",
    )
    return Held(job_id, "time", sentence, needs=needs_min, left=left_min)


def _machine(bike: Bike, job: Job, station: Station) -> Held | None:
    is_made_ready = station.kind is DeviceKind.MILL and station.errand is not None
    if bike.stopped or not (station.free or is_made_ready):
        return held_for(job, "machine", NOT_CONNECTED)
    unsafe = bike.panel.refusal(station.kind)
    if unsafe is not None:
        return held_for(job, "panel", unsafe)
    # Whoever traces and reads for this job must find the same one at the end of the list.
    return held_for(job, "arm", ARMING) if is_made_ready else None


def _cost(bike: Bike, job: Job, station: Station, left_wh: float) -> Held | None:
    """What the job may take at most has to fit into time, energy and power."""
    if job.prepared is None:
        return None
    cost = job.prepared.estimate
    if cost.duration_high_s > bike.halt_left_s:
        return time_held(job.id, ceil(cost.duration_high_s / 60), int(bike.halt_left_s // 60))
    standing_w = bike.standing_w.get(station.name, 0.0)
    needs_wh = beside_wh(cost.energy_high_wh, standing_w, cost.duration_s)
    if needs_wh > left_wh:
        return energy_held(job.id, needs_wh, left_wh)
    return power_refusal(bike, job, station)


def _hand(job: Job, station: Station) -> Held | None:
    match station.kind:
        case DeviceKind.PRINTER:
            return None if station.plate_clear else held_for(job, "plate", PLATE)
        case DeviceKind.MILL:
            return None if station.is_armed_for(job.id) else held_for(job, "arm", ARMING)
        case _:
            assert_never(station.kind)
