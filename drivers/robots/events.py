"""What the protocol of a kit tells."""

from dataclasses import dataclass
from typing import TypeAlias

from drivers.robots.types import Abilities, Senses
from drivers.types import DeviceState


@dataclass(frozen=True, slots=True)
class Ready:
    """The kit is set up and still."""

    firmware: str
    abilities: Abilities
    degraded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Felt:
    """The kit has told what it feels."""

    senses: Senses
    battery_pct: float | None = None


@dataclass(frozen=True, slots=True)
class Tripped:
    """The wheels were stopped because nobody had given a sign of life for long."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Nothing more comes of this connection: OFFLINE when the kit is silent, FAULT for all else."""

    state: DeviceState
    message: str


KitEvent: TypeAlias = Ready | Felt | Tripped | Failed
