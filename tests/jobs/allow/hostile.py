"""Hostile programs by a seeded grammar, and an oracle of its own that knows what may reach a machine."""

import math
import random
import re
from collections.abc import Callable
from typing import Final

from jobs.machines import I3, MILL, MachineProfile, PrinterProfile

HEADS: Final = {
    "i3": "M140 S60\nM104 S200\nG90\nM83\nG28\nM190 S60\nM109 S200\nG1 Z0.2 F600\nG1 X10 Y10 F6000\n",
    "mill": "G21 G90 G17 G94\nG0 Z3\nG0 X10 Y10\nM3 S10000\nG4 P3\nG1 Z-0.5 F200\n",
}
TAILS: Final = {"i3": "M104 S0\nM140 S0\nM84\n", "mill": "G0 Z3\nM5\nM2\n"}
_NAMES: Final = (
    "G0 G1 G1 G1 G2 G3 G4 G10 G17 G18 G20 G21 G28 G29 G53 G54 G90 G91 G92 G93 G94 G38.2 G5 M0 M2 M3 M4 M5 M8 "
    "M18 M28 M30 M42 M73 M80 M82 M83 M84 M85 M86 M92 M104 M105 M106 M107 M108 M109 M110 M112 M115 M117 M118 "
    "M140 M190 M200 M201 M203 M204 M205 M206 M211 M220 M221 M300 M301 M302 M303 M400 M410 M500 M501 M502 "
    "M524 M600 M851 M862.3 M900 M906 M997 M999 T0 T1 $X $H $N0=M3 $J=G91X9 $21=0 $RST=* [ESP800] ? ! ~ % "
    "@pause"
)
COMMANDS: Final = tuple(_NAMES.split())
TAME: Final = {
    "i3": (
        "G1 X{n} Y{n} E{e}", "G1 X{n}", "G1 Y{n} F{f}", "G0 Z{z}", "G1 E-{e}", "M106 S{n}", "M107", "G92 E0",
        "G91", "G90", "M83", "M82", "M104 S{c}", "M109 S{c}", "M140 S{d}", "G28 X", "G4 P{n}", "M73 P{d}",
        "M400",
    ),
    "mill": (
        "G1 X{n} Y{d}", "G1 X{n} F{f}", "G0 Z3", "G0 Z{z}", "G1 Z-{e} F200", "G0 X{n} Y{d}",
        "G3 I{e}", "M3 S{f}", "M5", "G4 P{e}", "G2 X{n} Y{d} I{e} J0", "S{f}", "X{n}", "G17", "M2", "F{f} G1",
    ),
}  # fmt: skip
"""Lines that are nearly right: their numbers lie about the limits."""

LETTERS: Final = "XYZEFSPRIJTNGMHLKQDABC"
NASTY: Final = (
    "", "-", "+", ".", "-.", "1e9", "NaN", "inf", "0x10", "1.2.3", "--1", "+-1", "007", "99999999", "1_0",
    "٣", "1,5", "-0", "-0.0000001", "220.0005", "220.002", "281", "-41", "240.1", "80.1", "1e-5",
    "999999.99999", "*",
)  # fmt: skip
MUTATIONS: Final = (
    "\x00",
    "\x18",
    "\x84",
    "\x85",
    "à",
    "’",
    "\r",
    "\x0b",
    "\x0c",
    "\u2028",
    ";",
    "(",
    ")",
    "$",
    "*",
    "!",
    "\t",
)


