"""The few calls to the kernel that Python has no words for."""

import ctypes
import os
from typing import Final

LIBC: Final = ctypes.CDLL(None, use_errno=True)
_PR_SET_NO_NEW_PRIVS: Final = 38


def checked(result: int) -> int:
    """Take the result of a call.

    Raises:
        OSError: the kernel refused it.
    """
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def forgo_privileges() -> None:
    """Never gain rights by starting a program; the kernel asks for this before it shuts a process in."""
    checked(LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
