"""Puts the bike's question to the planner: which machines, which jobs, how much time and energy."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import ceil
from typing import Final, assert_never

from drivers.types import DeviceKind, DeviceState, Temperature
from jobs.energy.budget import halt_budget_wh
from jobs.machines import MillProfile, PrinterProfile
from jobs.planner.instance import Held, Instance, PlanDevice, PlanJob, PlannedStart
from jobs.types import Estimate, Job, JobState
from onboard.bike import Bike
from onboard.energy.standing import beside_wh
from onboard.energy.warmth import HOLD_MIN, heating_left_s, warm_share, warm_until_min
from onboard.plan.line import waited_min
from onboard.station import Station

CHANGEOVER_MIN: Final = 3
"""Minutes a mediator takes to clear a plate or clamp new stock; assumed."""

ANNOUNCED_MIN: Final = 5
"""Who starts so soon is next and stays so; to hold on to later starts costs 3 % of the participants."""

HEATED_BY: Final = 0.1
"""After so much of its program a printer is warm, whatever its heaters do at the end."""

MAINS_WH: Final = 1e6
"""The budget of a bike without a battery in its settings: it hangs on the mains."""


def build_instance(bike: Bike, jobs: Sequence[Job], budget_wh: float, served: dict[str, int]) -> Instance:
    """Describe the jobs in hand and the usable machines in whole minutes from now."""
    energy = bike.config.energy
    waited = waited_min(jobs, bike.wall())
    return Instance(
        end_min=int(bike.halt_left_s // 60),
        budget_wh=budget_wh,
        power_cap_w=max(0.0, energy.power_cap_w - energy.base_load_w),
        margin_time_pct=energy.margin_time_pct,
        margin_energy_pct=energy.margin_energy_pct,
        devices=tuple(
            _device(s, jobs, bike.standing_w.get(s.name, 0.0)) for s in bike.stations.values() if s.usable
        ),
        jobs=tuple(found for job in jobs if (found := plan_job(bike, job, waited[job.id]))),
        served=served,
    )


def budget_wh(bike: Bike) -> float | None:
    """Energy that jobs not yet started may take; None when the battery is not known."""
    if bike.config.battery is None:
        return MAINS_WH
    charge_pct = bike.power.charge_pct()
    if charge_pct is None or bike.halt is None:
        return None
    return halt_budget_wh(
        soc_pct=charge_pct,
        capacity_wh=bike.config.battery.capacity_wh,
        reserve_wh=floor_wh(bike),
        base_load_w=bike.base_w,
        left_s=bike.halt_left_s,
        running_rest_wh=sum(rest_beside_wh(bike, station) for station in bike.stations.values())
        + robots_wh(bike),
    )


def robots_wh(bike: Bike) -> float:
    """What charging the robots takes for this halt: those given back, and those lent until their end."""
    return bike.robots_used_wh + sum(robot.owed_wh for robot in bike.robots.values())


def rest_beside_wh(bike: Bike, station: Station) -> float:
    """What a machine still needs for its job beside what it draws standing there anyway."""
    rest_s, rest_wh = rest_of_run(station)
    return beside_wh(rest_wh, bike.standing_w.get(station.name, 0.0), rest_s)


def kind_standing_w(bike: Bike, kind: DeviceKind) -> float:
    """The least that a machine of a kind draws standing there, as a job may get any of them."""
    found = (bike.standing_w.get(s.name, 0.0) for s in bike.stations.values() if s.kind is kind)
    return min(found, default=0.0)


def rest_of_run(station: Station) -> tuple[float, float]:
    """Seconds and watt-hours a machine still needs for the job on it, without any margin."""
    if station.order is None or station.order.job.prepared is None:
        return 0.0, 0.0
    cost = station.order.job.prepared.estimate
    left, cold = 1.0 - fraction_done(station), cold_share(station)
    run_s, run_wh = cost.duration_s - cost.heat_s, cost.energy_wh - cost.heat_wh
    return run_s * left + cost.heat_s * cold, run_wh * left + cost.heat_wh * cold


def cold_share(station: Station) -> float:
    """Share of the current job's heat-up that is still to come; a job about to start has all of it."""
    if station.order is None or station.order.job.prepared is None:
        return 0.0
    heat_s, done = station.order.job.prepared.estimate.heat_s, fraction_done(station)
    if heat_s <= 0 or done > HEATED_BY:
        return 0.0
    if done == 0.0 or not isinstance(station.profile, PrinterProfile):
        return 1.0
    return min(heating_left_s(station.profile, station.device.snapshot.temperatures) / heat_s, 1.0)


