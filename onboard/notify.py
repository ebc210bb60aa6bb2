"""Tells systemd that the daemon is ready and that its control loop is alive."""

import logging
import os
import socket

log = logging.getLogger(__name__)


def notify(message: str, address: str | None = None) -> None:
    """Send one state, such as "READY=1" or "WATCHDOG=1"; outside systemd nothing happens.

    It never waits and never fails: who runs machines does not end because nobody listens.

    Source: sd_notify(3): a datagram to $NOTIFY_SOCKET, whose leading "@" stands for a NUL.
    """
    target = address or os.environ.get("NOTIFY_SOCKET")
    if not target:
        return
    if target.startswith("@"):
        target = "\0" + target[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.settimeout(0.0)
        try:
            channel.sendto(message.encode(), target)
        except OSError as error:
            log.warning("systemd does not hear %s: %s", message, error)
