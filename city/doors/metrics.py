"""Numbers for Prometheus: how many bikes speak, what waits, what was refused.

Source: Prometheus, text-based exposition format 0.0.4.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from fastapi import APIRouter, Response

from city.desk import Desk
from city.pages.paper import Paper
from city.views import Presence

_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


def router(desk: Desk, _paper: Paper) -> APIRouter:
    """The page that a Prometheus scrapes."""
    routes = APIRouter()

    @routes.get("/metrics")
    def metrics() -> Response:
        return Response("\n".join(exposition(desk)) + "\n", media_type=_TYPE)

    return routes


def exposition(desk: Desk) -> Iterator[str]:
    """All lines; there is one for each city and state, and none for a single bike."""
    overview = desk.look()
    totals = desk.reader.totals()
    yield from _head("dipbike_bikes", "gauge", "Bikes by city and by how they stand now.")
    counts = Counter((bike.city, bike.presence) for bike in overview.bikes)
    for city in sorted({bike.city for bike in overview.bikes}):
        for presence in Presence:
            count = counts[city, presence]
            yield f'dipbike_bikes{{city="{city}",state="{presence.value}"}} {count}'
    yield from _one("dipbike_objects_today", "gauge", "Objects made today.", overview.made_today)
    waiting = sum(bike.state.waiting_rows for bike in overview.bikes if bike.presence is not Presence.SILENT)
    yield from _one("dipbike_rows_on_bikes", "gauge", "Records that speaking bikes still hold.", waiting)
    yield from _one("dipbike_records_total", "counter", "Records received and complete.", totals["kept"])
    yield from _one("dipbike_records_lost_total", "counter", "Records that cannot come.", totals["lost"])
    yield from _one("dipbike_records_unsummed", "gauge", "Records not summed up yet.", totals["waiting"])
    yield from _head("dipbike_refused_total", "counter", "Messages that break the contract, by reason.")
    for reason, messages in desk.reader.refused().items():
        yield f'dipbike_refused_total{{reason="{reason}"}} {messages}'


def _head(name: str, kind: str, help_text: str) -> Iterator[str]:
    yield f"# HELP {name} {help_text}"
    yield f"# TYPE {name} {kind}"


def _one(name: str, kind: str, help_text: str, value: float) -> Iterator[str]:
    yield from _head(name, kind, help_text)
    yield f"{name} {value:.0f}"
