"""The emergency stop leaves for the machines before the page that answers it is thought of."""

from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from onboard.control.stoplane import press

STOP_PATHS = frozenset({"/stop", "/api/v1/stop"})


class StopFirst:
    """ASGI middleware behind the guard: a press is passed on at once, the route then asks what came of it."""

    def __init__(self, app: ASGIApp, lane: Path) -> None:
        self._app = app
        self._lane = lane

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, a stop twice."""
        if scope["type"] == "http" and scope["method"] == "POST" and scope["path"] in STOP_PATHS:
            press(self._lane)
        await self._app(scope, receive, send)
