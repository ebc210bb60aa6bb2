"""The history: objects, energy and success over months, days or hours, as curves, table and CSV."""

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from city.desk import Desk
from city.lines import Line
from city.pages.asked import KINDS, SPANS, asked
from city.pages.chart import bars
from city.pages.paper import Paper, Reading
from city.pages.sheets import attachment, sheet
from city.views import BikeView

KEEP_S = 30.0
HEAD = {
    "fr": "période;haltes;heures ouvertes;acceptés;objets;échecs;annulés;réussite %;Wh machines;"
    "Wh par objet;Wh vélo;incidents",
    "en": "period;halts;open hours;accepted;objects;failed;cancelled;success %;machine Wh;Wh an object;"
    "bike Wh;incidents",
}


def router(desk: Desk, paper: Paper) -> APIRouter:
    """The page and its CSV."""
    routes = APIRouter()

    @routes.get("/historique", response_class=HTMLResponse)
    def history(request: Request) -> HTMLResponse:
        question = asked(request, desk.now())
        lines = lines_of(desk, request)
        overview = desk.look()
        return paper.page(
            request,
            "history.html",
            asked=question,
            lines=lines,
            charts=charts(lines),
            total=total(lines),
            cities=sorted({bike.city for bike in overview.bikes}),
            bikes=_bikes(question.filter.city, overview.bikes),
            kinds=KINDS,
            spans=SPANS,
        )

    @routes.get("/historique.csv")
    def as_csv(request: Request) -> Response:
        language = Reading.of(request).language
        rows = [csv_row(line) for line in lines_of(desk, request)]
        return attachment(sheet(HEAD[language].split(";"), rows, language), "dipbike-historique")

    return routes


def lines_of(desk: Desk, request: Request) -> Sequence[Line]:
    """One line a period."""
    question = asked(request, desk.now())
    return desk.kept(question, KEEP_S, lambda: desk.history.over_time(question.periods, question.filter))


def charts(lines: Sequence[Line]) -> dict[str, object]:
    """Objects, watt-hours of the whole bikes, and success in percent."""
    labels = [line.label for line in lines]
    percent = [None if line.success is None else 100 * line.success for line in lines]
    return {
        "done": bars(labels, [float(line.done) for line in lines]),
        "used": bars(labels, [line.used_wh for line in lines]),
        "success": bars(labels, percent, top=100.0),
    }


def total(lines: Sequence[Line]) -> Line:
    """All lines in one."""
    names = [name for name in Line.__dataclass_fields__ if name != "label"]
    return Line("", **{name: sum(getattr(line, name) for line in lines) for name in names})


def csv_row(line: Line) -> list[str | int | float | None]:
    """A line under HEAD."""
    success = None if line.success is None else 100 * line.success
    made = (line.queued, line.done, line.failed, line.cancelled, success)
    energy = (line.object_wh, line.wh_an_object, line.used_wh)
    return [line.label, line.halts, line.open_min / 60, *made, *energy, line.faults]


def _bikes(city: str, bikes: Sequence[BikeView]) -> list[str]:
    """The bikes to choose from once a city is chosen."""
    return [bike.bike for bike in bikes if city and bike.city == city]
