"""A pack that the Linux kernel knows, as files under /sys/class/power_supply.

Source: kernel documentation, "ABI/testing/sysfs-class-power": names, units (millionths), meaning of signs.
"""

import math
import re
from pathlib import Path
from typing import Final

from drivers.battery.sample import Sample
from drivers.errors import PortNotFoundError, TransportError

POWER_SUPPLIES: Final = Path("/sys/class/power_supply")
PACKS: Final = frozenset({"Battery", "UPS"})
MILLIONTH: Final = 1e-6
LONGEST_VALUE: Final = 64
FULLEST: Final = 1.2
"""A new pack may hold a little more than what is told as full; more than this is nonsense."""
DISAGREEMENT_PCT: Final = 5.0
DISAGREES: Final = "The kernel tells two different charges of this battery: neither can be trusted."
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,18}")


class PowerSupply:
    """One battery of this computer; without a name it is the only one there is.

    A battery of a mouse or another device does not count.
    """

    def __init__(self, name: str = "", root: Path = POWER_SUPPLIES) -> None:
        self._name = name
        self._root = root

    def read(self, now_s: float) -> Sample:
        """Read all files once.

        Raises:
            PortNotFoundError: there is no such battery, or it is taken out.
            TransportError: the name is that of something else, or there are several batteries and no name.
        """
        folder = self._folder()
        if _text(folder / "present") == "0":
            raise PortNotFoundError(f"{folder.name} is taken out.")
        voltage_v, current_a, power_w = _flow(folder)
        soc_pct, note = _charge(folder)
        return Sample(soc_pct, voltage_v, current_a, power_w, now_s, note=note)

    def _folder(self) -> Path:
        """Look anew each time: a supply may come back under the same name."""
        if self._name:
            return self._named()
        packs = [name for name in self._names() if _is_pack(self._root / name)]
        if len(packs) == 1:
            return self._root / packs[0]
        if not packs:
            raise PortNotFoundError(f"This computer has no battery in {self._root}.")
        raise TransportError(f"There are several batteries, write sysfs:// and one of {', '.join(packs)}.")

    def _named(self) -> Path:
        folder = self._root / self._name
        if self._name not in self._names():
            found = ", ".join(self._names()) or "none"
            raise PortNotFoundError(f"There is no power supply {self._name} in {self._root}, but {found}.")
        if (kind := _text(folder / "type")) not in PACKS:
            raise TransportError(f"{self._name} is no battery, but {kind or 'of an unknown kind'}.")
        return folder

    def _names(self) -> list[str]:
        try:
            return sorted(path.name for path in self._root.iterdir())
        except OSError:
            return []


def _is_pack(folder: Path) -> bool:
    return _text(folder / "type") in PACKS and _text(folder / "scope") != "Device"


def _charge(folder: Path) -> tuple[float | None, str]:
    """Return percent and why there are none; energy or charge are finer than whole percents."""
    whole_pct = _number(folder / "capacity")
    shares = (_share(folder, quantity) for quantity in ("energy", "charge"))
    fine_pct = next((share for share in shares if share is not None), None)
    if fine_pct is None or whole_pct is None:
        return (whole_pct if fine_pct is None else fine_pct), ""
    if abs(fine_pct - whole_pct) > DISAGREEMENT_PCT:
        return None, DISAGREES
    return fine_pct, ""


def _share(folder: Path, quantity: str) -> float | None:
    """Return percent of what is held when full, None when a file is missing or makes no sense."""
    now, full = _number(folder / f"{quantity}_now"), _number(folder / f"{quantity}_full")
    if now is None or full is None or not full > 0 or not 0 <= now / full <= FULLEST:
        return None
    return min(100 * now / full, 100.0)


def _flow(folder: Path) -> tuple[float | None, float | None, float | None]:
    """Return volts, amperes and watts, positive while charging; each may follow from the two others."""
    voltage_v = _scaled(folder / "voltage_now")
    status = _text(folder / "status")
    current_a = _signed(_scaled(folder / "current_now"), status)
    power_w = _signed(_scaled(folder / "power_now"), status)
    if voltage_v and current_a is None and power_w is not None:
        current_a = power_w / voltage_v
    if voltage_v is not None and current_a is not None and power_w is None:
        power_w = voltage_v * current_a
    return voltage_v, current_a, power_w


def _signed(value: float | None, status: str | None) -> float | None:
    """Many drivers tell no sign: what the battery does tells it."""
    if value is None:
        return None
    match status:
        case "Discharging":
            return -abs(value)
        case "Charging":
            return abs(value)
        case _:
            return value


def _scaled(path: Path) -> float | None:
    value = _number(path)
    return None if value is None else value * MILLIONTH


def _number(path: Path) -> float | None:
    """Return a whole number, NaN for nonsense, None for a file that is missing or refuses to be read."""
    text = _text(path)
    if not text:
        return None
    return float(text) if _INTEGER.fullmatch(text) else math.nan


def _text(path: Path) -> str | None:
    """A driver that does not know a value now has no file for it, or one whose reading fails."""
    try:
        with path.open(encoding="ascii", errors="replace") as file:
            return file.read(LONGEST_VALUE).strip()
    except OSError:
        return None
