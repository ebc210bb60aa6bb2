"""Takes every kind of socket away from the calling process, and from all it starts: Linux's seccomp.

It works where user namespaces are forbidden, as under our own service.
Source: Linux, Documentation/userspace-api/seccomp_filter.rst; the numbers of calls are the kernel's tables.
"""

import ctypes
import errno
import platform
import struct
import sys
from typing import Final

from jobs.prepare.kernel import LIBC, checked, forgo_privileges

_PR_SET_SECCOMP: Final = 22
_FILTER_MODE: Final = 2
_LOAD: Final = 0x20
_IF_EQUAL: Final = 0x15
_IF_AT_LEAST: Final = 0x35
_RETURN: Final = 0x06
_ALLOW: Final = 0x7FFF0000
_REFUSE: Final = 0x00050000 | errno.EPERM
_NUMBER_AT: Final = 0
_ARCHITECTURE_AT: Final = 4
_SOCKET: Final = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
"""The kernel's name of a processor with the number of its call `socket`."""
_IO_URING_SETUP: Final = 425
_FOREIGN_NUMBERS: Final = 0x40000000
"""From here on stand the calls of x32, which would go round the list."""


def known() -> bool:
    """Whether this processor's calls are known here."""
    return platform.machine() in _SOCKET and sys.maxsize > 2**32


def forgo_sockets() -> bool:
    """Open no socket any more, for good; False on a processor that is not known here.

    Raises:
        OSError: the kernel refused the filter.
    """
    if not known():
        return False
    architecture, number = _SOCKET[platform.machine()]
    steps = (
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_IF_EQUAL, 0, 5, architecture),
        (_LOAD, 0, 0, _NUMBER_AT),
        (_IF_AT_LEAST, 3, 0, _FOREIGN_NUMBERS),
        (_IF_EQUAL, 2, 0, number),
        (_IF_EQUAL, 1, 0, _IO_URING_SETUP),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    )
    filters = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    program = struct.pack("@HP", len(steps), ctypes.addressof(filters))
    forgo_privileges()
    checked(LIBC.prctl(_PR_SET_SECCOMP, _FILTER_MODE, program, 0, 0))
    return True
