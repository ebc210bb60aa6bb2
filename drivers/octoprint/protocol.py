"""Judges how a print in OctoPrint goes from one look after the other; no clock, no network."""

from enum import StrEnum, auto
from typing import Final

from drivers.octoprint.replies import UNDERWAY, JobReport, Phase, Prints

BEGIN_S: Final = 15.0
"""OctoPrint begins within a second; after this long without a sign it never will."""


class Going(StrEnum):
    """How a print that is not over stands."""

    UNDERWAY = auto()
    PAUSED = auto()


class End(StrEnum):
    """How a print ended."""

    DONE = auto()
    DROPPED = auto()
    BROKEN_OFF = auto()
    FAULTED = auto()
    NEVER_BEGAN = auto()


class Watch:
    """Follows the print of one file, whose name no print had before.

    OctoPrint tells no job from another, and forgets the present one when it restarts or when its printer
    closes: then the history of the file is the witness.
    """

    def __init__(self, file: str, started_s: float) -> None:
        self._file = file
        self._begin_by_s = started_s + BEGIN_S
        self._has_begun = False

    def look(self, job: JobReport, prints: Prints, now_s: float) -> Going | End:
        """Judge one look; `prints` is the history of the file, which matters once nothing is underway."""
        is_ours = job.file == self._file
        if job.phase in UNDERWAY and is_ours:
            self._has_begun = True
            return Going.PAUSED if job.phase is Phase.PAUSED else Going.UNDERWAY
        if prints.completed or (job.phase is Phase.READY and is_ours and job.fraction >= 1.0):
            return End.DONE
        if job.phase is Phase.BROKEN:
            return End.FAULTED
        if job.phase is Phase.READY and (is_ours or not self._has_begun):
            return self._not_underway(prints, now_s)
        return End.BROKEN_OFF

    def _not_underway(self, prints: Prints, now_s: float) -> Going | End:
        """The printer is ready, nothing took our file's place, and nothing is printed."""
        if self._has_begun or prints.failed:
            return End.DROPPED
        return Going.UNDERWAY if now_s < self._begin_by_s else End.NEVER_BEGAN
