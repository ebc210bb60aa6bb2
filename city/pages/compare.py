"""Halts and host cities side by side, over a month or the last twelve."""

from collections.abc import Sequence
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from city.desk import Desk
from city.lines import By, Filter, Halt, Line
from city.pages.asked import asked
from city.pages.paper import Paper, Reading
from city.pages.past import HEAD, KEEP_S, csv_row
from city.pages.sheets import attachment, sheet
from city.periods import months

BYS: Final = {"accueil": By.HOST_CITY, "lieu": By.PLACE, "attache": By.CITY}
_HALTS: Final = 60


def router(desk: Desk, paper: Paper) -> APIRouter:
    """The page and its CSV."""
    routes = APIRouter()

    @routes.get("/comparer", response_class=HTMLResponse)
    def compare(request: Request) -> HTMLResponse:
        lines, chosen = _lines(desk, request)
        most = max((line.done for line in lines), default=0)
        return paper.page(
            request,
            "compare.html",
            by=_by(request),
            bys=list(BYS),
            lines=lines,
            most=max(1, most),
            halts=_halts(desk, chosen),
            months=[period.label for period in reversed(months(desk.now(), 12))],
            asked_month=request.query_params.get("mois", ""),
            asked=asked(request, desk.now()),
            cities=sorted({bike.city for bike in desk.look().bikes}),
        )

    @routes.get("/comparer.csv")
    def as_csv(request: Request) -> Response:
        language = Reading.of(request).language
        head = [_by(request), *HEAD[language].split(";")[1:]]
        rows = [csv_row(line) for line in _lines(desk, request)[0]]
        return attachment(sheet(head, rows, language), "dipbike-comparaison")

    return routes


def _by(request: Request) -> str:
    by = request.query_params.get("selon", "")
    return by if by in BYS else "accueil"


def _lines(desk: Desk, request: Request) -> tuple[Sequence[Line], Filter]:
    """The groups with most objects first; what happened at no halt is no group."""
    chosen = _filter(desk, request)
    by = BYS[_by(request)]
    lines = desk.kept((by, chosen), KEEP_S, lambda: desk.history.sums(by, chosen))
    named = [line for line in lines if line.label]
    return sorted(named, key=lambda line: (-line.done, line.label)), chosen


def _filter(desk: Desk, request: Request) -> Filter:
    """The chosen month, else the last twelve."""
    question = asked(request, desk.now())
    last = months(desk.now(), 12)
    month = next((one for one in last if one.label == request.query_params.get("mois")), None)
    from_s, to_s = (month.from_s, month.to_s) if month else (last[0].from_s, last[-1].to_s)
    return Filter(from_s, to_s, city=question.filter.city, kind=question.filter.kind)


def _halts(desk: Desk, chosen: Filter) -> Sequence[Halt]:
    return desk.kept(("visits", chosen), KEEP_S, lambda: desk.history.halts(chosen, _HALTS))
