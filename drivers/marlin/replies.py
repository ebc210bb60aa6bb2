"""What a Marlin board says, one frozen object a line."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from drivers.types import Position, Temperature


@dataclass(frozen=True, slots=True)
class Ok:
    """One or more glued acknowledgements; only the one of M105 brings temperatures.

    With ADVANCED_OK it names its line and tells how many lines of the command queue are free. Some boards
    answer a question on the same line.
    """

    count: int
    temperatures: dict[str, Temperature]
    number: int | None = None
    free_lines: int | None = None
    answer: "Where | FirmwareName | None" = None


@dataclass(frozen=True, slots=True)
class Resend:
    """The board asks for this line again."""

    number: int


@dataclass(frozen=True, slots=True)
class LineError:
    """A line arrived damaged or out of order; a Resend follows."""

    last_number: int | None = None


@dataclass(frozen=True, slots=True)
class Busy:
    """The board works and cannot acknowledge yet."""

    waits_for_person: bool = False


@dataclass(frozen=True, slots=True)
class Heat:
    """Temperatures told without being asked; `waiting` while M109 or M190 blocks."""

    temperatures: dict[str, Temperature]
    waiting: bool


@dataclass(frozen=True, slots=True)
class Where:
    """The answer to M114."""

    position: Position


@dataclass(frozen=True, slots=True)
class FirmwareName:
    """The first line of the answer to M115."""

    name: str


@dataclass(frozen=True, slots=True)
class Capability:
    """One `Cap:` line of the answer to M115."""

    name: str
    present: bool


@dataclass(frozen=True, slots=True)
class Unknown:
    """The board does not know this command."""

    command: str


@dataclass(frozen=True, slots=True)
class Chatter:
    """Anything else."""


@dataclass(frozen=True, slots=True)
class Banner:
    """The board has just started."""


@dataclass(frozen=True, slots=True)
class Fault:
    """The board has given up."""

    text: str


@dataclass(frozen=True, slots=True)
class Action:
    """Somebody used the board's own panel."""

    word: str


Trouble: TypeAlias = Resend | LineError | Busy
News: TypeAlias = Heat | Where | Chatter
Boast: TypeAlias = FirmwareName | Capability | Unknown
Ending: TypeAlias = Banner | Fault | Action
Reply: TypeAlias = Ok | Trouble | News | Boast | Ending

_HEATERS: Final = {"T": "hotend", "B": "bed"}
_NUMBER: Final = r"(-?\d+(?:\.\d+)?|[nN][aA][nN])"
_TEMPERATURE: Final = re.compile(rf"\b([TB]):\s*{_NUMBER}\s*/\s*{_NUMBER}")
_ADVANCED: Final = re.compile(r"ok (?:N(\d+) )?P\d+ B(\d+)$")
_LAST_LINE: Final = re.compile(r"Last Line:\s*(\d{1,9})$", re.IGNORECASE)
_WHERE: Final = re.compile(r"(?:echo:\s*|C:\s*)?X:\s*(-?\d+\.?\d*)\s+Y:\s*(-?\d+\.?\d*)\s+Z:\s*(-?\d+\.?\d*)")
_FIRMWARE_NAME: Final = re.compile(r"FIRMWARE_NAME:\s*(\S[^:]*?)(?: \(|\s\S+:|$)")
_PLAIN_OK: Final = Ok(1, {})
_ERROR_OF_A_LINE: Final = re.compile(r"checksum|line number|last line|expected line \d", re.IGNORECASE)


def _ok(match: re.Match[str]) -> Ok:
    if advanced := _ADVANCED.match(match.string):
        return Ok(1, {}, int(advanced[1]) if advanced[1] else None, int(advanced[2]))
    behind = _answer(match.string[match.end() :].strip())
    return Ok(len(match[1]) // 2, _temperatures(match.string), answer=behind)


def _answer(text: str) -> Where | FirmwareName | None:
    """Read what a question is answered with behind its `ok`."""
    if not text:
        return None
    if match := _WHERE.match(text):
        return _where(match)
    match = _FIRMWARE_NAME.search(text)
    return FirmwareName(match[1]) if match else None


def _error(match: re.Match[str]) -> LineError | Fault:
    if _ERROR_OF_A_LINE.search(match.string):
        last = _LAST_LINE.search(match.string)
        return LineError(int(last[1]) if last else None)
    return Fault(match[1].strip() or "The printer reported an error without a text.")


def _heat(match: re.Match[str]) -> Heat:
    return Heat(_temperatures(match.string), " W:" in match.string)


def _where(match: re.Match[str]) -> Where:
    return Where(Position(float(match[1]), float(match[2]), float(match[3])))


_PARSERS: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Reply]], ...]] = (
    (re.compile(r"((?:ok)+)"), _ok),
    (re.compile(r"(?:Resend|rs):?\s*N?(\d{1,9})$", re.IGNORECASE), lambda match: Resend(int(match[1]))),
    (re.compile(r"(?:echo:)?\s*busy:\s*(paused for)?", re.IGNORECASE), lambda match: Busy(bool(match[1]))),
    (re.compile(r"Error:(.*)", re.IGNORECASE), _error),
    (re.compile(r"!!(.*)"), _error),
    (re.compile(rf"(?:echo:\s*)?(?=.*\b[TB]:\s*{_NUMBER}\s*/|.* W:)[TB]:"), _heat),
    (_WHERE, _where),
    (_FIRMWARE_NAME, lambda match: FirmwareName(match[1])),
    (re.compile(r"Cap:(\w+):([01])"), lambda match: Capability(match[1], match[2] == "1")),
    (re.compile(r'echo:\s*Unknown command: "?(\w+)'), lambda match: Unknown(match[1])),
    (re.compile(r"//\s*action:\s*(\w+)"), lambda match: Action(match[1])),
    (re.compile(r"[^ -~]*start$|(?:echo:)?\s*Marlin \d"), lambda _: Banner()),
)


def parse(line: bytes) -> Reply:
    """Read one line without its newline; what makes no sense is Chatter, never an error."""
    if line == b"ok":
        return _PLAIN_OK
    text = line.decode("ascii", "replace").strip()
    for pattern, build in _PARSERS:
        if match := pattern.match(text):
            return build(match)
    return Chatter()


def _temperatures(text: str) -> dict[str, Temperature]:
    found = _TEMPERATURE.findall(text)
    return {_HEATERS[heater]: Temperature(float(actual), float(target)) for heater, actual, target in found}
