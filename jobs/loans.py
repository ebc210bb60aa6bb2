"""A robot lent to a ticket: its states, and what is known of one loan."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class LoanState(StrEnum):
    """Where a loan is; whether a program plays now is not a state of it."""

    ASKED = "asked"
    LENT = "lent"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


LOAN_TRANSITIONS: Final[dict[LoanState, frozenset[LoanState]]] = {
    LoanState.ASKED: frozenset({LoanState.LENT, LoanState.WITHDRAWN}),
    LoanState.LENT: frozenset({LoanState.ENDED}),
    LoanState.ENDED: frozenset({LoanState.ASKED, LoanState.WITHDRAWN}),
    LoanState.WITHDRAWN: frozenset(),
}
"""At start-up LENT becomes ENDED: a robot is lent again only by a person."""


class LoanEnd(StrEnum):
    """Why a loan is over."""

    TIME = "time"
    TAKEN_BACK = "taken-back"
    GIVEN_BACK = "given-back"
    STOPPED = "stopped"
    RESTART = "restart"


@dataclass(frozen=True, slots=True)
class Loan:
    """A participant's wish for a robot, with the program for it; times are UTC epoch seconds.

    `lent_s` is when it was lent last, `program` its JSON text, and `ticket` its participant's; both are ""
    once they are erased.
    """

    id: str
    state: LoanState
    ticket: str
    program: str
    asked_s: float
    robot: str | None = None
    minutes: float | None = None
    lent_s: float | None = None
    ended_s: float | None = None
    end: LoanEnd | None = None
