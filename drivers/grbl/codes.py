"""GRBL's numbered errors and alarms in plain words.

Source: GRBL 1.1 doc/csv/error_codes_en_US.csv and alarm_codes_en_US.csv, said anew;
alarms from 11: grblHAL.
"""

from typing import Final

from drivers.grbl.replies import Status
from drivers.types import Position

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
    10: "the second limit switch was not found while homing, or the emergency stop is pressed",
    11: "it must be homed first",
    12: "a limit switch is pressed",
    13: "the probe protection was hit",
    14: "the spindle does not reach its speed",
    15: "the second motor of an axis was not found while homing",
    16: "the mill tests itself and failed",
    17: "a motor driver has failed",
}

RESETS_ITSELF: Final = frozenset({1, 2})
"""Alarms after which GRBL has stopped axes and spindle itself and waits, deaf, for a reset by a person."""

LOCKED: Final = (
    "The mill is locked in an alarm: look at the tool, switch the mill off and on, then re-arm it."
)
FELL_SILENT: Final = "The mill has stopped answering: check its cable and its power."
NO_ANSWER: Final = "The mill does not answer: check its power and its baud rate."
RESTARTED: Final = "The mill has restarted by itself: look at it, then re-arm it."


LEFT_DRY_RUN: Final = "The mill left its dry run by itself: look at it, then re-arm it."
NO_DRY_RUN: Final = "The mill does not enter its dry run ($C)."
SURPLUS_ANSWER: Final = "The mill answered a line that it was not sent: its count of lines cannot be trusted."
STRANGE_STATES: Final = frozenset({"Sleep", "Tool"})
"""States that no program of ours leads to; Tool is grblHAL's wait for another tool."""


def _place(at: Position) -> str:
    return f"X{at.x_mm:.3f} Y{at.y_mm:.3f} Z{at.z_mm:.3f}"


def explain_state(state: str) -> str:
    """Say that the machine left the program for something else."""
    return f"The mill went into the state {state} by itself: look at it, then re-arm it."


def explain_unready(state: str) -> str:
    """Say why a program was not begun."""
    return f"The mill is not idle but in the state {state}: the program was not begun."


def explain_lost(line: str) -> str:
    """Say that lines and answers no longer match; without line numbers none can be sent again."""
    return (
        f"An answer of the mill was lost, to the line {line!r} or an earlier one: the program cannot go on."
    )


def explain_noise(count: int) -> str:
    """Say that the wire damages bytes; GRBL has no checksum that would keep a damaged line from being cut."""
    return f"{count} answers of the mill arrived damaged, so its lines may be too: check the cable."


def resembles_error(text: str) -> bool:
    """Tell whether a damaged answer may have been an `error:`."""
    return sum(told == meant for told, meant in zip(text, "error:", strict=False)) > len("error:") // 2


def explain_damaged_error(text: str) -> str:
    """Say that the mill refused a line, but not which and why."""
    return f"The mill seems to have refused a line, its answer {text!r} arrived damaged: check the cable."


def explain_miss(end: str, at: Position) -> str:
    """Say that the tool is not where the program ends."""
    return (
        f"The program ends at {end} but the mill reports {_place(at)}: a line was damaged. "
        "Do not trust the piece; check the cable and the zero."
    )


def explain_stray(at: Position) -> str:
    """Say that the tool went where no line has sent it."""
    return f"The mill reports {_place(at)}, where no line has sent it: a line was damaged. Check the cable."


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
