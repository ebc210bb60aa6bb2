"""Gives the planner, the gate and the pages the costs of this bike's own machines."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from drivers.types import DeviceKind
from jobs.energy.refined import refined
from jobs.machines import MachineProfile
from jobs.types import Estimate, Job
from onboard.bike import Bike
from onboard.energy.learning import Learning


class Refining:
    """Refines by what was learnt of the first machine of each kind: a bike carries one of each."""

    def __init__(self, learning: Learning, machines: Mapping[str, MachineProfile]) -> None:
        self._learning = learning
        self._names = {profile.kind: name for name, profile in list(machines.items())[::-1]}

    def cost(self, cost: Estimate, kind: DeviceKind) -> Estimate:
        """Return an estimate with what is known better now."""
        name = self._names.get(kind)
        if name is None:
            return cost
        predict = partial(self._learning.energy.predict, name)
        return refined(cost, self._learning.paces[name], predict)


def refined_job(bike: Bike, job: Job) -> Job:
    """Return a job at the cost that is known now; the queue keeps that of the day it was prepared."""
    if job.prepared is None:
        return job
    cost = bike.refine(job.prepared.estimate, job.design.device)
    return replace(job, prepared=replace(job.prepared, estimate=cost))
