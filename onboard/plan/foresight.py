"""Looks ahead with every plan: what the machines will probably do, and what that leaves in the battery."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from jobs.energy.forecast import Draw, Forecast, Pack, forecast
from jobs.planner.expected import Occupation, expected
from jobs.planner.instance import Instance, Plan
from jobs.types import Estimate, Job, JobState
from onboard.bike import Bike
from onboard.energy.standing import look_at_rest
from onboard.plan.outlook import Acceptance, Outlook
from onboard.plan.planning import rest_beside_wh, rest_of_run, robots_wh
from onboard.station import Station


@dataclass(slots=True)
class Foresight:
    """Keeps `bike.outlook`; what the resting bike draws is learnt while nothing is made."""

    bike: Bike

    async def look(self, jobs: Sequence[Job], planned: tuple[Instance, Plan] | None) -> None:
        """Look ahead from a new plan, or from none while something keeps every job from starting."""
        bike, pack = self.bike, self._pack()
        if pack is None or bike.halt is None:
            bike.outlook = None
            return
        coming = await asyncio.to_thread(expected, *planned) if planned else ()
        bike.outlook = self._outlook(pack, jobs, planned, coming)

    def _outlook(
        self,
        pack: Pack,
        jobs: Sequence[Job],
        planned: tuple[Instance, Plan] | None,
        coming: tuple[Occupation, ...],
    ) -> Outlook:
        costs = {job.id: job.prepared.estimate for job in jobs if job.prepared}
        running = {r.job: (r, c) for s in self.bike.stations.values() for r, c in _running(self.bike, s)}
        coming = tuple(occupation for occupation in coming if occupation.job not in running)
        draws = [draw_of(o, c) for o, c in running.values()]
        draws += [draw_of(o, costs[o.job]) for o in coming if o.job in costs]
        draws += _charging(self.bike)
        ahead = forecast(pack, self.bike.halt_left_s / 60, draws)
        waiting = [job for job in jobs if job.state is JobState.WAITING and job.prepared]
        accepted = {job.id: _accept(job, pack, ahead, planned, coming) for job in waiting}
        return Outlook(ahead, tuple(o for o, _ in running.values()), coming, accepted)

    def _pack(self) -> Pack | None:
        """The battery as it is known now; None when it is not."""
        bike = self.bike
        reading = bike.power.reading()
        if reading is None or bike.config.battery is None or bike.halt is None:
            return None
        look_at_rest(bike, -reading.power_w)
        return Pack(reading.soc_pct, bike.config.battery.capacity_wh, bike.halt.reserve_wh, bike.base_w)


def _running(bike: Bike, station: Station) -> list[tuple[Occupation, Estimate]]:
    """The job on a machine as if it began now with what is left of it; nothing on a machine at rest."""
    if station.order is None or station.order.job.prepared is None:
        return []
    job = station.order.job
    end_min = max(round(rest_of_run(station)[0] / 60), 1)
    rest_wh = rest_beside_wh(bike, station)
    rest = Occupation(job.id, station.name, 0, 0, end_min, 0.0, rest_wh, is_planned=True)
    return [(rest, station.order.job.prepared.estimate)]


def _charging(bike: Bike) -> list[Draw]:
    """What robots take: nobody tells when they are charged, so by the end it may be all of it, or nothing."""
    all_wh = robots_wh(bike)
    return [Draw(0.0, 0.0, bike.halt_left_s / 60, 0.0, all_wh / 2, 0.0, all_wh)] if all_wh > 0 else []


def draw_of(occupation: Occupation, cost: Estimate) -> Draw:
    """A job's energy with the quantiles of its estimate."""
    whole_wh, wh = max(cost.energy_wh, 0.1), occupation.wh
    return Draw(
        occupation.start_min,
        occupation.heated_min,
        occupation.end_min,
        occupation.heat_wh,
        wh,
        wh * cost.energy_low_wh / whole_wh,
        wh * cost.energy_high_wh / whole_wh,
    )


def _accept(
    job: Job,
    pack: Pack,
    ahead: Forecast,
    planned: tuple[Instance, Plan] | None,
    coming: Sequence[Occupation],
) -> Acceptance:
    """What is left at the end if this job is made beside all the others."""
    cost = job.prepared.estimate if job.prepared else None
    end_pct = ahead.end.middle_pct - (pack.pct(cost.energy_wh) if cost else 0.0)
    if cost is None or planned is None:
        return Acceptance(end_pct)
    instance, _ = planned
    spent_wh = sum(occupation.wh for occupation in coming)
    if cost.energy_high_wh > instance.budget_wh - spent_wh:
        return Acceptance(end_pct, "energy")
    free_min = [
        max(
            [o.end_min + device.changeover_min for o in coming if o.device == device.id]
            or [device.free_at_min]
        )
        for device in instance.devices
        if device.kind is job.design.device
    ]
    late = all(minute + cost.duration_high_s / 60 > instance.end_min for minute in free_min)
    return Acceptance(end_pct, "time" if late else "")
