"""GRBL's numbered errors and alarms in plain words.

Source: GRBL 1.1 doc/csv/error_codes_en_US.csv and alarm_codes_en_US.csv, said anew.
"""

from typing import Final

from drivers.grbl.replies import Status

ERRORS: Final[dict[int, str]] = {
    1: "a letter was expected",
    2: "a number is missing or malformed",
    3: "the command is unknown",
    4: "a value is negative",
    5: "homing is not set up",
    8: "the command needs a standing machine",
    9: "the machine is locked",
    11: "the line is too long",
    15: "the move leaves the machine's room",
    20: "the command is not supported",
    21: "two commands of one group stand in the line",
    22: "no feed rate was given",
    23: "a whole number was expected",
    24: "two commands need the axes",
    25: "a word stands twice",
    26: "the axes are missing",
    28: "a value is missing",
    33: "the target of the arc makes no sense",
    34: "the radius of the arc makes no sense",
    35: "the centre of the arc is missing",
    36: "a word is not used",
}

ALARMS: Final[dict[int, str]] = {
    1: "a limit switch was hit, the position is lost",
    2: "a move would have left the machine's room",
    3: "it was reset while it moved, the position may be off",
    4: "the probe was not in its first state",
    5: "the probe touched nothing",
    6: "it was reset while homing",
    7: "the door opened while homing",
    8: "a limit switch stayed pressed while homing",
    9: "no limit switch was found while homing",
    10: "the second limit switch was not found while homing",
}

RESETS_ITSELF: Final = frozenset({1, 2})
"""Alarms after which GRBL has stopped axes and spindle itself and waits, deaf, for a reset by a person."""

LOCKED: Final = (
    "The mill is locked in an alarm: look at the tool, switch the mill off and on, then re-arm it."
)
FELL_SILENT: Final = "The mill has stopped answering: check its cable and its power."
NO_ANSWER: Final = "The mill does not answer: check its power and its baud rate."
RESTARTED: Final = "The mill has restarted by itself: look at it, then re-arm it."


def explain_error(code: int, line: str) -> str:
    """Say which line was refused and why."""
    reason = ERRORS.get(code, "see GRBL's list of errors")
    return f"The mill refused the line {line!r}: {reason} (error:{code})."


def explain_alarm(code: int) -> str:
    """Say why the machine locked itself and who must act."""
    reason = ALARMS.get(code, "see GRBL's list of alarms")
    return f"The mill locked itself: {reason} (ALARM:{code}). Look at the tool, then re-arm the mill."


def explain_pause(status: Status) -> str:
    """Say how the machine stands still."""
    return "The door of the mill is open." if status.substate == 1 else "Paused, spindle off."
