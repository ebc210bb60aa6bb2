"""How well the line to a mill works."""

from dataclasses import dataclass


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
