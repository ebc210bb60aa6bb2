"""The questions after a banner, and what their answers mean for arming."""

from collections.abc import Mapping
from typing import Final, assert_never

from drivers.grbl import codes, expected
from drivers.grbl.expected import Expected
from drivers.grbl.replies import Banner, Buffers, Noise, Remark, Setting, StartLine, Status
from drivers.grbl.window import RX_BYTES

QUESTIONS: Final = (b"$I\n", b"$$\n", b"$N\n")
"""One at a time: GRBL loses bytes while it reads its EEPROM."""


class Greeting:
    """Asks who the machine is; it is complete when every question is answered or refused."""

    def __init__(self, profile: Expected, banner: Banner | None = None) -> None:
        self.heard = banner is not None
        self.firmware = banner.firmware if banner else ""
        self._profile = profile
        self._asked = self._answered = 0
        self._settings: dict[int, float] = {}
        self._start_lines: list[str] = []
        self._rx_bytes: int | None = None
        self._damaged = False

    @property
    def complete(self) -> bool:
        """Whether every question is answered."""
        return self._answered == len(QUESTIONS)

    @property
    def degraded(self) -> tuple[str, ...]:
        """What the machine lacks for full safety."""
        silent = [] if self._start_lines else ["the mill does not tell whether it stores start lines"]
        return (*silent, *expected.lacks(self._settings, self._profile))

    @property
    def settings(self) -> Mapping[int, float]:
        """The machine's own settings, by their numbers."""
        return self._settings

    def limit_bytes(self, room_bytes: int | None) -> int:
        """How much may be unanswered: one byte less than the receive buffer, by the smaller of its figures.

        `room_bytes` is the free room that an idle machine reports in `Bf:`. GRBL's own 128 bytes are exceeded
        only when two figures agree, for one alone may have been damaged on its way.
        """
        if self._rx_bytes is None or room_bytes is None:
            told = self._rx_bytes if room_bytes is None else room_bytes
            return min(told or RX_BYTES, RX_BYTES) - 1
        return min(self._rx_bytes - 1, room_bytes)

    def take(self) -> bytes:
        """Return the next question if the one before is answered."""
        if not self.heard or self._asked > self._answered or self._asked == len(QUESTIONS):
            return b""
        self._asked += 1
        return QUESTIONS[self._asked - 1]

    def answered(self) -> None:
        """Count an answer; a firmware that refuses to tell something is as good as silent about it."""
        self._answered = min(self._answered + 1, self._asked)

    def note(self, reply: StartLine | Setting | Remark | Buffers | Noise) -> None:
        """Remember what the machine says about itself."""
        match reply:
            case StartLine():
                self._start_lines.append(reply.text)
            case Setting():
                self._settings[reply.number] = reply.value
            case Buffers():
                self._rx_bytes = reply.rx_bytes
            case Remark("FIRMWARE:grblHAL"):
                self.firmware = f"grblHAL {self.firmware.rpartition(' ')[2]}"
            case Noise():
                self._damaged = True
            case Remark():
                pass
            case _:
                assert_never(reply)

    def refusal(self, status: Status) -> str:
        """Say why the machine must not be armed, or nothing."""
        if line := next(filter(None, self._start_lines), ""):
            return f"The mill would run its stored start line {line!r} by itself: clear it with $N0= first."
        if len(self._start_lines) == 1 or (self._damaged and not self._start_lines):
            return "The mill's answer about its stored start lines was damaged: check the cable."
        if reasons := expected.refusals(self._settings):
            return reasons[0]
        if status.state == "Alarm":
            return codes.LOCKED
        if status.state != "Idle":
            return f"The mill is not idle but in the state {status.state}: bring it to rest, then re-arm it."
        return ""
