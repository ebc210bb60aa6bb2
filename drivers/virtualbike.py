"""A whole virtual bike: printer, mill and battery, each behind a pseudo-terminal of its own."""

from pathlib import Path
from typing import Final

from drivers.battery.sim import DC_PATH, VirtualPack
from drivers.pseudoterminal import PseudoTerminal
from drivers.registry import BATTERY_BPS, KINDS, make_simulator, open_blackbox

BASE_LOAD_W: Final = 10.0
"""Computer, router and tablet."""
MACHINE_BPS: Final = {"marlin": 250_000, "grbl": 115_200}


class VirtualBike:
    """Lives in threads of this process until it is closed; the pack feeds the machines.

    The ports are `marlin`, `grbl` and `battery` under `links`; what the machines do is recorded in files
    of the same names under `boxes`. The battery's wire keeps its own pace whatever the speed.
    """

    def __init__(
        self, links: Path, boxes: Path | None, speed: float, capacity_wh: float, soc_pct: float
    ) -> None:
        for folder in (links, boxes):
            if folder is not None:
                folder.mkdir(parents=True, exist_ok=True)
        machines = {kind: make_simulator(kind, open_blackbox(_box(boxes, kind))) for kind in KINDS}
        pack = VirtualPack(
            capacity_wh,
            soc_pct,
            lambda: BASE_LOAD_W + sum(machine.power_w for machine in machines.values()),
            DC_PATH,
            speed,
            open_blackbox(_box(boxes, "battery")),
        )
        self._terminals = [
            PseudoTerminal(links / kind, machine, MACHINE_BPS[kind], speed)
            for kind, machine in machines.items()
        ]
        self._terminals.append(PseudoTerminal(links / "battery", pack, BATTERY_BPS, speed))

    def close(self) -> None:
        """Unplug everything and end the machines."""
        for terminal in self._terminals:
            terminal.close()


def _box(folder: Path | None, kind: str) -> Path | None:
    return folder / f"{kind}.jsonl" if folder else None
