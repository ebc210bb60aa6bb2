"""What our program does on a virtual micro:bit, told once more for the simulator."""

import re
from collections.abc import Callable
from typing import Final

from drivers.micropython.lines import read_numbers, summed
from drivers.micropython.outputs import HIGH, LOW, MOST
from drivers.micropython.program import MARK, SERVO_MS, TELL_MS, WATCH_MS
from drivers.robots.wiring import FULL_PCT

PINS: Final = re.compile(r"^O=\(((?:pin\d+,)*)\)$", re.MULTILINE)
LIT: Final = re.compile(r"for p in \(((?:pin\d+,)+)\):p\.write_digital\(1\)")
BEFORE: Final = 3
"""Number, display and pitch stand before the values of pins."""


KEPT: Final = re.compile(r"p=r'''(.*)'''\n", re.DOTALL)


def is_ours(text: str) -> bool:
    """Whether this is our program."""
    return text.startswith(MARK)


def kept_text(text: str) -> str | None:
    """Return the program that a board shall keep."""
    found = KEPT.match(text)
    return found[1] if found else None


def numbers_of(found: re.Match[str] | None) -> tuple[int, ...]:
    """Return the pins that a program names."""
    return tuple(int(pin) for pin in re.findall(r"\d+", found[1])) if found else ()


class Outputs:
    """The pins as the program left them, the display from 0 to 9, and the pitch."""

    def __init__(self) -> None:
        self.values: dict[int, int] = {}
        self.display = 0
        self.pitch_hz = 0

    def share_pct(self, number: int) -> float:
        """Return for how much of the time a pin is high."""
        value = self.values.get(number, LOW)
        if value >= 0:
            return FULL_PCT * value / MOST
        return FULL_PCT if value == HIGH else 0.0

    def is_high(self, number: int) -> bool:
        """Whether a pin is high and stays so."""
        return self.values.get(number) == HIGH

    def pulse_us(self, number: int) -> float:
        """Return the pulse that a servo gets, 0 for none."""
        value = self.values.get(number, LOW)
        return value * SERVO_MS * 1000 / MOST if value > 0 else 0.0


class Running:
    """One run of our program; `tell` is called with a line to say."""

    def __init__(self, text: str, outputs: Outputs, now_s: float, tell: Callable[[bytes], None]) -> None:
        self._pins = numbers_of(PINS.search(text))
        self._lit = numbers_of(LIT.search(text))
        self._outputs = outputs
        self._tell = tell
        self._line = b""
        self._number = 0
        self._signed_s = -1.0
        self._told_s = now_s
        self.is_off = True
        self.halt()

    @property
    def next_s(self) -> float:
        """When it will do something by itself."""
        tell_s = self._told_s + TELL_MS / 1000
        return tell_s if self.is_off else min(tell_s, self._signed_s + WATCH_MS / 1000)

    def halt(self) -> None:
        """Turn all off."""
        self._outputs.values = dict.fromkeys(self._pins, LOW) | dict.fromkeys(self._lit, HIGH)
        self._outputs.display = self._outputs.pitch_hz = 0

    def take(self, byte: int, now_s: float, feel: Callable[[], list[int]]) -> None:
        """Take a byte of a line."""
        self._line += bytes([byte])
        if byte == ord("\n"):
            line, self._line = self._line, b""
            self._obey(line, now_s, feel)
        elif len(self._line) > 99:
            self._line = b""

    def live(self, now_s: float, feel: Callable[[], list[int]]) -> bool:
        """Watch and tell; returns whether the watch has just turned all off."""
        has_tripped = not self.is_off and now_s >= self._signed_s + WATCH_MS / 1000
        if has_tripped:
            self.is_off = True
            self.halt()
        if now_s >= self._told_s + TELL_MS / 1000:
            self.report(now_s, feel())
        return has_tripped

    def report(self, now_s: float, felt: list[int]) -> None:
        """Say what it obeys and feels."""
        self._told_s = now_s
        self._tell(summed([self._number, int(self.is_off), *felt]).replace(b"\n", b"\r\n"))

    def _obey(self, line: bytes, now_s: float, feel: Callable[[], list[int]]) -> None:
        numbers = read_numbers(line)
        if numbers is None or len(numbers) != BEFORE + len(self._pins):
            return
        self._signed_s = now_s
        if numbers[0] == self._number:
            return
        self._number, self._outputs.display, self._outputs.pitch_hz = numbers[:BEFORE]
        self.is_off = False
        self._outputs.values |= dict(zip(self._pins, numbers[BEFORE:], strict=True))
        self.report(now_s, feel())
