"""VE.Direct's text mode without any I/O: bytes in, samples of the battery out.

Source: Victron Energy, "VE.Direct Protocol", version 3.33: fields and units of each product.
"""

import math
import re
from dataclasses import dataclass
from typing import Final

from drivers.battery.frames import FrameReader
from drivers.battery.sample import Lifetime, Sample

UNKNOWN: Final = "---"
"""How a monitor writes that it does not know."""
UNKNOWN_CHARGE: Final = "-1"
MOST_FIELDS: Final = 128
WH_PER_STEP: Final = 10.0
"""Fields of energy count in hundredths of a kWh."""
SOLAR: Final = "A solar charge controller does not know how full the battery is: connect a battery monitor."
UNSYNCHRONISED: Final = (
    "The monitor does not know how full the battery is: charge it fully once, so that it can begin to count."
)
NO_MONITOR: Final = "This VE.Direct product does not tell how full the battery is: connect a battery monitor."
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,12}")


@dataclass(frozen=True, slots=True)
class Field:
    """The text of a field and the instant at which it last arrived."""

    text: str
    at_s: float


class VeDirectProtocol:
    """Listens only: a text-mode monitor speaks by itself, once a second.

    A BMV or a SmartShunt alternates between a block of state and one of history. The fields of all blocks
    are kept side by side, each with its own age.
    """

    def __init__(self) -> None:
        self._frames = FrameReader()
        self._fields: dict[str, Field] = {}

    @property
    def damaged(self) -> int:
        """Blocks refused for their checksum: how healthy the cable is."""
        return self._frames.damaged

    @property
    def fields(self) -> dict[str, Field]:
        """All that was ever told by the product that hangs on the cable now."""
        return dict(self._fields)

    def receive(self, data: bytes, now_s: float) -> list[Sample]:
        """Return a sample for each sound block that tells the voltage, as every product does each second."""
        samples = []
        for block in self._frames.take(data):
            self._keep(block, now_s)
            if "V" in block:
                samples.append(self._sample())
        return samples

    def tick(self, _now_s: float) -> list[Sample]:
        """Nothing is timed here: age is judged by whoever reads."""
        return []

    @property
    def is_over(self) -> bool:
        """A monitor is only listened to."""
        return False

    def take_output(self, _now_s: float) -> bytes:
        """Nothing is ever sent to the monitor."""
        return b""

    def deadline_s(self) -> float | None:
        """No instant is awaited."""
        return None

    def _keep(self, block: dict[str, str], now_s: float) -> None:
        """Lay a block over what is known; another product on the cable begins with nothing."""
        known = self._fields.get("PID")
        if known is not None and block.get("PID", known.text) != known.text:
            self._fields.clear()
        for name, text in block.items():
            if name in self._fields or len(self._fields) < MOST_FIELDS:
                self._fields[name] = Field(text, now_s)

    def _sample(self) -> Sample:
        """SOC comes in per mille, V in mV, I in mA, P in W; the oldest monitors leave P out."""
        soc, voltage_v, current_a = self._charge(), self._scaled("V", 1000), self._scaled("I", 1000)
        told = [self._fields[name].at_s for name in ("SOC", "V", "I") if name in self._fields]
        return Sample(
            soc_pct=soc,
            voltage_v=voltage_v,
            current_a=current_a,
            power_w=self._power(voltage_v, current_a),
            at_s=min(told),
            lifetime=self._lifetime(),
            note="" if soc is not None else self._why_no_charge(),
        )

    def _charge(self) -> float | None:
        field = self._fields.get("SOC")
        return None if field is None or field.text == UNKNOWN_CHARGE else self._scaled("SOC", 10)

    def _power(self, voltage_v: float | None, current_a: float | None) -> float | None:
        """A power that did not come with the voltage belongs to another instant."""
        field = self._fields.get("P")
        if field is not None and field.at_s == self._fields["V"].at_s:
            return self._scaled("P", 1)
        return None if voltage_v is None or current_a is None else voltage_v * current_a

    def _scaled(self, name: str, per_unit: float) -> float | None:
        """Return a field in whole units: None when it is not told, NaN when it is no number."""
        field = self._fields.get(name)
        if field is None or field.text == UNKNOWN:
            return None
        return int(field.text) / per_unit if _INTEGER.fullmatch(field.text) else math.nan

    def _lifetime(self) -> Lifetime | None:
        """H4 counts cycles, H17 and H18 the energy taken out and put in."""
        told = [self._fields[name].at_s for name in ("H4", "H17", "H18") if name in self._fields]
        if not told:
            return None
        cycles = self._count("H4", 1.0)
        return Lifetime(
            cycles=None if cycles is None else round(cycles),
            discharged_wh=self._count("H17", WH_PER_STEP),
            charged_wh=self._count("H18", WH_PER_STEP),
            at_s=min(told),
        )

    def _count(self, name: str, factor: float) -> float | None:
        value = self._scaled(name, 1)
        return None if value is None or not math.isfinite(value) else value * factor

    def _why_no_charge(self) -> str:
        if "SOC" in self._fields:
            return UNSYNCHRONISED
        return SOLAR if {"VPV", "PPV"} & self._fields.keys() else NO_MONITOR
