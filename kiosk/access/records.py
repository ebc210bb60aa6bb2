"""What is kept of people, sessions and tokens."""

from dataclasses import dataclass
from enum import StrEnum

COMMON = "pin"
"""Stands for whoever entered with the one PIN of the settings."""


@dataclass(frozen=True, slots=True)
class Mediator:
    """A mediator: a pseudonym of their own choice, and what is kept of their PIN and badge.

    `id` means nothing outside of this list: the audit journal holds it instead of the name.
    """

    id: str
    name: str
    pin_hash: str
    badge_digest: str
    since_s: float


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that somebody has entered with; it ends when what was shown to enter no longer holds."""

    digest: str
    mediator: str
    proof: str
    began_s: float
    ends_s: float


class Scope(StrEnum):
    """What a script may do: look, or also what makes nothing start, heat or move."""

    READ = "read"
    ACT = "act"


@dataclass(frozen=True, slots=True)
class Token:
    """A script's way in; of the token itself only a digest is kept."""

    id: str
    label: str
    scope: Scope
    since_s: float
    ends_s: float
