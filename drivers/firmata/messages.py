"""The messages of Firmata, both ways.

Source: the Firmata protocol 2.5 (github.com/firmata/protocol), and what StandardFirmata 2.4 answers.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, TypeAlias

DIGITAL: Final = 0x90
REPORT_ANALOG: Final = 0xC0
REPORT_DIGITAL: Final = 0xD0
ANALOG: Final = 0xE0
START_SYSEX: Final = 0xF0
SET_MODE: Final = 0xF4
END_SYSEX: Final = 0xF7
VERSION: Final = 0xF9
RESET: Final = 0xFF
CAPABILITY_QUERY: Final = 0x6B
CAPABILITIES: Final = 0x6C
STATE_QUERY: Final = 0x6D
STATE: Final = 0x6E
EXTENDED_ANALOG: Final = 0x6F
TEXT: Final = 0x71
FIRMWARE: Final = 0x79
SAMPLING: Final = 0x7A

PINS_PER_PORT: Final = 8
SHORT_PINS: Final = 16
"""Only so many pins can be named in a short analogue message."""
NEXT_PIN: Final = 0x7F
LONGEST: Final = 1024
"""No answer of a board with 70 pins is longer; a board that says more says nonsense."""
MOST_TEXT: Final = 120


class Mode(IntEnum):
    """What a pin is for."""

    INPUT = 0
    OUTPUT = 1
    ANALOG = 2
    PWM = 3
    SERVO = 4
    PULLUP = 11


@dataclass(frozen=True, slots=True)
class Version:
    """The protocol that the firmware speaks."""

    major: int
    minor: int


@dataclass(frozen=True, slots=True)
class Firmware:
    """The name of the sketch; every board says it when it starts."""

    name: str


@dataclass(frozen=True, slots=True)
class Digital:
    """The levels of the input pins of a port."""

    port: int
    levels: int


@dataclass(frozen=True, slots=True)
class Analog:
    """A reading of an analogue input."""

    channel: int
    raw: int


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What each pin can be, with the bits of its values."""

    pins: tuple[dict[int, int], ...]


@dataclass(frozen=True, slots=True)
class PinState:
    """What a pin is now and what was written to it last."""

    pin: int
    mode: int
    value: int


@dataclass(frozen=True, slots=True)
class Text:
    """A complaint of the firmware."""

    text: str


Message: TypeAlias = Version | Firmware | Digital | Analog | Capabilities | PinState | Text


def seven(value: int, count: int = 2) -> bytes:
    """Return a number in so many bytes of seven bits, the lowest first."""
    return bytes(value >> 7 * at & 0x7F for at in range(count))


def number(data: Iterable[int]) -> int:
    """Return the number that bytes of seven bits make."""
    return sum(byte << 7 * at for at, byte in enumerate(data))


def sysex(command: int, data: bytes = b"") -> bytes:
    """Return a message of any length."""
    return bytes([START_SYSEX, command]) + data + bytes([END_SYSEX])


def set_mode(pin: int, mode: Mode) -> bytes:
    """Say what a pin is for."""
    return bytes([SET_MODE, pin, mode])


def write_port(port: int, levels: int) -> bytes:
    """Set all output pins of a port."""
    return bytes([DIGITAL | port]) + seven(levels)


def write_analog(pin: int, value: int) -> bytes:
    """Set a share of power, or the pulse of a servo in microseconds."""
    if pin < SHORT_PINS:
        return bytes([ANALOG | pin]) + seven(value)
    return sysex(EXTENDED_ANALOG, bytes([pin]) + seven(value))


def report_analog(channel: int) -> bytes:
    """Ask to be told an analogue input, again and again."""
    return bytes([REPORT_ANALOG | channel, 1])


def report_port(port: int) -> bytes:
    """Ask to be told the inputs of a port, now and whenever they change."""
    return bytes([REPORT_DIGITAL | port, 1])


def sampling(interval_ms: int) -> bytes:
    """Say how often analogue inputs are told."""
    return sysex(SAMPLING, seven(interval_ms))


def ask_state(pin: int) -> bytes:
    """Ask what a pin is now."""
    return sysex(STATE_QUERY, bytes([pin]))


ASK_FIRMWARE: Final = bytes([VERSION]) + sysex(FIRMWARE)
ASK_CAPABILITIES: Final = sysex(CAPABILITY_QUERY)


class Reader:
    """Makes messages of the bytes of a board; what is none of ours is passed over."""

    def __init__(self) -> None:
        self._begun = bytearray()

    def feed(self, data: bytes) -> list[Message]:
        """Take bytes as they come and return the messages that they complete."""
        return [message for byte in data if (message := self._take(byte)) is not None]

    def _take(self, byte: int) -> Message | None:
        is_sysex = self._begun[:1] == bytes([START_SYSEX])
        if byte == END_SYSEX and is_sysex:
            whole, self._begun = bytes(self._begun[1:]), bytearray()
            return _long(whole[:1], whole[1:])
        if byte & 0x80:
            self._begun = bytearray([byte])
        elif self._begun and len(self._begun) < LONGEST:
            self._begun.append(byte)
        else:
            self._begun.clear()
        if len(self._begun) < 3 or self._begun[0] == START_SYSEX:
            return None
        command, low, high = self._begun
        self._begun.clear()
        return _short(command, low, high)


def _short(command: int, low: int, high: int) -> Message | None:
    if command == VERSION:
        return Version(low, high)
    kind, number_ = command & 0xF0, command & 0x0F
    if kind == DIGITAL:
        return Digital(number_, low | high << 7)
    if kind == ANALOG:
        return Analog(number_, low | high << 7)
    return None


def _long(command: bytes, data: bytes) -> Message | None:
    match command:
        case b"\x79":
            return Firmware(_text(data[2:]))
        case b"\x71":
            return Text(_text(data))
        case b"\x6c":
            return Capabilities(_capabilities(data))
        case b"\x6e" if len(data) >= 2:
            return PinState(data[0], data[1], number(data[2:]))
        case _:
            return None


def _text(data: bytes) -> str:
    """A firmware's words are a stranger's: only what can be printed, and not too much of it."""
    pairs = zip(data[::2], data[1::2], strict=False)
    letters = "".join(chr(low | (high & 1) << 7) for low, high in pairs)
    return "".join(letter for letter in letters if letter.isprintable())[:MOST_TEXT]


def _capabilities(data: bytes) -> tuple[dict[int, int], ...]:
    *pins, _ = data.split(bytes([NEXT_PIN]))
    return tuple(dict(zip(pin[::2], pin[1::2], strict=False)) for pin in pins)
