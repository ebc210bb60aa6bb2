"""What everybody may see: how many bikes are out, in which communes, and the year's sums."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from city.desk import Desk
from city.lines import By, Filter
from city.pages.paper import FEW, Paper
from city.pages.report import rows, told_objects
from city.periods import months
from city.views import Overview, Presence

_KEEP_S = 600.0


def communes_now(overview: Overview) -> list[str]:
    """Where a halt is open to the public now: the commune, not the bike."""
    open_now = (Presence.AT_HALT, Presence.STOPPED)
    halts = [bike.state.halt for bike in overview.bikes if bike.presence in open_now]
    return sorted({halt.host_city for halt in halts if halt})


def router(desk: Desk, paper: Paper) -> APIRouter:
    """The page for everybody; its sums are up to ten minutes old."""
    routes = APIRouter()

    @routes.get("/public", response_class=HTMLResponse)
    def public(request: Request) -> HTMLResponse:
        year = months(desk.now(), 12)
        chosen = Filter(year[0].from_s, year[-1].to_s)
        lines = desk.kept(("public", chosen), _KEEP_S, lambda: desk.history.sums(By.HOST_CITY, chosen))
        overview = desk.look()
        return paper.page(
            request,
            "public.html",
            rows=rows(lines),
            objects=told_objects(lines),
            has_hidden=any(line.label and 0 < line.done < FEW for line in lines),
            hours=sum(line.open_min for line in lines) / 60,
            communes=communes_now(overview),
            bikes=len(overview.bikes),
            first=year[0].label,
            last=year[-1].label,
            now=desk.now(),
        )

    return routes
