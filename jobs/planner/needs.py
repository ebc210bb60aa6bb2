"""What each job takes on each device, in the whole numbers that the planner counts in."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Final

from jobs.planner.instance import Instance, PlanDevice, PlanJob

TENTHS: Final = 10
"""Energy is counted in 0.1 Wh, the step of the exchange format."""

MILLI: Final = 1000
"""Power is counted in milliwatts."""


@dataclass(frozen=True, slots=True)
class Need:
    """What a job takes on one device, started warm or cold."""

    lane: int
    is_warm: bool
    heat_min: int
    run_min: int
    tenths: int

    @property
    def length_min(self) -> int:
        """Minutes for which the device is held."""
        return self.heat_min + self.run_min


@dataclass(frozen=True, slots=True)
class Sized:
    """A question with what every job takes, warm before cold; empty where no device is of its kind."""

    instance: Instance
    needs: dict[str, tuple[Need, ...]]

    @classmethod
    def of(cls, instance: Instance) -> "Sized":
        """Size every job once."""
        return cls(instance, {job.id: tuple(_needs(job, instance)) for job in instance.jobs})


def exact(number: float) -> Fraction:
    """The decimal number a person wrote, without the noise of binary fractions."""
    return Fraction(str(number))


def milliwatts(watts: float) -> int:
    """Whole milliwatts, rounded up."""
    return ceil(exact(watts) * MILLI)


def heeds_warmth(device: PlanDevice) -> bool:
    """Does it matter to this device whether it is still warm?"""
    cold = device.heat_cold_min, device.heat_cold_wh
    return cold != (device.heat_warm_min, device.heat_warm_wh)


def _needs(job: PlanJob, instance: Instance) -> Iterator[Need]:
    run_wh = exact(job.run_wh) * (1 + exact(instance.margin_energy_pct) / 100)
    run_min = ceil(job.run_min * (1 + exact(instance.margin_time_pct) / 100))
    for lane, device in enumerate(instance.devices):
        if device.kind is not job.kind:
            continue
        for is_warm in (True, False) if heeds_warmth(device) else (False,):
            heat_min, heat_wh = (
                (device.heat_warm_min, device.heat_warm_wh)
                if is_warm
                else (device.heat_cold_min, device.heat_cold_wh)
            )
            yield Need(lane, is_warm, heat_min, run_min, ceil((exact(heat_wh) + run_wh) * TENTHS))
