"""TCP ports for servers that are started a moment later, by the demonstration and the tests."""

import secrets
import socket
from typing import Final

FIRST: Final = 20_000
LAST: Final = 32_000
"""Below the ports that the kernel lends to whoever connects: none is taken between the look and the start.

Source: Linux, Documentation/networking/ip-sysctl, `ip_local_port_range`, 32768 to 60999.
"""
TRIES: Final = 100


def free_port(wanted: int = 0) -> int:
    """Return the wanted port, or any free one when it is taken.

    Raises:
        OSError: all that were tried are taken.
    """
    tries = [FIRST + secrets.randbelow(LAST - FIRST) for _ in range(TRIES)]
    for port in [wanted, *tries] if wanted else tries:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("0.0.0.0", port))  # noqa: S104 - the port is tried as a server will open it
            except OSError:
                continue
            return port
    raise OSError("no free TCP port")
