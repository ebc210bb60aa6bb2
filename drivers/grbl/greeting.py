"""The questions after a banner, and what their answers mean for arming."""

from typing import Final, assert_never

from drivers.grbl.codes import LOCKED
from drivers.grbl.replies import Banner, Noise, Remark, Setting, StartLine, Status

QUESTIONS: Final = (b"$I\n", b"$$\n", b"$N\n")
"""One at a time: GRBL loses bytes while it reads its EEPROM."""


class Greeting:
    """Asks who the machine is; it is complete when every question is answered."""

    def __init__(self, banner: Banner | None = None) -> None:
        self.heard = banner is not None
        self.firmware = banner.firmware if banner else ""
        self._asked = self._answered = 0
        self._settings: dict[int, float] = {}
        self._start_lines: list[str] = []

    @property
    def complete(self) -> bool:
        """Whether every question is answered."""
        return self._answered == len(QUESTIONS)

    @property
    def question(self) -> str:
        """The question asked last."""
        return QUESTIONS[self._asked - 1].decode("ascii").strip() if self._asked else ""

    @property
    def degraded(self) -> tuple[str, ...]:
        """What the machine lacks for full safety."""
        lacks = {
            "no limit switches: the position is the one it was found at": not self._settings.get(21),
            "no soft limits: only the program is checked against the room": not self._settings.get(20),
            "laser mode is on ($32=1)": bool(self._settings.get(32)),
        }
        return tuple(lack for lack, present in lacks.items() if present)

    def take(self) -> bytes:
        """Return the next question if the one before is answered."""
        if not self.heard or self._asked > self._answered or self._asked == len(QUESTIONS):
            return b""
        self._asked += 1
        return QUESTIONS[self._asked - 1]

    def answered(self) -> None:
        """Count an answer."""
        self._answered = min(self._answered + 1, self._asked)

    def note(self, reply: StartLine | Setting | Remark | Noise) -> None:
        """Remember what the machine says about itself."""
        match reply:
            case StartLine():
                self._start_lines.append(reply.text)
            case Setting():
                self._settings[reply.number] = reply.value
            case Remark("FIRMWARE:grblHAL"):
                self.firmware = f"grblHAL {self.firmware.rpartition(' ')[2]}"
            case Remark() | Noise():
                pass
            case _:
                assert_never(reply)

    def refusal(self, status: Status) -> str:
        """Say why the machine must not be armed, or nothing."""
        if not self._start_lines:
            return "The mill does not tell whether it stores start lines."
        if line := next(filter(None, self._start_lines), ""):
            return f"The mill would run its stored start line {line!r} by itself: clear it with $N0= first."
        if self._settings.get(13):
            return "The mill reports inches: set $13=0 first."
        if status.state == "Alarm":
            return LOCKED
        if status.state != "Idle":
            return f"The mill is not idle but in the state {status.state}: bring it to rest, then re-arm it."
        return ""
