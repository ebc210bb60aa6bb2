"""The firmwares that the virtual mill can be: GRBL 1.1h on an Uno, grblHAL on a bigger board."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Firmware:
    """How a firmware presents itself and how much it holds."""

    banner: str
    build: tuple[str, ...]
    rx_bytes: int
    planner_blocks: int
    alarm_substates: bool = False


GRBL: Final = Firmware(
    banner="Grbl 1.1h ['$' for help]",
    build=("[VER:1.1h.20190830:]", "[OPT:V,15,128]"),
    rx_bytes=128,
    planner_blocks=15,
)
"""Source: GRBL 1.1 config.h and report.c."""

GRBLHAL: Final = Firmware(
    banner="GrblHAL 1.1f ['$' or '$HELP' for help]",
    build=(
        "[VER:1.1f.20260817:]",
        "[OPT:VNMSL,100,1024,3,0]",
        "[AXS:3:XYZ]",
        "[NEWOPT:ENUMS,RT-,TC,SED]",
        "[FIRMWARE:grblHAL]",
        "[NVS STORAGE:*FLASH 2K]",
        "[DRIVER:STM32F401CC]",
    ),
    rx_bytes=1023,
    planner_blocks=100,
    alarm_substates=True,
)
"""A ring of 1,024 bytes holds 1,023. Source: grblHAL core, report.c and stream.h."""
