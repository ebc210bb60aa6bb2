"""Faults that a simulated Marlin board has on demand, all from one seed."""

import math
import random
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class Incident(StrEnum):
    """What may happen once, at a moment that a test or a person chooses."""

    RESET = "reset"
    KILL = "kill"
    ERROR = "error"
    BANG = "bang"
    SILENCE = "silence"
    AWOL = "awol"
    UNPLUG = "unplug"
    RUNOUT = "runout"
    PANEL_PAUSE = "panel-pause"
    PANEL_RESUME = "panel-resume"
    PANEL_CANCEL = "panel-cancel"
    LOSE_OK = "lose-ok"
    STORM = "storm"
    PAST = "past"
    FUTURE = "future"
    LIE = "lie"
    COLD = "cold"
    OVERHEAT = "overheat"


class Lie(StrEnum):
    """What the board tells of its temperatures instead of the truth."""

    FALLING = "falling"
    FLAT = "flat"
    NAN = "nan"
    HOT = "999"
    FROST = "-14"


class Wish(StrEnum):
    """A board that asks for what it cannot lack: the same line for ever, a line long gone, one to come."""

    STORM = "storm"
    PAST = "past"
    FUTURE = "future"


@dataclass(frozen=True, slots=True)
class Mishap:
    """An incident with its value: the text of `kill` and `error`, the `lie`, the seconds of `unplug`."""

    incident: Incident
    value: str = ""


RATES: Final = {
    "corrupt-in": "damage_in",
    "corrupt-out": "damage_out",
    "noise-in": "noise_in",
    "noise-out": "noise_out",
    "drop-ok": "drop_ok",
    "double-ok": "double_ok",
    "early-ok": "early_ok",
    "glue-ok": "glue_ok",
    "split-ok": "split_ok",
    "double-resend": "double_resend",
}
"""Chances by their name on a command line: noise is per byte, all others per line or answer."""


@dataclass(slots=True)
class Faults:
    """Chances lie from 0 to 1; everything may be set at any time, from any thread."""

    seed: int = 0
    damage_in: float = 0.0
    damage_out: float = 0.0
    noise_in: float = 0.0
    noise_out: float = 0.0
    drop_ok: float = 0.0
    double_ok: float = 0.0
    early_ok: float = 0.0
    glue_ok: float = 0.0
    split_ok: float = 0.0
    double_resend: float = 0.0
    lost_oks: int = 0
    silent: bool = False
    deaf: bool = False
    reset: bool = False
    kill: str = ""
    wish: Wish | None = None
    lie: Lie | None = None
    now: deque[Mishap] = field(default_factory=deque)
    _planned: list[tuple[int, Mishap]] = field(default_factory=list)
    _random: random.Random = field(init=False)
    _noises: tuple["Noise", "Noise"] = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 - a seeded dice for faults, no secret
        self._noises = (Noise(self._random), Noise(self._random))

    def plan(self, mishap: Mishap, moves: int) -> None:
        """Let something happen once so many moves are executed."""
        self._planned.append((moves, mishap))

    def due(self, moves: int) -> list[Mishap]:
        """Return what happens now, once."""
        due = []
        while self.now:
            due.append(self.now.popleft())
        if self._planned:
            due += [mishap for at, mishap in self._planned if at <= moves]
            self._planned = [entry for entry in self._planned if entry[0] > moves]
        return due

    def happens(self, chance: float) -> bool:
        """Throw the dice."""
        return chance > 0 and self._random.random() < chance

    def hurt_in(self, data: bytes) -> bytes:
        """Flip bits of what the board hears."""
        return self._noises[0].hurt(data, self.damage_in, self.noise_in)

    def hurt_out(self, data: bytes) -> bytes:
        """Flip bits of what the board says."""
        return self._noises[1].hurt(data, self.damage_out, self.noise_out)

    def acknowledgements(self) -> int:
        """How many times an `ok` is said."""
        if self.lost_oks:
            self.lost_oks -= 1
            return 0
        if self.happens(self.drop_ok):
            return 0
        return 2 if self.happens(self.double_ok) else 1


class Noise:
    """Flips single bits in one direction of a line."""

    def __init__(self, dice: random.Random) -> None:
        self._random = dice
        self._quiet_bytes: int | None = None
        self._strikes_in: int | None = None

    def hurt(self, data: bytes, per_line: float, per_byte: float) -> bytes:
        """Damage a line, and a byte, with these chances."""
        if per_line <= 0 and per_byte <= 0:
            return data
        hurt = bytearray(data)
        if per_byte > 0:
            self._hurt_bytes(hurt, per_byte)
        if per_line > 0:
            self._hurt_lines(hurt, per_line)
        return bytes(hurt)

    def _hurt_bytes(self, hurt: bytearray, chance: float) -> None:
        at = self._gap(chance) if self._quiet_bytes is None else self._quiet_bytes
        while at < len(hurt):
            self._flip(hurt, at)
            at += 1 + self._gap(chance)
        self._quiet_bytes = at - len(hurt)

    def _gap(self, chance: float) -> int:
        """Bytes between two hits, without throwing the dice for each."""
        return 0 if chance >= 1 else int(math.log(1 - self._random.random()) / math.log(1 - chance))

    def _hurt_lines(self, hurt: bytearray, chance: float) -> None:
        """Once a line has ended, decide whether and where the next one is hit."""
        for at, byte in enumerate(bytes(hurt)):
            if self._strikes_in is not None:
                if self._strikes_in == 0:
                    self._flip(hurt, at)
                self._strikes_in = self._strikes_in - 1 if self._strikes_in else None
            if byte == ord("\n") and self._random.random() < chance:
                self._strikes_in = self._random.randrange(24)

    def _flip(self, hurt: bytearray, at: int) -> None:
        hurt[at] ^= 1 << self._random.randrange(7)
