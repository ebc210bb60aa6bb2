"""The desk's page: who is where, what was made, who is silent; live, and whole without script."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.middleware.base import RequestResponseEndpoint

from city.language import LANGUAGES, catalogue, chosen
from city.map import DRAWING, frame_of, place_bikes
from city.places import written_out
from city.views import Overview, Presence, Reader

_HERE: Final = Path(__file__).parent
_REGIONS: Final = ("summary", "map", "bikes", "events", "footer")
_LOOK_S: Final = 1.0
_BEAT_S: Final = 3.0
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True)
class Desk:
    """What the page is made from; `closing` ends the event streams when the server stops."""

    reader: Reader
    closing: asyncio.Event
    utc_s: Callable[[], float] = time.time

    def look(self) -> Overview:
        """Everything as it is now."""
        return self.reader.overview(self.utc_s())


class Pages:
    """Draws the page and its regions in one language each."""

    def __init__(self) -> None:
        self._languages = {language: _templates(language) for language in LANGUAGES}

    def page(self, language: str, overview: Overview) -> str:
        """The whole page."""
        return self._draw(language, "desk.html", overview)

    def regions(self, language: str, overview: Overview) -> dict[str, str]:
        """The parts that change, by the id of their place."""
        return {name: self._draw(language, f"{name}.html", overview) for name in _REGIONS}

    def _draw(self, language: str, name: str, overview: Overview) -> str:
        template = self._languages[language].get_template(name)
        marks = place_bikes(overview.bikes)
        return template.render(
            language=language, view=overview, marks=marks, frame=frame_of(marks), Presence=Presence
        )


def create_app(desk: Desk) -> FastAPI:
    """The web application of a city hall; it only reads."""
    app = FastAPI(title="DIPbike", docs_url=None, redoc_url=None, openapi_url=None)
    pages = Pages()
    app.mount("/static", StaticFiles(directory=_HERE / "static"), name="static")

    @app.middleware("http")
    async def secure(request: Request, call_next: RequestResponseEndpoint) -> Response:
        response = await call_next(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    @app.get("/", response_class=HTMLResponse)
    def page(request: Request, langue: str | None = None) -> str:
        return pages.page(_language(request, langue), desk.look())

    @app.get("/events")
    async def events(request: Request, langue: str | None = None) -> StreamingResponse:
        stream = _stream(desk, pages, _language(request, langue))
        return StreamingResponse(stream, media_type="text/event-stream")

    return app


async def _stream(desk: Desk, pages: Pages, language: str) -> AsyncIterator[str]:
    """All regions first, then those that changed, and a sign of life every three seconds."""
    sent: dict[str, str] = {}
    quiet_s = 0.0
    while not desk.closing.is_set():
        drawn = await asyncio.to_thread(lambda: pages.regions(language, desk.look()))
        changed = {name: html for name, html in drawn.items() if sent.get(name) != html}
        sent = drawn
        if changed or quiet_s >= _BEAT_S:
            yield f"event: regions\ndata: {json.dumps(changed)}\n\n"
            quiet_s = 0.0
        try:
            async with asyncio.timeout(_LOOK_S):
                await desk.closing.wait()
        except TimeoutError:
            quiet_s += _LOOK_S


def _language(request: Request, wish: str | None) -> str:
    return chosen(wish, request.headers.get("accept-language", ""))


def _templates(language: str) -> Environment:
    """Jinja2 that escapes everything and knows every name."""
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(_=catalogue(language), drawing=DRAWING, written_out=written_out)
    return environment
