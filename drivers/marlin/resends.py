"""How far a board's wish to hear a line again is followed: never by guessing."""

from enum import StrEnum
from typing import Final

from drivers.marlin.ledger import Ledger

TIMES: Final = 10


class Verdict(StrEnum):
    """What becomes of a wish."""

    AGAIN = "again"
    UNHEARD = "unheard"
    STORM = "The printer asked for the same line ten times: check its cable for noise."
    NONSENSE = "The printer asks for a line that it cannot lack: restart it."


class Resends:
    """Counts the wishes and puts the ledger back to the line that is wanted."""

    def __init__(self) -> None:
        self._number = -1
        self._times = 0
        self._is_confused = False

    def judge(self, number: int, ledger: Ledger, *, is_settling: bool) -> Verdict:
        """Follow a wish if it makes sense.

        The first that makes none is left unheard, for noise may have changed its number; silence makes the
        board repeat it. While numbers are being settled, the line that settles them may have been lost.
        """
        self._times = self._times + 1 if number == self._number else 1
        self._number = number
        if self._times > TIMES:
            return Verdict.STORM
        if ledger.rewind(number) or (is_settling and ledger.rewind(0)):
            self._is_confused = False
            return Verdict.AGAIN
        if self._is_confused:
            return Verdict.NONSENSE
        self._is_confused = True
        return Verdict.UNHEARD
