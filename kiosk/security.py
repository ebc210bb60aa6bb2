"""What every answer carries and what every request must pass, whatever its route."""

from typing import Final
from urllib.parse import urlsplit

from fastapi import HTTPException
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kiosk.hosts import Hosts

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # stricter would send "Origin: null" with our own forms
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
STRANGE_NAME: Final = (
    "Le vélo ne connaît pas ce nom : ouvrez-le par son adresse, ou réglez public_url.\n"
    "The bike does not know this name: open it by its address, or set public_url.\n"
)
API: Final = "/api/"
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
FORM_LIMIT_BYTES: Final = 65_536


def policy_with_pictures_of(url: str) -> str:
    """The content policy of a page on which a browser also shows pictures of one other server."""
    server = urlsplit(url)
    return f"{HEADERS['Content-Security-Policy']}; img-src 'self' {server.scheme}://{server.netloc}"


class Guard:
    """ASGI middleware: safe headers, our own names, same origin for commands, small bodies."""

    def __init__(self, app: ASGIApp, upload_paths: tuple[str, ...], hosts: Hosts) -> None:
        self._app = app
        self._upload_paths = upload_paths
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit_bytes = None if scope["path"].startswith(self._upload_paths) else FORM_LIMIT_BYTES
        exchange = _Exchange(receive, send, limit_bytes)
        app = self._refusal(scope) or self._app
        await app(scope, exchange.receive, exchange.send)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        """What a request gets that is not meant for us, or did not come from us."""
        if not self._hosts.hold(Headers(scope=scope).get("host", "")):
            return PlainTextResponse(STRANGE_NAME, 421)
        if not _same_origin(scope):
            return PlainTextResponse("This request did not come from a page of this bike.", 403)
        return None


def _same_origin(scope: Scope) -> bool:
    """Whether a command came from one of our own pages; browsers always send Origin with a POST.

    A program sends none: at its own addresses it is let through, and there a session counts for nothing.
    """
    headers = Headers(scope=scope)
    if scope["method"] in SAFE_METHODS or ("origin" not in headers and scope["path"].startswith(API)):
        return True
    return headers.get("origin") == f"{scope['scheme']}://{headers.get('host')}"


class _Exchange:
    """One request with its answer."""

    def __init__(self, receive: Receive, send: Send, limit_bytes: int | None) -> None:
        self._receive = receive
        self._send = send
        self._limit_bytes = limit_bytes
        self._seen_bytes = 0
        self._whole = False

    async def receive(self) -> Message:
        """The next piece of the body, as long as there are not too many."""
        message = await self._receive()
        self._seen_bytes += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        if self._limit_bytes is not None and self._seen_bytes > self._limit_bytes:
            raise HTTPException(413)
        return message

    async def send(self, message: Message) -> None:
        """The answer with our headers; one that refuses an unread body ends the connection, too."""
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "no-store")
            if message["status"] >= 400 and not self._whole:
                headers["Connection"] = "close"  # else the server would go on reading for nobody
        await self._send(message)
