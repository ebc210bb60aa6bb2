"""What the bike learns of its machines while they work, kept over restarts."""

import json
import logging
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from drivers.types import DeviceState, Temperature
from jobs.energy.live import RESTING, Doing, Warmth, live_loads
from jobs.energy.loads import battery_prices
from jobs.energy.pace import PaceFactor
from jobs.energy.refine import Refinement, Window
from jobs.energy.supply import INVERTER
from jobs.machines import MachineProfile

log = logging.getLogger(__name__)

WINDOW_S: Final = 10.0
LONGEST_S: Final = 30.0
"""A gap in the readings that is longer teaches nothing."""

Heat = dict[str, Temperature]


@dataclass(frozen=True, slots=True)
class Seen:
    """One machine at one instant: its state, its heaters, and what its program does on average."""

    state: DeviceState
    heat: Heat
    doing: Doing = RESTING


class Learning:
    """Turns what the battery and the machines tell into windows, and keeps what was learnt in one file."""

    def __init__(self, path: Path, machines: Mapping[str, MachineProfile], base_w: float) -> None:
        self._path = path
        prices = {name: battery_prices(profile, INVERTER) for name, profile in machines.items()}
        self.energy = Refinement(prices, base_w)
        self.paces = dict.fromkeys(machines, PaceFactor())
        self._since_s: float | None = None
        self._since_wh = 0.0
        self._before: dict[str, Seen] = {}

    def watch(self, at_s: float, used_wh: float, machines: Mapping[str, Seen]) -> bool:
        """Take the state of all machines and the meter of the pack; say whether a window was learnt."""
        if self._since_s is not None and at_s - self._since_s < WINDOW_S:
            return False
        learnt = self._since_s is not None and at_s - self._since_s <= LONGEST_S
        if learnt and self._since_s is not None:
            seconds = at_s - self._since_s
            loads = {
                name: live_loads(seconds, seen.doing, _warmth(self._before[name].heat, seen.heat))
                for name, seen in machines.items()
                if name in self._before and seen.state is not DeviceState.OFFLINE
            }
            self.energy.learn(Window(seconds, (used_wh - self._since_wh) * 3600.0 / seconds, loads))
        self._since_s, self._since_wh, self._before = at_s, used_wh, dict(machines)
        return learnt

    def finished(self, machine: str, estimated_s: float, took_s: float) -> None:
        """Take the time of a job that was made to its end."""
        self.paces[machine] = self.paces[machine].learnt(estimated_s, took_s)

    def save(self) -> None:
        """Write all down, whole or not at all.

        Raises:
            OSError: the disk refuses; what was there before stays.
        """
        paces = {name: asdict(pace) for name, pace in self.paces.items()}
        text = json.dumps({"energy": self.energy.state(), "paces": paces})
        fresh = self._path.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)

    def load(self) -> None:
        """Take up what was learnt before; what cannot be read is learnt anew."""
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            taken = self.energy.restore(kept["energy"])
            for name in self.paces:
                self.paces[name] = _pace(kept["paces"].get(name, {}))
        except FileNotFoundError:
            return
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            log.warning("What was learnt of the machines cannot be read and is learnt anew: %s", error)
            return
        if not taken:
            log.warning("The machines are others than those learnt of: their energy is learnt anew.")


def _pace(kept: dict[str, float]) -> PaceFactor:
    """Read a pace, within what may be true."""
    known = PaceFactor()
    log_mean = float(kept.get("log_mean", known.log_mean))
    sigma = float(kept.get("sigma", known.sigma))
    if not (abs(log_mean) < 0.7 and 0 < sigma < 0.5):
        return known
    return replace(known, log_mean=log_mean, sigma=sigma, jobs=int(kept.get("jobs", 0)))


def _warmth(before: Heat, after: Heat) -> dict[str, Warmth]:
    return {
        name: Warmth(before[name].actual_c, now.actual_c, now.target_c)
        for name, now in after.items()
        if name in before
    }