class Fuzzer:
    """Makes hostile programs; the same seed makes the same ones."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)  # noqa: S311 - repeatable attacks, no secret

    def program(self, profile: MachineProfile) -> bytes:
        """Make one: most look nearly right, for those come furthest."""
        dice = self._dice
        wild = dice.choice((0.0, 0.1, 0.5, 1.0))
        lines = [
            self._line() if dice.random() < wild else self._tame(profile) for _ in range(dice.randrange(1, 9))
        ]
        text = "\n".join(lines) + "\n"
        if dice.random() < 0.85:
            text = HEADS[profile.name] + text
        if dice.random() < 0.85:
            text += TAILS[profile.name]
        data = text.encode("utf-8" if dice.random() < 0.7 else "latin-1", "replace")
        return self._damaged(data) if dice.random() < 0.15 else data

    def _tame(self, profile: MachineProfile) -> str:
        dice = self._dice
        return dice.choice(TAME[profile.name]).format(
            n=round(dice.uniform(0, profile.bed_mm[0] + 3), dice.randrange(6)),
            e=round(dice.uniform(0, 1.5), 2),
            f=dice.choice((1, 200, 600, 1500, 3000, dice.randrange(1, 13_000))),
            z=round(dice.uniform(-1, 20), 1),
            c=dice.randrange(150, 245),
            d=dice.randrange(83),
        )

    def _line(self) -> str:
        dice = self._dice
        words = [dice.choice(COMMANDS)] if dice.random() < 0.93 else []
        words += [self._word() for _ in range(min(dice.randrange(1, 5), dice.randrange(1, 5)))]
        line = dice.choice((" ", " ", " ", "", "\t")).join(words)
        if dice.random() < 0.1:
            at = dice.randrange(len(line) + 1)
            line = line[:at] + dice.choice(MUTATIONS) + line[at:]
        if dice.random() < 0.05:
            line += dice.choice((" ; M112", " (M3) M500", " ;\rM500", "\nM104 S300", " " * 90, " X1" * 40))
        return line.lower() if dice.random() < 0.05 else line

    def _word(self) -> str:
        dice = self._dice
        letter = dice.choice(LETTERS[:7] if dice.random() < 0.8 else LETTERS)
        if dice.random() < 0.15:
            return letter + dice.choice(NASTY)
        return (
            f"{letter}{dice.uniform(-20, 320):.{dice.randrange(6)}f}"
            if dice.random() < 0.5
            else letter + str(dice.randrange(-5, 250))
        )

    def _damaged(self, data: bytes) -> bytes:
        hurt = bytearray(data)
        for _ in range(self._dice.randrange(1, 4)):
            hurt[self._dice.randrange(len(hurt))] = self._dice.randrange(256)
        return bytes(hurt)


_WORD: Final = re.compile(r"([A-Z])(-?(?:\d+\.?\d*|\.\d+))?")
_LINE: Final = re.compile(r"(?:[A-Z](?:-?(?:\d+\.?\d*|\.\d+))?(?: |$))+")
PRINTER_WORDS: Final = {
    "G0": "XYZEF", "G1": "XYZEF", "G4": "PS", "G21": "", "G28": "XYZ", "G90": "", "G91": "", "G92": "E",
    "M82": "", "M83": "", "M84": "XYZE", "M104": "S", "M109": "SR", "M140": "S", "M190": "SR", "M106": "S",
    "M107": "", "M73": "PR", "M400": "",
}  # fmt: skip
MILL_COMMANDS: Final = {"G0", "G1", "G2", "G3", "G4", "G17", "G21", "G54", "G90", "G94", "M2", "M3", "M5"}


class EscapeError(AssertionError):
    """Something passed that must never reach a machine."""


def must(condition: object, why: str) -> None:
    """Say that something escaped, unless the condition holds."""
    if not condition:
        raise EscapeError(why)


def judge(data: bytes, profile: MachineProfile) -> None:
    """Read what the gate let through, by our own rules and code."""
    must(all(32 <= byte < 127 or byte == 10 for byte in data), "a byte outside printable ASCII")
    rules: PrinterOracle | MillOracle
    rules = PrinterOracle() if isinstance(profile, PrinterProfile) else MillOracle()
    for line in data.decode("ascii").splitlines():
        must(len(line) <= 80 and _LINE.fullmatch(line), f"no plain line: {line!r}")
        rules.read([(letter, float(text) if text else None) for letter, text in _WORD.findall(line)])
    rules.end()


class PrinterOracle:
    """Follows positions and heat of a printer in the plainest way."""

    def __init__(self) -> None:
        self.place = {"X": math.nan, "Y": math.nan, "Z": math.nan}
        self.targets = {"hotend": 0.0, "bed": 0.0}
        self.is_relative = False
        self.is_hot = False

    def read(self, words: list[tuple[str, float | None]]) -> None:
        """Take one line."""
        (letter, number), *rest = words
        must(number is not None and letter in "GM", "a line without a command")
        code = f"{letter}{number:g}"
        must(code in PRINTER_WORDS, f"{code} passed")
        values = dict(rest)
        must(len(values) == len(rest) and set(values) <= set(PRINTER_WORDS[code]), f"words of {code}")
        obey: dict[str, Callable[[], None]] = {
            "G0": lambda: self._move(values),
            "G1": lambda: self._move(values),
            "G4": lambda: must((values.get("P") or 0) / 1000 + (values.get("S") or 0) <= 60, "a long pause"),
            "G28": lambda: self.place.update({axis: 0.0 for axis in "XYZ" if axis in values or not values}),
            "M84": lambda: self.place.update(X=math.nan, Y=math.nan, Z=math.nan),
            "M106": lambda: must(0 <= (values.get("S") or 0) <= 255, "the fan"),
        }
        if code in {"G90", "G91"}:
            self.is_relative = code == "G91"
        if code in {"M104", "M109", "M140", "M190"}:
            self._heat(code, values)
        obey.get(code, lambda: None)()

    def _heat(self, code: str, values: dict[str, float | None]) -> None:
        must(len(values) == 1, "one temperature")
        target_c = next(iter(values.values()))
        must(target_c is not None, "a bare temperature")
        is_bed = code in {"M140", "M190"}
        must(target_c is not None and 0 <= target_c <= (80 if is_bed else 240), f"{target_c} °C")
        self.targets["bed" if is_bed else "hotend"] = target_c or 0.0
        if not is_bed:
            self.is_hot = (target_c or 0) >= 170 and (self.is_hot or code == "M109")

    def _move(self, values: dict[str, float | None]) -> None:
        must(all(value is not None for value in values.values()), "a bare word in a move")
        must(1 <= (values["F"] or 0) <= 60 * max(I3.motion.max_mm_s) if "F" in values else True, "the feed")
        must(self.is_hot or "E" not in values, "cold extrusion")
        for axis, most in zip("XYZ", I3.bed_mm, strict=True):
            if (value := values.get(axis)) is not None:
                self.place[axis] = self.place[axis] + value if self.is_relative else value
                must(-0.01 <= self.place[axis] <= most + 0.01, f"{axis} at {self.place[axis]}")

    def end(self) -> None:
        """Nothing may stay hot."""
        must(not any(self.targets.values()), "heat left on")


class MillOracle:
    """Follows positions and spindle of a mill in the plainest way."""

    def __init__(self) -> None:
        self.place = {"X": math.nan, "Y": math.nan, "Z": math.nan}
        self.motion = ""
        self.is_spinning = False
        self.has_ended = False

    def read(self, words: list[tuple[str, float | None]]) -> None:
        """Take one line."""
        must(not self.has_ended, "a line after M2")
        codes = [f"{letter}{number:g}" for letter, number in words if letter in "GM" and number is not None]
        must(set(codes) <= MILL_COMMANDS and len(set(codes)) == len(codes), f"{codes} passed")
        values = {letter: number for letter, number in words if letter not in "GM"}
        must(set(values) <= set("XYZIJFSP") and None not in values.values(), "words")
        for code in codes:
            self.motion = code if code in {"G0", "G1", "G2", "G3"} else self.motion
            self.is_spinning = code == "M3" if code in {"M2", "M3", "M5"} else self.is_spinning
            self.has_ended = self.has_ended or code == "M2"
        must(0 <= (values.get("S") or 0) <= MILL.spindle_rpm, "the spindle's speed")
        must("F" not in values or 1 <= (values["F"] or 0) <= MILL.max_feed_mm_min, "the feed")
        if "G4" in codes:
            must(0 <= (values.get("P") or 0) <= 60 and len(codes) == 1 and set(values) == {"P"}, "a pause")
        elif set("XYZIJ") & values.keys():
            self._move({letter: value for letter, value in values.items() if value is not None})

    def _move(self, values: dict[str, float]) -> None:
        must(self.motion, "a move without a mode")
        before = dict(self.place)
        self.place.update({axis: values[axis] for axis in "XYZ" if axis in values})
        width, depth, height = MILL.bed_mm
        for axis, low, high in (("X", 0, width), ("Y", 0, depth), ("Z", -height, height)):
            must(not (self.place[axis] < low - 0.01 or self.place[axis] > high + 0.01), f"{axis} outside")
        sideways = {"X", "Y"} & values.keys()
        deepest = min((z for z in (before["Z"], self.place["Z"]) if not math.isnan(z)), default=math.nan)
        if self.motion == "G0":
            must(not (sideways and not deepest >= 0), "a rapid through the stock")
        else:
            must(not any(map(math.isnan, before.values())), "a cut from nowhere")
            must(self.is_spinning or self.place["Z"] >= 0, "a cut without a spindle")

    def end(self) -> None:
        """Nothing may go on turning."""
        must(not self.is_spinning, "the spindle left on")
