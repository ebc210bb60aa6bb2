"""The raw REPL of MicroPython: how a program gets onto the board, piece by piece.

Source: MicroPython documentation, "The raw REPL": Ctrl-A enters it, Ctrl-D runs what was sent, the answer is
`OK`, then output and errors, each ended by Ctrl-D, then `>`.
"""

from typing import Final

INTERRUPT: Final = b"\x03"
ENTER: Final = b"\x01"
RUN: Final = b"\x04"
GREETING: Final = b"raw REPL; CTRL-B to exit\r\n>"
ACCEPTED: Final = b"OK"
PIECE_BYTES: Final = 30
"""A board keeps 64 bytes that it has not read, and compiles meanwhile."""
PIECE_S: Final = 0.006
MOST_HEARD: Final = 4000
MOST_TEXT: Final = 120


class Paste:
    """A program on its way."""

    def __init__(self, program: str) -> None:
        self._rest = program.encode("ascii") + RUN
        self.due_s = 0.0

    @property
    def is_sent(self) -> bool:
        """Whether all of it has gone."""
        return not self._rest

    def take(self, now_s: float) -> bytes:
        """Return the next piece when its time has come."""
        if now_s < self.due_s:
            return b""
        piece, self._rest = self._rest[:PIECE_BYTES], self._rest[PIECE_BYTES:]
        self.due_s = now_s + PIECE_S
        return piece


def outcome(heard: bytes) -> tuple[str, str] | None:
    """Return what a program has printed and its error, once it is over."""
    begin = heard.find(ACCEPTED)
    parts = heard[begin + len(ACCEPTED) :].split(RUN) if begin >= 0 else []
    if len(parts) < 3 or not parts[2].startswith(b">"):
        return None
    return shown(parts[0]), shown(parts[1])


def shown(text: bytes) -> str:
    """Return the last line of what a board says, cut to what can be shown."""
    lines = [line.strip() for line in text.decode("ascii", "replace").splitlines() if line.strip()]
    last = lines[-1] if lines else ""
    return "".join(letter for letter in last if letter.isprintable())[:MOST_TEXT]
