"""Answers for phones that ask whether the Wi-Fi leads anywhere, so that they stay on the bike's network.

The bike's name server sends the names below to the bike. Nothing but these questions is answered under them.

Source: the connectivity checks of Android, Apple, Windows, Firefox, NetworkManager and Kindle.
"""

from dataclasses import dataclass
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

HERE: Final = "/generate_204"
"""The one question that is answered under the bike's own names, too: its pages ask it before they leave."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a phone wants to hear."""

    status: int = 204
    body: str = ""
    media_type: str | None = None

    def response(self) -> Response:
        """As an answer that nobody keeps."""
        return Response(self.body, self.status, {"Cache-Control": "no-store"}, self.media_type)


_NOTHING: Final = Answer()
_APPLE: Final = Answer(
    200, "<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>\n", "text/html"
)
_FIREFOX: Final = Answer(200, "success\n", "text/plain")
_FIREFOX_PAGE: Final = Answer(
    200,
    '<meta http-equiv="refresh" content="0;url=https://support.mozilla.org/kb/captive-portal"/>',
    "text/html",
)
_NETWORK_MANAGER: Final = Answer(200, "NetworkManager is online\n", "text/plain")

_ANDROID: Final = (
    "clients1.google.com",
    "clients3.google.com",
    "connect.rom.miui.com",
    "connectivity-check.ubuntu.com",
    "connectivitycheck.android.com",
    "connectivitycheck.gstatic.com",
    "connectivitycheck.platform.hicloud.com",
    "play.googleapis.com",
    "www.google.com",
    "www.gstatic.com",
)
QUESTIONS: Final[dict[tuple[str, str], Answer]] = {
    **{(host, path): _NOTHING for host in _ANDROID for path in ("/generate_204", "/gen_204")},
    ("connectivity-check.ubuntu.com", "/"): _NOTHING,
    ("captive.apple.com", "/"): _APPLE,
    ("captive.apple.com", "/hotspot-detect.html"): _APPLE,
    ("www.apple.com", "/library/test/success.html"): _APPLE,
    ("www.msftconnecttest.com", "/connecttest.txt"): Answer(200, "Microsoft Connect Test", "text/plain"),
    ("ipv6.msftconnecttest.com", "/connecttest.txt"): Answer(200, "Microsoft Connect Test", "text/plain"),
    ("www.msftncsi.com", "/ncsi.txt"): Answer(200, "Microsoft NCSI", "text/plain"),
    ("detectportal.firefox.com", "/success.txt"): _FIREFOX,
    ("detectportal.firefox.com", "/canonical.html"): _FIREFOX_PAGE,
    ("network-test.debian.org", "/nm"): _NETWORK_MANAGER,
    ("nmcheck.gnome.org", "/check_network_status.txt"): _NETWORK_MANAGER,
    ("ping.archlinux.org", "/nm-check.txt"): _NETWORK_MANAGER,
    ("fedoraproject.org", "/static/hotspot.txt"): Answer(200, "OK", "text/plain"),
    ("spectrum.s3.amazonaws.com", "/kindle-wifi/wifistub.html"): Answer(
        200, "81ce4465-7167-4dcb-835b-dcc9e44c112a", "text/html"
    ),
}
NAMES: Final = frozenset(host for host, _ in QUESTIONS)


class Portal:
    """ASGI middleware before the guard: answers what phones ask of other names, and passes on the rest."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a question of a phone."""
        answer = _answer(scope) if scope["type"] == "http" else None
        await (self._app if answer is None else answer.response())(scope, receive, send)


def _answer(scope: Scope) -> Answer | None:
    if scope["method"] not in {"GET", "HEAD"}:
        return None
    host = Headers(scope=scope).get("host", "").partition(":")[0].rstrip(".").lower()
    if host in NAMES:
        return QUESTIONS.get((host, scope["path"]))
    return _NOTHING if scope["path"] == HERE else None
