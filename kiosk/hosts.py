"""By which names the kiosk may be called, so that no other site can point its own name at the bike."""

import ipaddress
import socket
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from onboard.config import KioskSection

LOCAL: Final = ".local"
"""Names that only the bike's own network resolves. Source: RFC 6762."""


@dataclass(frozen=True, slots=True)
class Hosts:
    """The names that are ours beside addresses and `.local` names, which nobody outside can hold."""

    names: frozenset[str]

    @classmethod
    def of(cls, kiosk: KioskSection) -> "Hosts":
        """This computer's names and the one in the settings."""
        public = urlsplit(kiosk.public_url).hostname
        return cls(frozenset({"localhost", socket.gethostname().lower(), *filter(None, [public])}))

    def hold(self, header: str) -> bool:
        """Whether a Host header names the bike."""
        try:
            name = urlsplit(f"//{header}").hostname
        except ValueError:
            return False
        if name is None:
            return False
        return name in self.names or name.endswith(LOCAL) or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
