"""What the preparing child is asked for, with the way it reports how far it is."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from jobs.types import Design


@dataclass(frozen=True, slots=True)
class PrepareRequest:
    """What the child is to make: a design for a machine profile, into an empty folder of its own.

    `source` is the uploaded file, opened only by the child; None when the design has no file.
    """

    design: Design
    profile: str
    source: Path | None
    out: Path


ProgressReport = Callable[[str, float], None]
"""Called with a stage ("intake", "slice", "check", "estimate") and a share from 0 to 1."""
