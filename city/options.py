"""What the command line of the city's server says about its pages and doors."""

from dataclasses import dataclass
from pathlib import Path

from city.access.settings import AccessSettings
from city.doors.push import PushSettings


@dataclass(frozen=True, slots=True)
class PageOptions:
    """Where the page is served, who may enter, and which doors push by themselves."""

    host: str
    port: int
    access: AccessSettings
    push: PushSettings | None = None
    home_assistant: str = ""

    @classmethod
    def of(cls, told: dict[str, object]) -> "PageOptions":
        """Take ours out of all that was told.

        Raises:
            ValueError: something will not do; the message says what.
        """
        accounts, token_file, ngsi_token = (
            _path(told, name) for name in ("accounts", "token_file", "ngsi_token")
        )
        host, port, proxies = str(told.pop("page_host")), told.pop("page_port"), told.pop("proxies")
        header, url, prefix = (
            str(told.pop(name) or "") for name in ("proxy_header", "ngsi_url", "discovery")
        )
        if not isinstance(port, int) or not isinstance(proxies, tuple):
            raise TypeError("the page's port and proxies")
        access = AccessSettings.of(accounts, proxies, header, token_file)
        access.check(host)
        token = ngsi_token.read_text(encoding="utf-8").strip() if ngsi_token else ""
        push = PushSettings(url, token) if url else None
        return cls(host, port, access, push, prefix)


def _path(told: dict[str, object], name: str) -> Path | None:
    found = told.pop(name)
    return found if isinstance(found, Path) else None
