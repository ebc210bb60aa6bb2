"""What a battery monitor said, before anybody has judged it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lifetime:
    """What a monitor has counted since it was installed; None is what it does not count."""

    cycles: int | None
    discharged_wh: float | None
    charged_wh: float | None
    at_s: float


@dataclass(frozen=True, slots=True)
class Sample:
    """One instant of a monitor; None is what it does not tell, NaN what nobody can read.

    Power and current are positive while charging. `at_s` is when the oldest of the values arrived.
    `note` says in a sentence why a value is missing, where the reason is known.
    """

    soc_pct: float | None
    voltage_v: float | None
    current_a: float | None
    power_w: float | None
    at_s: float
    lifetime: Lifetime | None = None
    note: str = ""
