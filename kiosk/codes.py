"""Short-lived codes that tie a phone to the tablet whose page shows them; none is kept anywhere."""

import base64
import re
import secrets
from collections.abc import Callable
from typing import Final

LIFETIME_S: Final = 20 * 60
TICK_S: Final = 16
"""What the time in a code counts in; 24 bits of it last for eight years of a computer's uptime."""
PATTERN: Final = "^[a-z2-7]{16}$"

Random = Callable[[int], bytes]


def new_code(now_s: float, random: Random = secrets.token_bytes) -> str:
    """A code that nobody can guess: when it was made, and 56 random bits; `now_s` counts from the start."""
    made = int(now_s // TICK_S).to_bytes(3)
    return base64.b32encode(made + random(7)).decode("ascii").lower()


def is_fresh(code: str, now_s: float) -> bool:
    """Whether a code was made not long ago, since this computer was started."""
    if not re.fullmatch(PATTERN, code):
        return False
    made = int.from_bytes(base64.b32decode(code, casefold=True)[:3]) * TICK_S
    return made <= now_s <= made + LIFETIME_S


def key_of(code: str) -> str:
    """The idempotency key of the object that a phone brings."""
    return f"phone-{code}"
