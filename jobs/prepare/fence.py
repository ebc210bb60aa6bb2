"""Shuts the calling process, and all it starts, out of every file but those it was given: Linux's Landlock.

Source: Linux, Documentation/userspace-api/landlock.rst and include/uapi/linux/landlock.h.
"""

import ctypes
import os
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntFlag
from pathlib import Path
from typing import Final

from jobs.prepare.kernel import LIBC, checked, forgo_privileges

_CREATE_RULESET: Final = 444
_ADD_RULE: Final = 445
_RESTRICT_SELF: Final = 446
_ASK_VERSION: Final = 1
_RULE_PATH_BENEATH: Final = 1


class Right(IntFlag):
    """What may be done below a path; the values are the kernel's."""

    EXECUTE = 1 << 0
    WRITE_FILE = 1 << 1
    READ_FILE = 1 << 2
    READ_DIR = 1 << 3
    REMOVE = 1 << 4 | 1 << 5
    MAKE = 1 << 7 | 1 << 8
    MAKE_ODD = 1 << 6 | 1 << 9 | 1 << 10 | 1 << 11 | 1 << 12
    """Devices, sockets, pipes and links: handled so that nobody may, and never given."""
    REFER = 1 << 13
    TRUNCATE = 1 << 14


READ: Final = Right.READ_FILE | Right.READ_DIR
RUN: Final = READ | Right.EXECUTE
WORK: Final = READ | Right.WRITE_FILE | Right.REMOVE | Right.MAKE | Right.TRUNCATE
_OF_A_FILE: Final = Right.EXECUTE | Right.WRITE_FILE | Right.READ_FILE | Right.TRUNCATE
_EVERY_VERSION: Final = RUN | Right.WRITE_FILE | Right.REMOVE | Right.MAKE | Right.MAKE_ODD
_SINCE: Final = {2: Right.REFER, 3: Right.TRUNCATE}
_NO_TCP: Final = 0b11
_NO_SIGNALS_OR_SOCKETS: Final = 0b11


@dataclass(frozen=True, slots=True)
class Opening:
    """A path that stays open, for some rights."""

    path: Path
    rights: Right


def version() -> int:
    """What this kernel offers: 0 without Landlock."""
    found: int = LIBC.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_ASK_VERSION))
    return max(0, found)


def enclose(openings: Iterable[Opening]) -> bool:
    """Leave the calling process the openings only, for good; False where the kernel has no Landlock.

    A path that is not there is passed over. TCP and signals to others go too where the kernel can.

    Raises:
        OSError: the kernel refused a rule; the process is as free as before.
    """
    offered = version()
    if not offered:
        return False
    handled = _EVERY_VERSION
    for since, right in _SINCE.items():
        handled |= right if offered >= since else Right(0)
    attributes = struct.pack("=Q", handled)
    if offered >= 6:
        attributes = struct.pack("=QQQ", handled, _NO_TCP, _NO_SIGNALS_OR_SOCKETS)
    ruleset = checked(
        LIBC.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint32(0))
    )
    try:
        for opening in openings:
            _open_up(ruleset, opening, handled)
        forgo_privileges()
        checked(LIBC.syscall(_RESTRICT_SELF, ruleset, ctypes.c_uint32(0)))
    finally:
        os.close(ruleset)
    return True


def _open_up(ruleset: int, opening: Opening, handled: Right) -> None:
    """Add one rule; a file takes no rights that only folders have."""
    try:
        place = os.open(opening.path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        rights = opening.rights & handled
        rights = rights if opening.path.is_dir() else rights & _OF_A_FILE
        rule = struct.pack("=Qi", rights, place)
        checked(LIBC.syscall(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, rule, ctypes.c_uint32(0)))
    finally:
        os.close(place)
