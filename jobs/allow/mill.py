"""What a GRBL mill may be told: the words of the allow-list, within the limits of its profile."""

import math
import re
from typing import Final

from jobs.allow.arc import arc_reach
from jobs.allow.words import Word, join, plain_number, refuse, values_of, within, words_of
from jobs.machines import MillProfile

DECIMALS: Final = 3
LONGEST_PAUSE_S: Final = 60.0
ARC_ERROR_MM: Final = 0.01
_MOTIONS: Final = frozenset({b"G0", b"G1", b"G2", b"G3"})
_MODES: Final = frozenset({b"G17", b"G21", b"G54", b"G90", b"G94"})
_SPINDLE: Final = frozenset({b"M2", b"M3", b"M5"})
_NEEDED: Final = frozenset({b"G21", b"G90"})
_SLACK_MM: Final = 0.001
_CUT_LETTERS: Final = (b"X", b"Y", b"Z", b"F")
_PLAIN_CUT: Final = re.compile(
    b"G1" + b"".join(b"(?: " + letter + b"(" + plain_number(DECIMALS) + b"))?" for letter in _CUT_LETTERS)
)


class MillGate:
    """Follows a program as GRBL would and stops at the first thing that must not happen."""

    def __init__(self, profile: MillProfile) -> None:
        self._profile = profile
        width, depth, height = profile.bed_mm
        self._room_mm = ((0.0, width), (0.0, depth), (-height, height))
        self._at: list[float | None] = [None, None, None]
        self._modes: set[bytes] = set()
        self._motion = b""
        self._feed_mm_min: float | None = None
        self._spindle = False
        self._speed_rpm: float | None = None
        self._ended = False

    def take_plain(self, raw: bytes) -> bool:
        """Check a cut as our CAM writes it, which goes to the machine as it is; False for any other line.

        Nearly every line of an engraving is one: this way is quicker than taking it apart.
        """
        found = _PLAIN_CUT.fullmatch(raw)
        if found is None:
            return False
        self._refuse_after_end()
        self._motion = b"G1"
        texts = zip(_CUT_LETTERS, found.groups(), strict=True)
        arguments = {letter: float(text) for letter, text in texts if text}
        self._rates(arguments)
        if len(arguments) > (b"F" in arguments):
            self._move(arguments)
        return True

    def check_raw(self, raw: bytes) -> None:
        """Refuse bytes that GRBL would act upon even inside a comment.

        Source: GRBL 1.1 takes realtime commands, some above 0x7F, out of the stream before parsing.
        """
        if not raw.isascii() or any(byte < 32 and byte != 9 for byte in raw) or 127 in raw:
            refuse(
                "bytes",
                "un caractère (accent ?) agirait sur la machine.",
                "a character (accent?) would act on the machine.",
            )
        if b"$" in raw or b"[" in raw:
            refuse("setting", "« $ » et « [ » ne sont pas permis.", "“$” and “[” are not allowed.")

    def take(self, bare: bytes) -> bytes:
        """Check one line and return it as it goes to the machine."""
        self._refuse_after_end()
        words = [self._command_word(word) for word in words_of(bare, DECIMALS)]
        commands = [letter + text for letter, text in words if letter in b"GM"]
        self._set(commands)
        arguments = values_of([word for word in words if word[0] not in b"GM"], b"XYZIJFSP")
        self._rates(arguments)
        if b"G4" in commands:
            self._dwell(commands, arguments)
        elif arguments.keys() & {b"X", b"Y", b"Z", b"I", b"J"}:
            self._move(arguments)
        elif b"P" in arguments:
            refuse("word", "« P » ne va qu'avec G4.", "“P” goes with G4 only.")
        return join(words)

    def _refuse_after_end(self) -> None:
        if self._ended:
            refuse(
                "after-end",
                "une ligne suit la fin du programme (M2).",
                "a line follows the end of the program (M2).",
            )

    def finish(self) -> None:
        """Refuse a program that leaves the spindle turning."""
        if self._spindle:
            refuse(
                "spindle-left-on",
                "à la fin, la broche tourne encore.",
                "the spindle is still turning at the end.",
            )

    def _command_word(self, word: Word) -> Word:
        letter, text = word
        return (letter, text.lstrip(b"0") or b"0") if letter in b"GM" and text else word

    def _set(self, commands: list[bytes]) -> None:
        """Take over modes, motion and spindle of one line."""
        for command in commands:
            if command not in _MOTIONS | _MODES | _SPINDLE | {b"G4"}:
                name = command.decode("ascii")
                refuse("command", f"« {name} » n'est pas permis ici.", f"“{name}” is not allowed here.")
        if (
            len(_MOTIONS.intersection(commands)) > 1
            or len(_SPINDLE.intersection(commands)) > 1
            or len(set(commands)) < len(commands)
        ):
            refuse(
                "conflict", "deux ordres contraires sur une ligne.", "two conflicting commands on one line."
            )
        self._modes.update(_MODES.intersection(commands))
        self._motion = next(iter(_MOTIONS.intersection(commands)), self._motion)
        for command in _SPINDLE.intersection(commands):
            self._spindle = command == b"M3"
            self._ended = command == b"M2"

    def _rates(self, arguments: dict[bytes, float]) -> None:
        """Check feed and spindle speed; a turning spindle has a known speed."""
        profile = self._profile
        if b"F" in arguments:
            self._feed_mm_min = arguments[b"F"]
            within(arguments[b"F"], 1, profile.max_feed_mm_min, "la vitesse F", "the speed F")
        if b"S" in arguments:
            self._speed_rpm = arguments[b"S"]
            within(arguments[b"S"], 0, profile.spindle_rpm, "la vitesse de broche", "the spindle speed")
        if self._spindle and not self._speed_rpm:
            refuse("no-speed", "la broche démarre sans vitesse S.", "the spindle starts without a speed S.")

    def _dwell(self, commands: list[bytes], arguments: dict[bytes, float]) -> None:
        if len(commands) > 1 or arguments.keys() != {b"P"}:
            refuse("word", "G4 va seul, avec P.", "G4 goes alone, with P.")
        within(arguments[b"P"], 0, LONGEST_PAUSE_S, "la pause (s)", "the pause (s)")

    def _move(self, arguments: dict[bytes, float]) -> None:
        if not self._modes >= _NEEDED or not self._motion:
            refuse(
                "no-mode",
                "la fraise bouge avant G21, G90 et G0 ou G1.",
                "the bit moves before G21, G90 and G0 or G1.",
            )
        start = list(self._at)
        for index, axis in enumerate((b"X", b"Y", b"Z")):
            self._at[index] = arguments.get(axis, self._at[index])
        self._check_room()
        if self._motion == b"G0":
            self._rapid(start, arguments)
            return
        self._cut(start, arguments)

    def _check_room(self) -> None:
        for value, (low, high), name in zip(self._at, self._room_mm, "XYZ", strict=True):
            if value is not None and not low - _SLACK_MM <= value <= high + _SLACK_MM:
                within(value, low, high, f"la position {name}", f"the position {name}")

    def _rapid(self, start: list[float | None], arguments: dict[bytes, float]) -> None:
        """A fast move goes up first, and never into the stock or through it."""
        if arguments.keys() & {b"I", b"J"}:
            refuse("word", "I et J ne vont qu'avec un arc.", "I and J go with an arc only.")
        before, after = start[2], self._at[2]
        sideways = bool(arguments.keys() & {b"X", b"Y"})
        if after is None or (before is None and sideways):
            refuse("rapid", "la fraise doit d'abord monter (G0 Z…).", "the bit has to go up first (G0 Z…).")
        lowest = after if before is None or not sideways else min(before, after)
        if lowest < 0 and (sideways or before is None or after < before):
            refuse(
                "rapid",
                "un déplacement rapide traverse la matière.",
                "a fast move goes through the material.",
            )

    def _cut(self, start: list[float | None], arguments: dict[bytes, float]) -> None:
        x, y, z = start
        if x is None or y is None or z is None:
            refuse(
                "unknown-place",
                "la coupe commence d'un point inconnu.",
                "the cut starts from an unknown point.",
            )
        if self._feed_mm_min is None:
            refuse("no-feed", "la première coupe n'a pas de vitesse F.", "the first cut has no speed F.")
        end = (self._at[0] or 0.0, self._at[1] or 0.0, self._at[2] or 0.0)
        if end[2] < 0 and not self._spindle:
            refuse("spindle-off", "la fraise coupe sans tourner.", "the bit cuts without turning.")
        if self._motion == b"G1":
            self._line((x, y, z), end, arguments)
        else:
            self._arc((x, y), end[:2], arguments)
            self._plunge(end[2] - z, math.dist((x, y), end[:2]) + abs(end[2] - z), end[2])

    def _line(
        self,
        start: tuple[float, float, float],
        end: tuple[float, float, float],
        arguments: dict[bytes, float],
    ) -> None:
        if arguments.keys() & {b"I", b"J"}:
            refuse("word", "I et J ne vont qu'avec un arc.", "I and J go with an arc only.")
        self._plunge(end[2] - start[2], math.dist(start, end), end[2])

    def _plunge(self, down_mm: float, path_mm: float, end_z_mm: float) -> None:
        """Refuse to dive into the stock faster than the bit bears."""
        if down_mm >= 0 or end_z_mm >= 0 or self._feed_mm_min is None:
            return
        speed = self._feed_mm_min * -down_mm / path_mm
        within(round(speed), 0, self._profile.max_plunge_mm_min, "la plongée (mm/min)", "the plunge (mm/min)")

    def _arc(
        self, start: tuple[float, float], end: tuple[float, float], arguments: dict[bytes, float]
    ) -> None:
        if not arguments.keys() & {b"I", b"J"}:
            refuse("arc", "un arc demande I ou J.", "an arc needs I or J.")
        centre = (start[0] + arguments.get(b"I", 0.0), start[1] + arguments.get(b"J", 0.0))
        radius = math.dist(start, centre)
        if radius < _SLACK_MM or abs(radius - math.dist(end, centre)) > ARC_ERROR_MM:
            refuse("arc", "le rayon de l'arc ne tombe pas juste.", "the radius of the arc does not fit.")
        reach = arc_reach(start, end, centre, clockwise=self._motion == b"G2")
        for value, limit in zip(reach, self._profile.bed_mm[:2] * 2, strict=True):
            within(value, -ARC_ERROR_MM, limit + ARC_ERROR_MM, "l'arc", "the arc")
