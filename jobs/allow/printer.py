"""What a Marlin printer may be told: the commands of the allow-list, within the limits of its profile."""

import math
import re
from collections.abc import Callable
from typing import Final

from jobs.allow.words import Word, flags_of, join, plain_number, refuse, values_of, within, words_of
from jobs.machines import PrinterProfile

DECIMALS: Final = 5
LONGEST_PAUSE_S: Final = 60.0
MOST_IN_PLACE_MM: Final = 100.0
_AXES: Final = (b"X", b"Y", b"Z")
_SLACK_MM: Final = 0.001
_MOVE_LETTERS: Final = (b"X", b"Y", b"Z", b"E", b"F")
_PLAIN_MOVE: Final = re.compile(
    b"G[01]" + b"".join(b"(?: " + letter + b"(" + plain_number(DECIMALS) + b"))?" for letter in _MOVE_LETTERS)
)

HARMLESS: Final = frozenset(
    f"M{number}".encode()
    for number in (75, 76, 77, 105, 115, 117, 201, 202, 203, 204, 205, 220, 221, 300, 862, 900)
) | {b"T0"}
"""Written by slicers, without effect on what is made within our limits: left out without a word."""


_FREE_TEXT: Final = (b"M117", b"M862")


class PrinterGate:
    """Follows a program as Marlin would and stops at the first thing that must not happen."""

    def __init__(self, profile: PrinterProfile) -> None:
        self._profile = profile
        self._fastest_mm_min = 60 * max(profile.motion.max_mm_s)
        self._area_mm2 = math.pi * profile.filament_mm**2 / 4
        self._at: list[float | None] = [None, None, None]
        self._e_mm: float | None = None
        self._relative: bool | None = None
        self._e_own: bool | None = None
        self._e_last: bool | None = None
        self._e_relative: bool | None = None
        self._feed_mm_min: float | None = None
        self._in_place_mm = 0.0
        self._hot = False
        self._hotend_c = 0.0
        self._bed_c = 0.0
        self._commands = self._table()

    def check_raw(self, raw: bytes) -> None:
        """Comments of a printer program never reach the wire: any byte may stand in them."""

    def take_plain(self, raw: bytes) -> bool:
        """Check a move as our slicer writes it, which goes to the machine as it is; False for any other line.

        Nearly every line is one: this way is twice as quick as taking it apart, with the same checks.
        """
        found = _PLAIN_MOVE.fullmatch(raw)
        if found is None:
            return False
        texts = zip(_MOVE_LETTERS, found.groups(), strict=True)
        self._go({letter: float(text) for letter, text in texts if text})
        return True

    def take(self, bare: bytes) -> bytes | None:
        """Check one line; return it as it goes to the machine, or None when it is left out."""
        if bare.startswith(_FREE_TEXT):
            return None
        words = words_of(bare, DECIMALS)
        if words[0] == (b"G", b"1"):
            self._move(words[1:])
            return join(words)
        letter, text = words[0]
        words[0] = (letter, text.lstrip(b"0") or b"0")
        command = letter + words[0][1]
        if command in HARMLESS:
            return None
        handler = self._commands.get(command)
        if handler is None:
            name = command.decode("ascii")
            refuse("command", f"« {name} » n'est pas permis ici.", f"“{name}” is not allowed here.")
        return join(words) if handler(words[1:]) else None

    def finish(self) -> None:
        """Refuse a program that leaves a heater on."""
        if self._hotend_c or self._bed_c:
            refuse("heat-left-on", "à la fin, une chauffe reste allumée.", "a heater is still on at the end.")

    def _table(self) -> dict[bytes, Callable[[list[Word]], bool]]:
        """Every command that may pass, with its check; False from a check leaves the line out."""
        return {
            b"G0": self._move,
            b"G1": self._move,
            b"G4": self._dwell,
            b"G21": self._alone,
            b"G28": self._home,
            b"G90": lambda words: self._alone(words) and self._set_mode(relative=False),
            b"G91": lambda words: self._alone(words) and self._set_mode(relative=True),
            b"G92": self._set_e,
            b"M82": lambda words: self._alone(words) and self._set_e_mode(relative=False),
            b"M83": lambda words: self._alone(words) and self._set_e_mode(relative=True),
            b"M84": self._motors_off,
            b"M104": lambda words: self._hotend(words, b"S", waits=False),
            b"M109": lambda words: self._hotend(words, b"SR", waits=True),
            b"M140": lambda words: self._bed(words, b"S"),
            b"M190": lambda words: self._bed(words, b"SR"),
            b"M106": self._fan,
            b"M107": self._alone,
            b"M73": self._remaining,
            b"M400": self._alone,
        }

    def _alone(self, words: list[Word]) -> bool:
        values_of(words, b"")
        return True

    def _move(self, words: list[Word]) -> bool:
        self._go(values_of(words, b"XYZEF"))
        return True

    def _go(self, values: dict[bytes, float]) -> None:
        """Follow a move."""
        feed = values.get(b"F")
        if feed is not None:
            within(feed, 1, self._fastest_mm_min, "la vitesse", "the speed")
            self._feed_mm_min = feed
        distance_mm = self._travel(values)
        target = values.get(b"E")
        if target is not None:
            self._extrude(target, distance_mm)
        elif distance_mm:
            self._in_place_mm = 0.0

    def _travel(self, values: dict[bytes, float]) -> float:
        """Follow the axes and return the distance in millimetres."""
        squares = 0.0
        for index, axis in enumerate(_AXES):
            value = values.get(axis)
            if value is None:
                continue
            here = self._at[index]
            if here is None or self._relative is None:
                refuse(
                    "unknown-place",
                    "la machine bouge avant G28 ou G90.",
                    "the machine moves before G28 or G90.",
                )
            there = here + value if self._relative else value
            limit = self._profile.bed_mm[index]
            if not -_SLACK_MM <= there <= limit + _SLACK_MM:
                name = axis.decode("ascii")
                within(there, 0, limit, f"la position {name}", f"the position {name}")
            squares += (there - here) ** 2
            self._at[index] = there
        return math.sqrt(squares)

    def _extrude(self, target: float, distance_mm: float) -> None:
        if not self._hot:
            refuse(
                "cold",
                "du plastique est poussé alors que la buse est froide.",
                "plastic is pushed through a cold nozzle.",
            )
        pushed_mm = self._pushed(target)
        if distance_mm <= _SLACK_MM:
            self._in_place_mm += pushed_mm
            within(
                abs(self._in_place_mm), 0, MOST_IN_PLACE_MM, "l'extrusion sur place", "extrusion in one place"
            )
            return
        self._in_place_mm = 0.0
        if self._feed_mm_min is None:
            refuse("no-feed", "aucune vitesse F n'est donnée.", "no speed F is given.")
        flow = (pushed_mm - 1e-5) * self._area_mm2 * self._feed_mm_min / 60 / (distance_mm + _SLACK_MM)
        if flow > self._profile.max_flow_mm3_s:
            within(flow, 0, self._profile.max_flow_mm3_s, "le débit (mm³/s)", "the flow (mm³/s)")

    def _pushed(self, target: float) -> float:
        """Filament of one move in millimetres, negative when pulled back."""
        if self._e_relative is None:
            refuse(
                "e-mode", "il manque M82 ou M83 avant d'extruder.", "M82 or M83 is missing before extruding."
            )
        if self._e_relative:
            self._e_mm = None if self._e_mm is None else self._e_mm + target
            return target
        if self._e_mm is None:
            refuse("e-mode", "il manque G92 E0 avant d'extruder.", "G92 E0 is missing before extruding.")
        pushed_mm, self._e_mm = target - self._e_mm, target
        return pushed_mm

    def _set_mode(self, *, relative: bool) -> bool:
        self._relative = self._e_last = relative
        self._agree()
        return True

    def _set_e_mode(self, *, relative: bool) -> bool:
        self._e_own = self._e_last = relative
        self._agree()
        return True

    def _agree(self) -> None:
        """Take the extruder mode as known only where Marlin 1.1 and 2 agree on it.

        Source: GcodeSuite::G90/G91 of Marlin 2 overwrite E's mode; 1.1 joins G91 and M83.
        """
        older = True if self._relative else self._e_own
        self._e_relative = older if older == self._e_last else None

    def _set_e(self, words: list[Word]) -> bool:
        values = values_of(words, b"E")
        if not values:
            refuse("word", "G92 n'est permis qu'avec E.", "G92 is allowed with E only.")
        self._e_mm = values[b"E"]
        return True

    def _home(self, words: list[Word]) -> bool:
        letters = flags_of(words, b"XYZ")
        for index, axis in enumerate(_AXES):
            if not letters or axis in letters:
                self._at[index] = 0.0
        return True

    def _motors_off(self, words: list[Word]) -> bool:
        flags_of(words, b"XYZE")
        self._at = [None, None, None]
        return True

    def _dwell(self, words: list[Word]) -> bool:
        values = values_of(words, b"PS")
        pause_s = values.get(b"P", 0.0) / 1000 + values.get(b"S", 0.0)
        within(pause_s, 0, LONGEST_PAUSE_S, "la pause (s)", "the pause (s)")
        return True

    def _heat(self, words: list[Word], allowed: bytes, limit_c: float) -> float:
        values = values_of(words, allowed)
        if len(values) != 1:
            refuse("word", "il faut une seule température.", "exactly one temperature is needed.")
        target_c = next(iter(values.values()))
        within(target_c, 0, limit_c, "la température", "the temperature")
        return target_c

    def _hotend(self, words: list[Word], allowed: bytes, *, waits: bool) -> bool:
        self._hotend_c = self._heat(words, allowed, self._profile.hotend.max_c)
        self._hot = (waits or self._hot) and self._hotend_c >= self._profile.min_extrude_c
        return True

    def _bed(self, words: list[Word], allowed: bytes) -> bool:
        self._bed_c = self._heat(words, allowed, self._profile.bed.max_c)
        return True

    def _fan(self, words: list[Word]) -> bool:
        within(values_of(words, b"S").get(b"S", 255), 0, 255, "le ventilateur", "the fan")
        return True

    def _remaining(self, words: list[Word]) -> bool:
        values = values_of(words, b"PRQS")
        within(values.get(b"P", 0), 0, 100, "l'avancement", "the progress")
        return not values.keys() & {b"Q", b"S"}
