"""What can go wrong in the virtual mill, and the mouth through which it speaks, faults included."""

import random
from dataclasses import dataclass, field
from typing import Final

_PRINTABLE: Final = bytes(set(range(0x20, 0x7F)) - set(b"?!~")).decode()


@dataclass(frozen=True, slots=True)
class Faults:
    """What goes wrong; lines are G-code lines counted from 1 since the last reset.

    `replaced` are lines that arrive as something else; `errors` and `alarms` map a line to GRBL's code,
    `lost_oks` are lines whose `ok` never leaves the machine, `doubled_oks` those that are answered twice.
    From its line on, `silent` makes the mill dumb for ever, `limit_switch` presses a switch, `door` opens
    the door and `restart` resets the board. `damage_in`, `damage_out` and `drop_ok` are chances that a line
    is read with a wrong character, said with one, and that an `ok` is lost; `seed` makes them repeatable.
    """

    replaced: dict[int, str] = field(default_factory=dict)
    errors: dict[int, int] = field(default_factory=dict)
    alarms: dict[int, int] = field(default_factory=dict)
    lost_oks: frozenset[int] = frozenset()
    doubled_oks: frozenset[int] = frozenset()
    silent_from_line: int | None = None
    limit_switch_from_line: int | None = None
    door_from_line: int | None = None
    restart_from_line: int | None = None
    alarm_at_boot: bool = False
    seed: int = 0
    damage_in: float = 0.0
    damage_out: float = 0.0
    drop_ok: float = 0.0


class Mouth:
    """What the machine says, and what a bad wire makes of both directions."""

    def __init__(self, faults: Faults) -> None:
        self.silent = False
        self._faults = faults
        self._chance = random.Random(faults.seed)  # noqa: S311 - repeatable faults, no secret
        self._output = bytearray()

    def say(self, *lines: str) -> None:
        """Say lines, some of them damaged."""
        for line in lines:
            damaged = self._damage(line) if self._happens(self._faults.damage_out) else line
            self._output += damaged.encode() + b"\r\n"

    def say_ok(self, number: int) -> None:
        """Answer a line, so often as the faults want."""
        if number in self._faults.lost_oks or self._happens(self._faults.drop_ok):
            return
        self.say(*["ok"] * (1 + (number in self._faults.doubled_oks)))

    def hear(self, line: str, number: int) -> str:
        """Return a line as it has arrived."""
        line = self._faults.replaced.get(number, line)
        return self._damage(line) if line and self._happens(self._faults.damage_in) else line

    def take(self) -> bytes:
        """Return what was said."""
        said = bytes(self._output)
        self._output.clear()
        return b"" if self.silent else said

    def forget(self) -> None:
        """Drop what was not yet heard."""
        self._output.clear()

    def _happens(self, chance: float) -> bool:
        return chance > 0 and self._chance.random() < chance

    def _damage(self, line: str) -> str:
        at = self._chance.randrange(len(line)) if line else 0
        return line[:at] + self._chance.choice(_PRINTABLE) + line[at + 1 :]
