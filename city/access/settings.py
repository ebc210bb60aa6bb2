"""How staff enter, as the command line says."""

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Final

_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class AccessSettings:
    """Without accounts and without a proxy there is no login, and the page may serve this computer only."""

    accounts: Path | None = None
    proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    header: str = "x-remote-user"
    token: str = ""

    @classmethod
    def of(
        cls, accounts: Path | None, proxies: tuple[str, ...], header: str, token_file: Path | None
    ) -> "AccessSettings":
        """Check what was said.

        Raises:
            ValueError: it will not do; the message says why.
        """
        token = token_file.read_text(encoding="utf-8").strip() if token_file else ""
        if token_file and len(token) < 20:
            raise ValueError(f"{token_file} must hold a secret of 20 signs or more.")
        return cls(accounts, tuple(map(ip_network, proxies)), header.lower(), token)

    @property
    def has_login(self) -> bool:
        """Whether staff and public are told apart."""
        return self.accounts is not None or bool(self.proxies)

    def check(self, host: str) -> None:
        """Refuse to show everything to everybody.

        Raises:
            ValueError: there is no login and the page would be reached from elsewhere.
        """
        if not self.has_login and host not in _LOOPBACK:
            raise ValueError(
                f"without a login the page serves this computer only, not {host}. Make an account"
                " (`dipbike city --accounts FILE account add NAME`) or name your reverse proxy with --proxy."
            )

    def is_proxy(self, peer: str) -> bool:
        """Whether a request comes from the city's own reverse proxy."""
        try:
            address = ip_address(peer)
        except ValueError:
            return False
        return any(address in network for network in self.proxies)
