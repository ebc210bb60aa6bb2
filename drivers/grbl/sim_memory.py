"""What the virtual mill keeps in its EEPROM."""

from dataclasses import dataclass, field
from typing import Final

from drivers.grbl.sim_firmware import GRBL, Firmware
from drivers.grbl.sim_motion import Limits, Vector

SETTINGS: Final[dict[int, float]] = {
    0: 10, 1: 25, 2: 0, 3: 0, 4: 0, 5: 0, 6: 0, 10: 3, 11: 0.01, 12: 0.002, 13: 0,
    20: 0, 21: 0, 22: 0, 23: 0, 24: 25, 25: 500, 26: 250, 27: 1, 30: 10000, 31: 0, 32: 0,
    100: 800, 101: 800, 102: 800, 110: 2000, 111: 2000, 112: 1000,
    120: 30, 121: 30, 122: 30, 130: 280, 131: 170, 132: 40,
}  # fmt: skip
"""A 3018-class mill without limit switches."""
INSTANT: Final = 1e9
"""A speed and an acceleration with which a move takes no time worth speaking of."""


@dataclass(slots=True)
class Memory:
    """The board, its settings, start lines and G54 offset in mm; they survive every reset.

    `plate_mm` is the height in machine coordinates at which a probe touches, None without a plate.
    An Uno `resets_on_open` of its port, a board with native USB does not. `is_instant` lets moves take no
    time, for benches of the wire alone.
    """

    settings: dict[int, float] = field(default_factory=lambda: dict(SETTINGS))
    start_lines: list[str] = field(default_factory=lambda: ["", ""])
    g54: Vector = (0.0, 0.0, 0.0)
    firmware: Firmware = GRBL
    resets_on_open: bool = True
    is_instant: bool = False
    plate_mm: float | None = None

    @property
    def limits(self) -> Limits:
        """What the axes can do."""
        speeds = (self.settings[110] / 60, self.settings[111] / 60, self.settings[112] / 60)
        if self.is_instant:
            return Limits((INSTANT, INSTANT, INSTANT), INSTANT, planner_blocks=self.firmware.planner_blocks)
        return Limits(speeds, self.settings[120], self.settings[11], self.firmware.planner_blocks)

    def outside(self, target: Vector) -> bool:
        """Whether soft limits are on and forbid a machine position; GRBL's room lies in negative space."""
        room = (self.settings[130], self.settings[131], self.settings[132])
        return bool(self.settings[20]) and any(
            not -size <= value <= 0 for value, size in zip(target, room, strict=True)
        )

    def report(self, command: str) -> list[str]:
        """Return the answer to `$$`, `$N`, `$I` or `$#`."""
        match command:
            case "$$":
                return [f"${number}={value:g}" for number, value in self.settings.items()]
            case "$N":
                return [f"$N{number}={line}" for number, line in enumerate(self.start_lines)]
            case "$I":
                return list(self.firmware.build)
            case _:
                return self._offsets()

    def _offsets(self) -> list[str]:
        zero = "0.000,0.000,0.000"
        g54 = ",".join(f"{value:.3f}" for value in self.g54)
        others = [f"[{name}:{zero}]" for name in ("G55", "G56", "G57", "G58", "G59", "G28", "G30", "G92")]
        return [f"[G54:{g54}]", *others, "[TLO:0.000]", f"[PRB:{zero}:0]"]

    def store(self, line: str) -> int:
        """Take `$10=3` or `$N0=G54` and return GRBL's error code, 0 when stored."""
        name, _, value = line[1:].partition("=")
        if name in {"N0", "N1"}:
            self.start_lines[int(name[1])] = value
            return 0
        if not name.isdigit() or int(name) not in self.settings:
            return 3
        try:
            self.settings[int(name)] = float(value)
        except ValueError:
            return 2
        return 0
