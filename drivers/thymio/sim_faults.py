"""What can go wrong with a simulated Thymio itself; cables are the line's affair."""

from enum import StrEnum


class Incident(StrEnum):
    """What may happen to a robot."""

    SILENCE = "silence"
    """It hears and obeys, but says nothing any more."""
    HANG = "hang"
    """Its firmware stands still: it neither hears nor obeys, and its wheels turn on."""
    GARBAGE = "garbage"
    """It says bytes that mean nothing."""
    RESET = "reset"
    """It restarts and forgets its program; its wheels stop."""
    ERROR = "error"
    """Its firmware complains, which halts the program in it; its wheels turn on."""
    COMPANION = "companion"
    """Another robot speaks on the same line."""
