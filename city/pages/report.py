"""The evaluation for the metropolis: one month, city by city, to read, to print and to reckon with."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from city.desk import Desk
from city.lines import By, Filter, Line
from city.pages.asked import month_asked
from city.pages.paper import FEW, Paper, Reading, shown
from city.pages.sheets import Cell, attachment, sheet
from city.periods import Period, months
from city.places import written_out

_KEEP_S = 60.0
_HEAD = {
    "fr": "mois;ville;haltes;objets;réussite %;Wh par objet;heures ouvertes",
    "en": "month;city;halts;objects;success %;Wh an object;open hours",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A city's month as it may be told: what fewer than five objects would give away is left out."""

    city: str
    halts: str
    objects: str
    success_pct: int | None
    wh_an_object: float | None
    hours: float


def row(label: str, line: Line) -> Row:
    """A line of sums as it may be told."""
    enough = line.done >= FEW
    success = round(100 * line.success) if enough and line.success is not None else None
    each_wh = line.wh_an_object if enough else None
    return Row(label, shown(line.halts), shown(line.done), success, each_wh, line.open_min / 60)


def sums(desk: Desk, period: Period) -> Sequence[Line]:
    """The lines of all host cities."""
    chosen = Filter(period.from_s, period.to_s)
    return desk.kept(("report", chosen), _KEEP_S, lambda: desk.history.sums(By.HOST_CITY, chosen))


def rows(lines: Sequence[Line]) -> list[Row]:
    """One row for each host city; what happened at no halt belongs to none."""
    return [row(written_out(line.label), line) for line in lines if line.label]


def told_objects(lines: Sequence[Line]) -> int:
    """The objects of the rows that show theirs: a whole sum would give a hidden one away."""
    return sum(line.done for line in lines if line.label and line.done >= FEW)


def router(desk: Desk, paper: Paper) -> APIRouter:
    """The page, which prints on one sheet, and its CSV."""
    routes = APIRouter()

    @routes.get("/bilan", response_class=HTMLResponse)
    def report(request: Request) -> HTMLResponse:
        period = month_asked(request, desk.now())
        lines = sums(desk, period)
        named = [line for line in lines if line.label]
        return paper.page(
            request,
            "report.html",
            period=period,
            rows=rows(lines),
            objects=told_objects(lines),
            has_hidden=any(0 < line.done < FEW for line in named),
            hours=sum(line.open_min for line in named) / 60,
            months=[one.label for one in reversed(months(desk.now(), 24))],
            is_running=period.to_s > desk.utc_s(),
            now=desk.now(),
        )

    @routes.get("/bilan.csv")
    def as_csv(request: Request) -> Response:
        language = Reading.of(request).language
        period = month_asked(request, desk.now())
        cells = [cells_of(period.label, one) for one in rows(sums(desk, period))]
        text = sheet(_HEAD[language].split(";"), cells, language)
        return attachment(text, f"dipbike-bilan-{period.label}")

    return routes


def cells_of(month: str, told: Row) -> list[Cell]:
    """A row for a spreadsheet."""
    hours = round(told.hours, 2)
    return [month, told.city, told.halts, told.objects, told.success_pct, told.wh_an_object, hours]
