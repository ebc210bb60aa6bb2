"""One bike: how it is now or when it last spoke, its last month, its halts and its diary."""

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

from city.desk import Desk
from city.lines import Filter
from city.pages.paper import Paper
from city.pages.past import charts, total
from city.periods import days

_DAYS = 31
_HALTS = 20
_EVENTS = 30
_KEEP_S = 5.0


def router(desk: Desk, paper: Paper) -> APIRouter:
    """The page of a bike."""
    routes = APIRouter()

    @routes.get("/velo/{name}", response_class=HTMLResponse)
    def bike(request: Request, name: str) -> HTMLResponse:
        overview = desk.look()
        found = next((one for one in overview.bikes if one.bike == name), None)
        if found is None:
            raise HTTPException(404)
        periods = days(desk.now(), _DAYS)
        chosen = Filter(bike=name, from_s=periods[0].from_s, to_s=periods[-1].to_s)
        lines = desk.kept(chosen, _KEEP_S, lambda: desk.history.over_time(periods, chosen))
        halts = desk.kept(("halts", name), _KEEP_S, lambda: desk.history.halts(Filter(bike=name), _HALTS))
        diary = desk.kept(("diary", name), 1.0, lambda: desk.reader.diary(_EVENTS, name))
        about = desk.reader.about(name)
        return paper.page(
            request,
            "bike.html",
            view=overview,
            bike=found,
            about=about,
            lines=lines,
            charts=charts(lines),
            total=total(lines),
            halts=halts,
            diary=diary,
        )

    return routes
