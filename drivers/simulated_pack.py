"""A simulated pack in this process, from the words of a `sim://battery` URL."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, parse_qs, urlsplit

from drivers.battery.lies import Fault, parse_ageing, parse_chemistry, parse_pack_faults
from drivers.battery.sim import INVERTER, NOISE_A, Build, VirtualPack
from drivers.battery.sources import VEDIRECT_BPS
from drivers.errors import TransportError
from drivers.loopback import Loopback
from drivers.transport import Transport

DEFAULTS: Final = {
    "capacity_wh": "960", "soc": "78", "load_w": "10", "speed": "1", "chemistry": "lifepo4", "cycles": "0",
    "years": "0", "noise_a": str(NOISE_A), "seed": "1",
}  # fmt: skip
FASTEST: Final = 50.0


@dataclass(frozen=True, slots=True)
class SimulatedPack:
    """A pack that begins to live when it is first opened."""

    pack: VirtualPack
    speed: float
    _lines: list[Loopback]

    def open(self) -> Transport:
        """Open the monitor's port."""
        if not self._lines:
            self._lines.append(Loopback(self.pack, VEDIRECT_BPS, self.speed))
        return self._lines[0].open()


def simulated_pack(url: str, load: Callable[[], float] | None = None) -> SimulatedPack:
    """Build a pack behind an inverter from `sim://battery?load_w=60&chemistry=li-ion&cycles=300&fault=stuck@600`.

    `fault` may be given several times; `load` stands for machines in the place of `load_w`.

    Raises:
        TransportError: the address makes no sense.
    """
    parts = urlsplit(url)
    try:
        words = _words(parts)
        faults = parse_pack_faults(words.pop("fault", ()))
        return _built(_known(words), load, faults)
    except ValueError as error:
        message = f"{url!r} is no simulated pack: {error} Write sim://battery?load_w=60."
        raise TransportError(message) from error


def _words(parts: SplitResult) -> dict[str, list[str]]:
    if parts.netloc != "battery":
        raise ValueError(f"{parts.netloc!r} is no battery.")
    return parse_qs(parts.query, strict_parsing=bool(parts.query))


def _known(words: dict[str, list[str]]) -> dict[str, str]:
    if unknown := words.keys() - DEFAULTS.keys():
        raise ValueError(f"there is no {', '.join(sorted(unknown))}.")
    return DEFAULTS | {name: values[-1] for name, values in words.items()}


def _built(
    words: dict[str, str], load: Callable[[], float] | None, faults: tuple[Fault, ...]
) -> SimulatedPack:
    capacity_wh, soc_pct = float(words["capacity_wh"]), float(words["soc"])
    load_w, speed = float(words["load_w"]), float(words["speed"])
    if not (capacity_wh > 0 and 0 <= soc_pct <= 100 and 0 < speed <= FASTEST):
        raise ValueError(f"a pack holds something, soc is 0 to 100, speed at most {FASTEST:g}.")
    build = Build(
        parse_chemistry(words["chemistry"]),
        parse_ageing(words["cycles"], words["years"]),
        float(words["noise_a"]),
        int(words["seed"]),
    )
    pack = VirtualPack(
        capacity_wh, soc_pct, load or (lambda: load_w), INVERTER, speed, build=build, faults=faults
    )
    return SimulatedPack(pack, speed, [])