def is_warm(station: Station) -> bool:
    """Whether the job on a machine has its heat-up behind it; a mill's spindle may start at any line."""
    return isinstance(station.profile, PrinterProfile) and cold_share(station) == 0.0


def floor_wh(bike: Bike) -> float:
    """What no job may touch: the ride home's reserve, or the pack's own cut-off where that is more."""
    battery, reserve_wh = bike.config.battery, bike.halt.reserve_wh if bike.halt else 0.0
    return max(reserve_wh, battery.capacity_wh * battery.cut_off_pct / 100.0) if battery else 0.0


def fraction_done(station: Station) -> float:
    """Share of the current job that the machine has acknowledged; a job about to start is at 0."""
    snapshot = station.device.snapshot
    if snapshot.progress is None or snapshot.state not in {DeviceState.RUNNING, DeviceState.PAUSED}:
        return 0.0
    return snapshot.progress.fraction


def _device(station: Station, jobs: Sequence[Job], standing_w: float) -> PlanDevice:
    """A machine with the dearest heat-up of the jobs it may get: no plan is ever too optimistic."""
    at_hand = [*jobs, station.order.job] if station.order else jobs
    costs = [job.prepared.estimate for job in at_hand if job.prepared and job.design.device is station.kind]
    heat_min = max((ceil(cost.heat_s / 60) for cost in costs), default=0)
    heat_wh = max((beside_wh(cost.heat_wh, standing_w, cost.heat_s) for cost in costs), default=0.0)
    run_w = max((_run_w(cost) for cost in costs), default=0.0)
    busy_min = ceil(rest_of_run(station)[0] / 60)
    cold = PlanDevice(
        id=station.name,
        kind=station.kind,
        heat_w=max((cost.peak_w for cost in costs), default=run_w),
        run_w=run_w,
        heat_cold_min=heat_min,
        heat_warm_min=heat_min,
        heat_cold_wh=heat_wh,
        heat_warm_wh=heat_wh,
        warm_hold_min=0,
        changeover_min=CHANGEOVER_MIN,
        free_at_min=busy_min,
    )
    match station.profile:
        case PrinterProfile() as profile:
            return _with_warmth(cold, profile, station.device.snapshot.temperatures)
        case MillProfile():
            return cold
        case _:
            assert_never(station.profile)


def _with_warmth(
    cold: PlanDevice, profile: PrinterProfile, temperatures: Mapping[str, Temperature]
) -> PlanDevice:
    """What the bed still holds is not paid for twice; what heats now counts for the cap."""
    share = warm_share(profile)
    heating_min = min(ceil(heating_left_s(profile, temperatures) / 60), cold.heat_cold_min)
    return replace(
        cold,
        heat_warm_min=ceil(cold.heat_cold_min * share.time),
        heat_warm_wh=cold.heat_cold_wh * share.energy,
        warm_hold_min=HOLD_MIN,
        warm_until_min=-1 if cold.free_at_min else warm_until_min(profile, temperatures),
        heating_until_min=min(cold.free_at_min, heating_min),
    )


def still_announced(starts: Sequence[PlannedStart], held: Sequence[Held]) -> tuple[PlannedStart, ...]:
    """The starts people were told are near, but for those that the last look found impossible."""
    impossible = {item.job for item in held if item.reason in {"energy", "time", "machine"}}
    near = (start for start in starts if start.start_min <= ANNOUNCED_MIN)
    return tuple(start for start in near if start.job not in impossible)


def _run_w(cost: Estimate) -> float:
    """Mean power after the heat-up."""
    run_s = cost.duration_s - cost.heat_s
    return (cost.energy_wh - cost.heat_wh) * 3600.0 / run_s if run_s > 0 else 0.0


def plan_job(bike: Bike, job: Job, waited: int) -> PlanJob | None:
    """A job as the planner sees it, None before it is prepared."""
    if job.prepared is None:
        return None
    cost = job.prepared.estimate
    run_s, standing_w = cost.duration_s - cost.heat_s, kind_standing_w(bike, job.design.device)
    return PlanJob(
        id=job.id,
        kind=job.design.device,
        run_min=max(1, ceil(run_s / 60)),
        run_wh=beside_wh(cost.energy_wh - cost.heat_wh, standing_w, run_s),
        participant=job.participant,
        group=job.group,
        submitted_min=-waited,
        priority=job.priority,
        promised=job.promised,
        approved=job.state is JobState.APPROVED,
    )
