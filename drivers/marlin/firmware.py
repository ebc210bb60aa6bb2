"""What a board says about itself, and what it lacks for full safety."""

from typing import Final, assert_never

from drivers.marlin.replies import Boast, Capability, FirmwareName, Unknown

_WANTED: Final = {
    "EMERGENCY_PARSER": "no emergency parser: a stop waits behind what the board already holds",
    "THERMAL_PROTECTION": "no thermal protection: the firmware does not watch its heaters",
}


class Firmware:
    """The board's answers to M115 and to commands it does not know."""

    def __init__(self) -> None:
        self.name = ""
        self._capabilities: dict[str, bool] = {}
        self._unknown: set[str] = set()
        self.reports_temperatures = False
        """M155 does the work of polling."""

    def hear(self, boast: Boast) -> None:
        """Note what the board tells of itself."""
        match boast:
            case FirmwareName():
                self.name = boast.name
            case Capability():
                self._capabilities[boast.name] = boast.present
            case Unknown():
                self._unknown.add(boast.command)
            case _:
                assert_never(boast)
        able = self._capabilities.get("AUTOREPORT_TEMP", False)
        self.reports_temperatures = able and "M155" not in self._unknown

    @property
    def says_busy(self) -> bool:
        """The board tells at least every two seconds that it still works."""
        return "M113" not in self._unknown

    @property
    def levels(self) -> bool:
        """G29 measures the bed by a probe. Source: Marlin's M115.cpp, AUTOLEVEL and Z_PROBE."""
        return self._capabilities.get("AUTOLEVEL", False) and self._capabilities.get("Z_PROBE", False)

    @property
    def degraded(self) -> tuple[str, ...]:
        """What is missing, in plain English."""
        missing = [text for name, text in _WANTED.items() if not self._capabilities.get(name, False)]
        if "M85" in self._unknown:
            missing.append("no M85: the board keeps heating when the computer dies")
        return tuple(missing)
