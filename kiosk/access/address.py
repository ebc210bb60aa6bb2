"""Where a badge leads: an address of the bike that a phone can reach."""

import socket
from typing import Final

from onboard.config import KioskSection

BADGE: Final = "/mediateur/badge"


def phones_address(kiosk: KioskSection, asked: str = "") -> str:
    """The address of the settings, else the one that somebody used, else the name that the Wi-Fi resolves.

    Source: RFC 6762 for names that end in .local, which Debian's avahi-daemon answers for.
    """
    used = kiosk.public_url or asked
    return used.rstrip("/") or f"http://{socket.gethostname().partition('.')[0].lower()}.local:{kiosk.port}"


def badge_address(here: str, code: str) -> str:
    """What the code on a badge says; its secret stands behind the # and is never sent with an address."""
    return f"{here}{BADGE}#{code}"
