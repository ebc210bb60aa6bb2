"""The panel on the GPIO character device of Linux."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from drivers.errors import LinkLostError, TransportError
from drivers.panel.types import Input

try:
    import gpiod
    from gpiod.line import Bias, Direction, Value
except ImportError:  # the extra `gpio` is not installed: whoever opens a panel hears it
    HAS_GPIOD = False
else:
    HAS_GPIOD = True

OFFSETS: Final[Mapping[str, int]] = MappingProxyType(
    {"heartbeat": 17, "mushroom_a": 22, "mushroom_b": 23, "lid": 24, "key": 25, "parked": 27, "relay": 5}
)
"""Assumed numbers of lines; on a Raspberry Pi those of its chip, not of its connector."""


class GpioLines:
    """Contacts between a line and 3.3 V, pulled down by the chip; the heartbeat's line starts low."""

    def __init__(self, chip: str, offsets: Mapping[str, int] = OFFSETS) -> None:
        """Raises TransportError when the chip or a line cannot be had."""
        if not HAS_GPIOD:
            raise TransportError("The panel needs the library gpiod: install dipbike with its extra `gpio`.")
        self._inputs = {name: offsets[name] for name in Input}
        self._beat = offsets["heartbeat"]
        listening = gpiod.LineSettings(direction=Direction.INPUT, bias=Bias.PULL_DOWN)
        beating = gpiod.LineSettings(direction=Direction.OUTPUT, output_value=Value.INACTIVE)
        try:
            self._request = gpiod.request_lines(
                f"/dev/{chip}", {tuple(self._inputs.values()): listening, self._beat: beating}, "dipbike"
            )
        except (OSError, ValueError) as error:
            raise TransportError(f"The panel's lines on /dev/{chip} cannot be had: {error}.") from error

    def read(self) -> Mapping[Input, bool]:
        """Return which contacts are closed."""
        try:
            values = self._request.get_values(list(self._inputs.values()))
        except (OSError, gpiod.RequestReleasedError) as error:
            raise LinkLostError(f"The panel's lines cannot be read: {error}.") from error
        return {name: value is Value.ACTIVE for name, value in zip(self._inputs, values, strict=True)}

    def write(self, level: bool) -> None:  # noqa: FBT001 - an electrical level is nothing else
        """Set the heartbeat's line."""
        try:
            self._request.set_value(self._beat, Value.ACTIVE if level else Value.INACTIVE)
        except (OSError, gpiod.RequestReleasedError) as error:
            raise LinkLostError(f"The panel's heartbeat cannot be set: {error}.") from error

    def close(self) -> None:
        """Give the lines back."""
        self._request.release()
