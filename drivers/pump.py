"""One thread a port: marries a transport to a protocol and posts its events to the loop."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

E_co = TypeVar("E_co", covariant=True)


class WireProtocol(Protocol[E_co]):
    """A sans-I/O protocol as the pump drives it; every instant is monotonic seconds, passed in."""

    def receive(self, data: bytes, now_s: float) -> Sequence[E_co]:
        """Take bytes from the machine and return what they mean."""

    def tick(self, now_s: float) -> Sequence[E_co]:
        """Let timers run out and return what that means."""

    def take_output(self, now_s: float) -> bytes:
        """Return the bytes that may go on the wire now, at most about two lines; empty when none may."""

    def deadline_s(self) -> float | None:
        """The instant at which `tick` wants to be called, or None."""
