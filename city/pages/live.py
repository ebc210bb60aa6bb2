"""The live page: who is where, what was made, who is silent; whole without script, moving with it."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, StreamingResponse

from city.desk import Desk
from city.map import cluster, frame_of, place_bikes
from city.pages.paper import Paper, Reading
from city.places import slug
from city.views import BikeView, Overview, Presence

REGIONS: Final = ("summary", "map", "bikes", "events", "footer")
PAGE_ROWS: Final = 50
MOST_MARKS: Final = 30
"""More bikes than that are drawn as one mark a commune."""

_LOOK_S: Final = 1.0
_BEAT_S: Final = 3.0


@dataclass(frozen=True, slots=True)
class Choice:
    """Which bikes the table shows: those of a city or standing in it, in a state, a page at a time."""

    city: str = ""
    presence: str = ""
    page: int = 1

    @classmethod
    def of(cls, request: Request) -> "Choice":
        """What the address asks for; nonsense chooses nothing."""
        asked = request.query_params
        page = asked.get("page", "1")
        number = int(page) if page.isascii() and page.isdigit() and len(page) < 5 else 1
        presence = asked.get("etat", "")
        return cls(slug(asked.get("ville", "")[:64]), presence if presence in list(Presence) else "", number)

    def of_all(self, bikes: Sequence[BikeView]) -> list[BikeView]:
        """The chosen bikes, on all pages."""
        return [
            bike
            for bike in bikes
            if (not self.city or self.city in {bike.city, _host(bike)})
            and (not self.presence or bike.presence == self.presence)
        ]


EVERYTHING: Final = Choice()


@dataclass(frozen=True, slots=True)
class Table:
    """One page of the table and how many there are."""

    rows: Sequence[BikeView]
    found: int
    page: int
    pages: int


def table(overview: Overview, choice: Choice) -> Table:
    """The rows that a choice shows."""
    found = choice.of_all(overview.bikes)
    pages = max(1, -(-len(found) // PAGE_ROWS))
    page = min(max(1, choice.page), pages)
    return Table(found[(page - 1) * PAGE_ROWS : page * PAGE_ROWS], len(found), page, pages)


class Live:
    """Draws the page and its regions."""

    def __init__(self, paper: Paper) -> None:
        self._paper = paper

    def page(self, reading: Reading, overview: Overview, choice: Choice = EVERYTHING) -> str:
        """The whole page."""
        return self._paper.draw(reading, "desk.html", **_values(overview, choice))

    def regions(self, reading: Reading, overview: Overview, choice: Choice = EVERYTHING) -> dict[str, str]:
        """The parts that change, by the id of their place."""
        values = _values(overview, choice)
        return {name: self._paper.draw(reading, f"{name}.html", **values) for name in REGIONS}


def _values(overview: Overview, choice: Choice) -> dict[str, object]:
    """What the templates speak of."""
    many = len(overview.bikes) > MOST_MARKS
    marks = [] if many else place_bikes(overview.bikes)
    clusters = cluster(overview.bikes) if many else []
    return {
        "view": overview,
        "marks": marks,
        "clusters": clusters,
        "frame": frame_of([*marks, *clusters]),
        "table": table(overview, choice),
        "choice": choice,
        "cities": sorted({bike.city for bike in overview.bikes}),
    }


def router(desk: Desk, paper: Paper) -> APIRouter:
    """The page and its event stream."""
    routes = APIRouter()
    live = Live(paper)

    @routes.get("/", response_class=HTMLResponse)
    def page(request: Request) -> str:
        return live.page(Reading.of(request), desk.look(), Choice.of(request))

    @routes.get("/events")
    async def events(request: Request) -> StreamingResponse:
        stream = _stream(desk, live, Reading.of(request), Choice.of(request))
        return StreamingResponse(stream, media_type="text/event-stream")

    return routes


async def _stream(desk: Desk, live: Live, reading: Reading, choice: Choice) -> AsyncIterator[str]:
    """All regions first, then those that changed, and a sign of life every three seconds."""
    sent: dict[str, str] = {}
    quiet_s = 0.0
    while not desk.closing.is_set():
        drawn = await asyncio.to_thread(_drawn, desk, live, reading, choice)
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


def _drawn(desk: Desk, live: Live, reading: Reading, choice: Choice) -> dict[str, str]:
    """The regions, drawn once a second for all who look at the same."""
    key = ("regions", reading.language, reading.is_chosen, choice)
    return desk.kept(key, _LOOK_S, lambda: live.regions(reading, desk.look(), choice))


def _host(bike: BikeView) -> str:
    return slug(bike.state.halt.host_city) if bike.state.halt else ""
