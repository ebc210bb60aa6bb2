"""Puts the city's web application together; but for the login it only reads."""

import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import HTTPException
from fastapi.responses import HTMLResponse, PlainTextResponse
from fastapi.staticfiles import StaticFiles

from city.access import pages as access_pages
from city.access.accounts import AccountError
from city.access.guard import Guard
from city.access.sessions import Sessions, Tries
from city.access.settings import AccessSettings
from city.desk import Desk
from city.doors import geojson, metrics, ngsi, opendata
from city.pages import bike, compare, live, past, public, report
from city.pages.paper import Paper
from city.store import StoreError

_HERE: Final = Path(__file__).parent
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self';"
    " frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_PAGES: Final = (live, bike, past, compare, report, public, opendata, ngsi, metrics, geojson)

Next = Callable[[Request], Awaitable[Response]]


def create_app(desk: Desk, access: AccessSettings | None = None) -> FastAPI:
    """The web application of a city hall."""
    app = FastAPI(title="DIPbike", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    paper = Paper()
    guard = Guard(access or AccessSettings(), Sessions(time.monotonic))
    app.mount("/static", StaticFiles(directory=_HERE / "static"), name="static")
    for pages in _PAGES:
        app.include_router(pages.router(desk, paper))
    app.include_router(access_pages.router(guard, Tries(time.monotonic), paper))

    @app.middleware("http")
    async def secure(request: Request, call_next: Next) -> Response:
        response = guard.stop(request) or await call_next(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    @app.get("/sante")
    def health() -> PlainTextResponse:
        desk.reader.refused()
        return PlainTextResponse("ok\n")

    _say_errors(app, paper)
    return app


def _say_errors(app: FastAPI, paper: Paper) -> None:
    """Every error is a page that tells what happened and what to do next."""

    @app.exception_handler(StoreError)
    def store(request: Request, _error: StoreError) -> HTMLResponse:
        return paper.page(request, "trouble.html", 503, what="store")

    @app.exception_handler(AccountError)
    def accounts(request: Request, _error: AccountError) -> HTMLResponse:
        return paper.page(request, "trouble.html", 503, what="accounts")

    @app.exception_handler(404)
    def missing(request: Request, _error: HTTPException) -> HTMLResponse:
        return paper.page(request, "trouble.html", 404, what="missing")
