"""Tells the bike's own screen from every tablet, phone and proxy."""

from typing import Final

from fastapi import Request

_LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})
_NAMES: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
_PASSED_ON: Final = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
"""Headers of a request that somebody passes on for somebody else."""


def is_own_screen(request: Request) -> bool:
    """Whether a browser on the bike itself asks, under the bike's own name for itself.

    A tablet cannot have this address; a proxy on the bike has it, but keeps the name that a tablet used, or
    tells whom it asks for.
    """
    if request.client is None or request.client.host not in _LOOPBACK:
        return False
    name, _, port = request.headers.get("host", "").rpartition(":")
    here = name if port.isdecimal() else request.headers.get("host", "")
    return here.lower() in _NAMES and not any(header in request.headers for header in _PASSED_ON)
