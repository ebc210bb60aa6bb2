"""What each job takes on each device, in the whole numbers that the planner counts in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal, localcontext
from typing import Final

from jobs.planner.instance import Instance, PlanDevice, PlanJob

TENTHS: Final = 10
"""Energy is counted in 0.1 Wh, the step of the exchange format."""

MILLI: Final = 1000
"""Power is counted in milliwatts."""

_EXACT: Final = Context(prec=80)
"""Digits enough for the product of two numbers as written: nothing is rounded but on purpose."""


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
    budget_tenths: int
    promise_tenths: int
    cap_mw: int

    @classmethod
    def of(cls, instance: Instance, jobs: Sequence[PlanJob]) -> "Sized":
        """Size every job once."""
        with localcontext(_EXACT):
            heats = [_heats(device) for device in instance.devices]
            needs = {job.id: tuple(_needs(job, instance, heats)) for job in jobs}
        budget_tenths, cap_mw = floored(instance.budget_wh, TENTHS), floored(instance.power_cap_w, MILLI)
        return cls(instance, needs, budget_tenths, _promise_tenths(instance, budget_tenths), cap_mw)


def exact(number: float) -> Decimal:
    """The decimal number a person wrote, without the noise of binary fractions."""
    return Decimal(str(number))


def floored(number: float, steps: int) -> int:
    """Whole steps in a number, rounded down."""
    return int((exact(number) * steps).to_integral_value(ROUND_FLOOR))


def milliwatts(watts: float) -> int:
    """Whole milliwatts, rounded up."""
    return _ceiled(exact(watts) * MILLI)


def heeds_warmth(device: PlanDevice) -> bool:
    """Does it matter to this device whether it is still warm?"""
    cold = device.heat_cold_min, device.heat_cold_wh
    return cold != (device.heat_warm_min, device.heat_warm_wh)


def _ceiled(number: Decimal) -> int:
    return int(number.to_integral_value(ROUND_CEILING))


def _promise_tenths(instance: Instance, budget_tenths: int) -> int:
    """What promises may take: as told, else half of the budget."""
    most = max(0, budget_tenths)
    return most // 2 if instance.promise_wh is None else min(most, floored(instance.promise_wh, TENTHS))


def _heats(device: PlanDevice) -> list[tuple[bool, int, Decimal]]:
    """Warm and cold heat-up; only one where it does not matter."""
    cold = (False, device.heat_cold_min, exact(device.heat_cold_wh))
    if not heeds_warmth(device):
        return [cold]
    return [(True, device.heat_warm_min, exact(device.heat_warm_wh)), cold]


def _needs(job: PlanJob, instance: Instance, heats: list[list[tuple[bool, int, Decimal]]]) -> Iterator[Need]:
    run_wh = exact(job.run_wh) * (1 + exact(instance.margin_energy_pct) / 100)
    run_min = _ceiled(job.run_min * (1 + exact(instance.margin_time_pct) / 100))
    for lane, device in enumerate(instance.devices):
        if device.kind is job.kind:
            for is_warm, heat_min, heat_wh in heats[lane]:
                yield Need(lane, is_warm, heat_min, run_min, _ceiled((heat_wh + run_wh) * TENTHS))
