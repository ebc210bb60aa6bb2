"""What the book of loans says when it refuses, in both languages."""

from typing import Final

from jobs.errors import Sentence, TransitionError
from jobs.loans import LoanState

_STATE_WORDS: Final[dict[LoanState, tuple[str, str]]] = {
    LoanState.ASKED: ("en attente d'un robot", "waiting for a robot"),
    LoanState.LENT: ("avec un robot", "with a robot"),
    LoanState.ENDED: ("fini", "over"),
    LoanState.WITHDRAWN: ("effacé", "erased"),
}


def wrong_state(found: LoanState) -> TransitionError:
    """The loan is not where this step may begin."""
    french, english = _STATE_WORDS[found]
    return TransitionError(
        "wrong-state",
        Sentence(
            f"Impossible maintenant : ce prêt de robot est « {french} ».",
            f"This is not possible now: this loan of a robot is “{english}”.",
        ),
    )


def asks_already() -> TransitionError:
    """The participant has asked, or has a robot."""
    return TransitionError(
        "asks-already",
        Sentence(
            "Un robot à la fois : tu en as déjà un, ou tu l'attends déjà.",
            "One robot at a time: you have one, or you wait for one already.",
        ),
    )


def robot_lent(robot: str) -> TransitionError:
    """Somebody else has this robot."""
    return TransitionError(
        "robot-lent",
        Sentence(
            f"Le robot {robot} est déjà prêté : reprenez-le d'abord.",
            f"Robot {robot} is lent already: take it back first.",
        ),
    )


def still_lent() -> TransitionError:
    """The robot must come back first."""
    return TransitionError(
        "still-lent",
        Sentence("Rends d'abord le robot, puis efface.", "Give the robot back first, then erase."),
    )
