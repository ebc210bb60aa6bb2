"""What a program has told the board about coordinates, so that a pause can be undone."""

import re
from typing import Final

_FEED: Final = re.compile(rb"F\s*(\d+\.?\d*)")
_POWER: Final = re.compile(rb"S\s*(\d+)")
_MOVES: Final = (b"G0", b"G1", b"G2", b"G3")
_AXES: Final = (b"G90", b"G91")
_FILAMENT: Final = (b"M82", b"M83")


class Modes:
    """Absolute or relative, the feed rate, the fan, and whether the axes are homed."""

    def __init__(self) -> None:
        self.axes = b"G90"
        self.filament = b"M82"
        self.feed = b""
        self.fan = 0
        self.is_homed = False

    def follow(self, text: bytes) -> None:
        """Note what a line of the program changes."""
        code = text.split(b" ", 1)[0]
        if code in _MOVES:
            if b"F" in text and (match := _FEED.search(text)):
                self.feed = match[1]
        elif code in _AXES:
            self.axes = code
            # Source: Marlin's G90 and G91 set the mode of the filament too.
            self.filament = b"M83" if code == b"G91" else b"M82"
        elif code in _FILAMENT:
            self.filament = code
        elif code == b"G28":
            self.is_homed = True
        elif code == b"M106":
            # Source: Marlin's M106 without an S is full power.
            self.fan = int(match[1]) if (match := _POWER.search(text)) else 255
        elif code == b"M107":
            self.fan = 0
