"""Going back to a line that the board asks for: first the pen is held, then it goes back once."""

from enum import StrEnum
from typing import Final

from drivers.marlin.ledger import Ledger

TIMES: Final = 10
LAST_WORD_S: Final = 0.5
"""A board that owes an `ok` or a number after its error is waited for so long."""
CONVERTS: Final = 3
"""So many wishes in a row with an `ok` right behind make us wait for it again."""
LONGEST_QUIET_S: Final = 0.05
FIRST_ANSWER_S: Final = 0.003
"""No answer to what is sent again can come sooner."""
WARIER: Final = 1.5
"""An echo that comes when the pen is free again tells that the quiet was too short."""
LESS_WARY: Final = 0.95
WARIEST: Final = 4.0


class Verdict(StrEnum):
    """What becomes of a wish."""

    AGAIN = "again"
    UNHEARD = "unheard"
    STORM = "The printer asked for the same line ten times: check its cable for noise."
    NONSENSE = "The printer asks for a line that it cannot lack: restart it."


class Recovery:
    """From the first letter of an error until the board has answered, or dropped, every line under way.

    The board answers each line that was under way behind the damaged one with the same wish: they are
    echoes, not new wishes, and what is sent again must not meet them: the board empties its ring with each.
    """

    def __init__(self) -> None:
        self._begun_s: float | None = None
        self._error_s = 0.0
        self._asked: int | None = None
        self._owes_ok = self._begins = False
        self._errors = self._wishes = 0
        self._number = -1
        self._times = 0
        self._is_confused = False
        self._left_s = -1.0
        self._wariness = 1.0
        self._adds_ok = True
        self._is_next = False
        self._prompt = 0
        self._accused: int | None = None
        self._odd: int | None = None

    @property
    def is_on(self) -> bool:
        """The pen is held."""
        return self._begun_s is not None

    def reset(self) -> None:
        """Give it up: the pen is free."""
        self._begun_s = self._asked = self._accused = None
        self._owes_ok = self._begins = self._is_next = False
        self._errors = self._wishes = 0

    def suspect(self, now_s: float) -> None:
        """An error begins, or a line that begins like one."""
        self._hold(now_s)
        self._begins = True

    def dismiss(self) -> None:
        """It was none."""
        self._begins = False
        if self._asked is None:
            self.reset()

    def accuse(self, last_number: int | None, ledger: Ledger, now_s: float) -> None:
        """A line was damaged; the text names the last good one, should the wish itself be lost."""
        self._hold(now_s)
        self._owes_ok = True
        self._errors += 1
        self._accused = None if last_number is None else last_number + 1
        if self._asked is None and self._accused is not None and not ledger.is_long_done(self._accused):
            self._asked = self._accused

    def ask(self, number: int, ledger: Ledger, now_s: float, *, is_settling: bool) -> Verdict:
        """Weigh a wish; the first that makes no sense is left unheard, for noise may have changed its number.

        While numbers are being settled, the line that settles them may have been lost.
        """
        self._hold(now_s)
        self._owes_ok = self._is_next = True
        if number != self._number:
            self._number, self._times = number, 0
        self._wishes += 1
        if self._wishes == 1 and now_s - self._left_s < FIRST_ANSWER_S:
            self._wariness = min(WARIEST, self._wariness * WARIER)
        if self._wishes == 1 or self._wishes > 2 * ledger.count_from(number):
            self._times += 1  # not an echo, though each of them may be said twice
        if self._times > TIMES:
            return Verdict.STORM
        if not ledger.knows(number) and is_settling:
            self._is_confused, self._asked = False, 0
            return Verdict.AGAIN
        return self._believe(number, ledger)

    def _believe(self, number: int, ledger: Ledger) -> Verdict:
        was_confused = self._is_confused
        is_garbled = self._is_garbled(number, ledger)
        if not is_garbled and ledger.knows(number):
            self._is_confused, self._asked = False, number
            return Verdict.AGAIN
        self._asked = None
        if is_garbled:
            return Verdict.UNHEARD
        self._is_confused = True
        return Verdict.NONSENSE if was_confused else Verdict.UNHEARD

    def _is_garbled(self, number: int, ledger: Ledger) -> bool:
        """Noise changes digits: a line long done is believed only when it is named twice."""
        accused, self._accused = self._accused, None
        if accused is not None:
            return accused != number
        odd, self._odd = self._odd, number if ledger.is_long_done(number) else None
        return self._odd is not None and odd != number

    def overhear(self) -> None:
        """The board says something else: an `ok` that comes now stands no longer right behind the wish."""
        if self._is_next:
            self._is_next = False
            self._prompt = 0

    def take_ok(self) -> bool:
        """Tell whether an `ok` belongs to the wish; it then acknowledges nothing.

        Source: Marlin's `flush_and_request_resend` says it right behind; other firmware never does, and from
        such a board only an `ok` in that very place is taken for the wish's.
        """
        owed = self._owes_ok and (self._adds_ok or self._is_next)
        if self._is_next:
            self._prompt += 1
            self._adds_ok = self._adds_ok or self._prompt >= CONVERTS
        self._owes_ok = self._is_next = False
        return owed

    def ready_s(self, ledger: Ledger, quiet_from_s: float, quiet_s: float) -> float | None:
        """When to go back; `quiet_from_s` is the last instant at which either side spoke."""
        if self._begun_s is None:
            return None
        if self._begins or self._asked is None or not self._wishes or (self._owes_ok and self._adds_ok):
            return self._error_s + LAST_WORD_S
        if self._errors >= ledger.count_from(self._asked):
            return quiet_from_s + (0.0 if self._adds_ok else FIRST_ANSWER_S)
        quiet_s = min(quiet_s * self._wariness, LONGEST_QUIET_S)
        return min(self._error_s + LAST_WORD_S, quiet_from_s + quiet_s)

    def _hold(self, now_s: float) -> None:
        self._begins = False
        if self._begun_s is None:
            self._begun_s = now_s
        self._error_s = now_s

    def go_back(self, ledger: Ledger, now_s: float) -> bool:
        """Put the ledger back to the line that is wanted and free the pen; False when nothing was asked."""
        asked = self._asked
        if self._owes_ok and self._wishes and now_s >= self._error_s + LAST_WORD_S:
            self._adds_ok, self._prompt = False, 0
        self.reset()
        self._left_s = now_s
        self._wariness = max(1.0, self._wariness * LESS_WARY)
        return asked is not None and ledger.rewind(asked)
