"""How well the line to a mill works."""

from dataclasses import dataclass

from drivers.types import Progress


@dataclass(slots=True)
class Counts:
    """Counted since `connect`; GRBL has no checksum, so these are the only signs of a bad line.

    `damaged` are answers that make no sense, `refused` are `error:`, `questions` are `?` sent, `lost` are
    answers that never came and that the mill's own reports have replaced.
    """

    damaged: int = 0
    refused: int = 0
    questions: int = 0
    unanswered: int = 0
    lost: int = 0
    bytes_sent: int = 0
    bytes_heard: int = 0


@dataclass(frozen=True, slots=True)
class MillLink:
    """The counts at one instant; bytes a second are the mean of the running or last program."""

    damaged: int
    refused: int
    questions: int
    unanswered: int
    lost: int
    bytes_per_s: float

    @property
    def healthy(self) -> bool:
        """Whether nothing was damaged or lost and hardly a question was lost."""
        return not self.damaged and not self.lost and self.unanswered <= self.questions / 100


def link_of(counts: Counts, progress: Progress | None) -> MillLink:
    """How well the line works, by what was counted."""
    rate = progress.bytes_done / progress.elapsed_s if progress and progress.elapsed_s else 0.0
    return MillLink(counts.damaged, counts.refused, counts.questions, counts.unanswered, counts.lost, rate)
