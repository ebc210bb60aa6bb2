"""What every answer carries and what every request must pass, whatever its route."""

from typing import Final

from fastapi import HTTPException
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
FORM_LIMIT_BYTES: Final = 65_536


class Guard:
    """ASGI middleware: safe headers, same origin for every command, small bodies but for uploads."""

    def __init__(self, app: ASGIApp, upload_paths: frozenset[str]) -> None:
        self._app = app
        self._upload_paths = upload_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        guarded_send = _with_headers(send)
        if not _same_origin(scope):
            refusal = PlainTextResponse("This request did not come from a page of this bike.", 403)
            await refusal(scope, receive, guarded_send)
            return
        if scope["path"] not in self._upload_paths:
            receive = _limited(receive)
        await self._app(scope, receive, guarded_send)


def _same_origin(scope: Scope) -> bool:
    """Whether a command came from one of our own pages; browsers always send Origin with a POST."""
    if scope["method"] in SAFE_METHODS:
        return True
    headers = Headers(scope=scope)
    return headers.get("origin") == f"{scope['scheme']}://{headers.get('host')}"


def _with_headers(send: Send) -> Send:
    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return guarded


def _limited(receive: Receive) -> Receive:
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > FORM_LIMIT_BYTES:
            raise HTTPException(413)
        return message

    return counted
