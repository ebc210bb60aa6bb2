"""Secrets that let somebody in: made at random, and kept only as what cannot be turned back."""

import base64
import hashlib
import secrets
from typing import Final

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError

HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""One try is checked against every mediator's PIN, one after the other.

Source: OWASP Password Storage Cheat Sheet, the least that it asks of argon2id.
"""
PIN_DIGITS: Final = 6
CODE_BYTES: Final = 16
"""A badge and a token hold 128 random bits: nobody guesses them, so a fast digest keeps them safe."""
_LOOK_ALIKE: Final = str.maketrans("018", "OIB")


def new_pin() -> str:
    """Six digits at random, of which at least three differ."""
    pin = ""
    while len(set(pin)) < 3:
        pin = f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}}"
    return pin


def pin_fits(pin_hash: str, pin: str) -> bool:
    """Whether a PIN is the one of a hash."""
    try:
        return HASHER.verify(pin_hash, pin)
    except (VerificationError, InvalidHashError):
        return False


def is_pin_hash(text: str) -> bool:
    """Whether a setting holds what `dipbike pin` makes."""
    try:
        extract_parameters(text)
    except InvalidHashError:
        return False
    return True


def new_code(size_bytes: int = CODE_BYTES) -> str:
    """A code of capital letters and the digits 2 to 7."""
    return base64.b32encode(secrets.token_bytes(size_bytes)).decode("ascii").rstrip("=")


def grouped(code: str) -> str:
    """A code as people read it out: four signs at a time."""
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))


def typed(code: str) -> str:
    """A code as it was meant, however it was typed."""
    return "".join(sign for sign in code.upper().translate(_LOOK_ALIKE) if sign.isalnum())


def digest(secret: str) -> str:
    """What is kept of a code, a token or a cookie."""
    return hashlib.sha256(secret.encode()).hexdigest()
