"""What a person may choose of how a shape is printed."""

from enum import StrEnum


class Orientation(StrEnum):
    """How a shape is to stand."""

    AUTO = "auto"
    AS_IS = "as-is"
    TURNED = "turned"
    UPSIDE_DOWN = "upside-down"
    ON_SIDE = "on-side"
    ON_BACK = "on-back"


class Quality(StrEnum):
    """How finely a shape is printed; each has its profile."""

    FAST = "vite"
    NORMAL = "normal"
    FINE = "beau"
