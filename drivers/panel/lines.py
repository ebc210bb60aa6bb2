"""The electrical side of the panel: contacts to read and one line to toggle."""

from collections.abc import Mapping
from typing import Protocol

from drivers.panel.types import Input


class Lines(Protocol):
    """Whatever carries the panel's levels; both methods raise LinkLostError when it is gone."""

    def read(self) -> Mapping[Input, bool]:
        """Return which contacts are closed now; one that is missing counts as open."""

    def write(self, level: bool) -> None:  # noqa: FBT001 - an electrical level is nothing else
        """Set the heartbeat's line."""

    def close(self) -> None:
        """Let the lines go."""
