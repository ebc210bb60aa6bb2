"""Whether the way to the city works both ways: judged once after the start, from what comes back."""

from dataclasses import dataclass, field
from typing import Final

PATIENCE_S: Final = 30.0


@dataclass(slots=True)
class SelfTest:
    """Waits for an answer of the city to what this boot has published; `topics` are named in its advice."""

    boot: str
    read_topic: str
    _refused: dict[str, str] = field(default_factory=dict)
    _answered: bool = False
    _ends_s: float | None = None
    _told: bool = False

    def begin(self, now_s: float) -> None:
        """The first words are published; later connections need no test."""
        if self._ends_s is None:
            self._ends_s = now_s + PATIENCE_S

    def refused(self, topic: str, why: str) -> None:
        """The broker does not take this."""
        self._refused[topic] = why

    def heard(self, boot: str, *, was_kept: bool) -> None:
        """A watermark came in; one that the broker had kept proves nothing about now."""
        self._answered = self._answered or (boot == self.boot and not was_kept)

    def verdict(self, now_s: float) -> str | None:
        """The outcome, once."""
        if self._told or self._ends_s is None:
            return None
        if not self._answered and not self._refused and now_s < self._ends_s:
            return None
        self._told = True
        return self._sentence()

    def _sentence(self) -> str:
        if self._refused:
            listed = ", ".join(f"{topic} ({why})" for topic, why in sorted(self._refused.items()))
            return f"The broker refuses {listed}. Ask the city to allow it; telemetry waits on disk."
        if self._answered:
            return "The city has answered: what this bike says arrives, and it hears what is safe."
        return (
            f"The broker takes what this bike says, but the city has not answered in {PATIENCE_S:.0f} s: its"
            f" receiver does not run, or this bike may not read {self.read_topic}. Telemetry waits on disk."
        )
