"""What GRBL and grblHAL say, one frozen dataclass a kind of line."""

import re
from dataclasses import dataclass
from typing import Final

from drivers.types import Position

LONGEST_LINE: Final = 512
_OK: Final = b"ok\r\n"
_BANNER: Final = re.compile(r"Grbl(HAL)? (\S+) \['\$'")
_START: Final = re.compile(r"\$N(\d)=(.*)")
_SETTING: Final = re.compile(r"\$(\d+)=(-?\d+\.?\d*)(?:\s.*)?")
_OPTIONS: Final = re.compile(r"OPT:[^,]*,(\d+),(\d+)(?:,.*)?")
_ANSWERED: Final = re.compile(r":(ok|error:\d+)$")
_CODE: Final = re.compile(r"(error|ALARM):(\d+)")


@dataclass(frozen=True, slots=True)
class Banner:
    """The firmware has started or was reset."""

    firmware: str


@dataclass(frozen=True, slots=True)
class Ok:
    """The oldest unanswered line was taken; it is not executed yet."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The oldest unanswered line was refused with a numbered error."""

    code: int


@dataclass(frozen=True, slots=True)
class Alarm:
    """The machine has locked itself."""

    code: int


@dataclass(frozen=True, slots=True)
class StartLine:
    """A G-code line that the firmware executes by itself at each start; empty when none is stored."""

    text: str


@dataclass(frozen=True, slots=True)
class Setting:
    """One `$n=value`."""

    number: int
    value: float


@dataclass(frozen=True, slots=True)
class Remark:
    """A bracketed message, such as `MSG:Reset to continue` or `FIRMWARE:grblHAL`."""

    text: str


@dataclass(frozen=True, slots=True)
class Buffers:
    """What `[OPT:…]` tells: blocks of the planner and bytes of the receive buffer."""

    planner_blocks: int
    rx_bytes: int


@dataclass(frozen=True, slots=True)
class Noise:
    """A line that means nothing to us."""

    text: str


@dataclass(frozen=True, slots=True)
class Status:
    """The answer to `?`; a field is None where this report does not carry it.

    `substate` is 0 when a hold is complete and the machine may go on.
    """

    state: str
    substate: int | None = None
    machine: Position | None = None
    work: Position | None = None
    offset: Position | None = None
    feed_mm_min: float | None = None
    spindle_rpm: float | None = None
    planner_free: int | None = None
    rx_free: int | None = None
    overrides_pct: tuple[int, ...] = ()

    @property
    def held(self) -> bool:
        """Whether a hold or a door stop is complete, so that the machine stands still."""
        return self.state in {"Hold", "Door"} and not self.slowing

    @property
    def slowing(self) -> bool:
        """Whether a hold has begun and the axes still move."""
        return (self.state, self.substate) in {("Hold", 1), ("Door", 2), ("Door", 3)}

    @property
    def still(self) -> bool:
        """Whether the axes stand."""
        return not self.slowing and self.state not in {"Run", "Jog", "Home"}

    @property
    def may_resume(self) -> bool:
        """Whether `~` will be obeyed: GRBL ignores it in every other state."""
        return self.state in {"Hold", "Door"} and self.substate in {0, None}


Reply = Banner | Ok | Refusal | Alarm | StartLine | Setting | Remark | Buffers | Noise | Status


class Ear:
    """Cuts the bytes of the machine into replies, wherever a read happens to end."""

    def __init__(self) -> None:
        self._rest = b""

    def take_oks(self, data: bytes) -> int:
        """Return how many `ok` there are if there is nothing else; 0 leaves all to `take`."""
        text = self._rest + data if self._rest else data
        count = text.count(_OK)
        if count * len(_OK) != len(text):
            return 0
        self._rest = b""
        return count

    def take(self, data: bytes) -> list[Reply]:
        """Return what is complete; endless noise without a line end is not kept."""
        *lines, rest = (self._rest + data).split(b"\n")
        self._rest = rest[-LONGEST_LINE:]
        texts = (line.strip().decode("ascii", "replace") for line in lines)
        return [parse_reply(text) for text in texts if text]


def parse_reply(line: str) -> Reply:
    """Read one line; a line that makes no sense is noise, never an error."""
    if line == "ok":
        return Ok()
    if line.startswith("<"):
        return _parse_status(line)
    if line.startswith("[") and line.endswith("]"):
        options = _OPTIONS.fullmatch(line[1:-1])
        return Buffers(int(options[1]), int(options[2])) if options else Remark(line[1:-1])
    if code := _CODE.fullmatch(line):
        number = int(code[2])
        return Refusal(number) if code[1] == "error" else Alarm(number)
    return _parse_words(line)


def _parse_words(line: str) -> Reply:
    if banner := _BANNER.match(line):
        return Banner(f"grblHAL {banner[2]}" if banner[1] else f"Grbl {banner[2]}")
    if start := _START.fullmatch(line):
        return StartLine(start[2].strip())
    if line.startswith(">"):
        return StartLine(_ANSWERED.sub("", line[1:]))
    if setting := _SETTING.fullmatch(line):
        return Setting(int(setting[1]), float(setting[2]))
    return Remark(line) if line.startswith("$") else Noise(line)


def _parse_status(line: str) -> Status | Noise:
    if not line.endswith(">"):
        return Noise(line)
    head, *rest = line[1:-1].split("|")
    fields = dict(field.split(":", 1) for field in rest if ":" in field)
    state, _, substate = head.partition(":")
    try:
        speeds = _numbers(fields.get("FS", fields.get("F", "")))
        room = _numbers(fields.get("Bf", ""))
        return Status(
            state=state,
            substate=int(substate) if substate else None,
            machine=_position(fields.get("MPos")),
            work=_position(fields.get("WPos")),
            offset=_position(fields.get("WCO")),
            feed_mm_min=speeds[0] if speeds else None,
            spindle_rpm=speeds[1] if len(speeds) > 1 else None,
            planner_free=int(room[0]) if room else None,
            rx_free=int(room[1]) if len(room) > 1 else None,
            overrides_pct=tuple(int(part) for part in fields.get("Ov", "").split(",") if part),
        )
    except ValueError:
        return Noise(line)


def _numbers(text: str) -> list[float]:
    return [float(part) for part in text.split(",") if part]


def _position(text: str | None) -> Position | None:
    if text is None:
        return None
    x, y, z = (float(part) for part in text.split(",")[:3])
    return Position(x, y, z)
