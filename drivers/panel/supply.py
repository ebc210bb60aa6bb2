"""The supply of a simulated machine: without power it forgets everything, and hears and says nothing."""

from collections.abc import Callable

from drivers.simulator import Punctual, Watchful


class Supply:
    """A machine behind the relay, itself a `Punctual` simulator.

    A board whose logic lives on the USB cable would keep its mind; ours loses heat, spindle and mind at once.
    """

    def __init__(
        self, machine: Punctual, restart: Callable[[float], None], has_power: Callable[[], bool]
    ) -> None:
        """`restart` starts the machine anew at an instant: everything off, as after a fall of the supply."""
        self._machine = machine
        self._restart = restart
        self._has_power = has_power
        self._is_on = True

    @property
    def power_w(self) -> float:
        """Electrical DC power drawn now."""
        return self._machine.power_w if self._is_on else 0.0

    def opened(self, now_s: float) -> None:
        """Somebody opened the port."""
        if self._look(now_s):
            self._machine.opened(now_s)

    def receive(self, data: bytes, now_s: float) -> None:
        """Take bytes, or lose them."""
        if self._look(now_s):
            self._machine.receive(data, now_s)

    def advance(self, now_s: float) -> bytes:
        """Live up to `now_s`."""
        return self._machine.advance(now_s) if self._look(now_s) else b""

    def next_s(self) -> float:
        """When the machine acts next; the relay is looked at whenever the wire turns."""
        return self._machine.next_s() if self._is_on else float("inf")

    def runs(self, speed: float) -> None:
        """Pass on how fast its clock runs."""
        if isinstance(self._machine, Watchful):
            self._machine.runs(speed)

    def _look(self, now_s: float) -> bool:
        """Follow the relay; both its fall and its return start the machine anew."""
        if self._has_power() is not self._is_on:
            self._is_on = not self._is_on
            self._machine.advance(now_s)
            self._restart(now_s)
        return self._is_on
