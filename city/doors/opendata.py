"""Open data: months and halts by host city, for portals; nothing live, no count under five."""

import json
from collections.abc import Sequence
from typing import Any, Final

from fastapi import APIRouter, Response

from city.desk import Desk
from city.lines import By, Filter, Halt
from city.pages.paper import FEW, Paper
from city.pages.sheets import attachment, sheet
from city.periods import months
from city.places import find

_KEEP_S: Final = 3600.0
_MONTHS: Final = 12
_HALTS: Final = 2000
_LICENCE: Final = "Licence Ouverte / Open Licence 2.0"

Row = dict[str, Any]


def months_told(desk: Desk) -> list[Row]:
    """One row a month and host city; the month that runs is left out."""
    return desk.kept("open-months", _KEEP_S, lambda: _months(desk))


def halts_told(desk: Desk) -> list[Row]:
    """One row a closed halt of a past day, the newest first."""
    return desk.kept("open-halts", _KEEP_S, lambda: _halts(desk))


def told(count: int) -> int | None:
    """A count that may be published."""
    return count if count == 0 or count >= FEW else None


def _months(desk: Desk) -> list[Row]:
    rows = []
    for period in months(desk.now(), _MONTHS + 1)[:-1]:
        for line in desk.history.sums(By.HOST_CITY, Filter(period.from_s, period.to_s)):
            if line.label:
                row: Row = {"month": period.label, "host_city": line.label, "halts": told(line.halts)}
                each_wh = line.wh_an_object if line.done >= FEW else None
                row |= {"objects": told(line.done), "open_hours": round(line.open_min / 60, 2)}
                rows.append({**row, "wh_an_object": None if each_wh is None else round(each_wh, 1)})
    return rows


def _halts(desk: Desk) -> list[Row]:
    midnight = desk.now().replace(hour=0, minute=0, second=0, microsecond=0)
    past = desk.history.halts(Filter(to_s=midnight.timestamp()), _HALTS)
    return [_halt(halt) for halt in past if halt.closed]


def _halt(halt: Halt) -> Row:
    row = {"date": f"{halt.at:%Y-%m-%d}", "place": halt.place, "host_city": halt.host_city}
    return {**row, "open_hours": round(halt.sums.open_min / 60, 2), "objects": told(halt.sums.done)}


def feature(row: Row) -> Row | None:
    """A halt as GeoJSON, at the middle of its commune; None where that is not known."""
    commune = find(row["host_city"])
    if commune is None:
        return None
    point = {"type": "Point", "coordinates": [commune.longitude, commune.latitude]}
    return {"type": "Feature", "geometry": point, "properties": row}


def router(desk: Desk, _paper: Paper) -> APIRouter:
    """CSV, JSON and GeoJSON, open to everybody."""
    routes = APIRouter(prefix="/donnees")
    sources = {"mois": months_told, "haltes": halts_told}

    @routes.get("/{name}.csv")
    def as_csv(name: str) -> Response:
        rows = sources[name](desk) if name in sources else None
        return _missing() if rows is None else attachment(_csv(rows), f"dipbike-{name}")

    @routes.get("/{name}.json")
    def as_json(name: str) -> Response:
        if name not in sources:
            return _missing()
        note = f"null: a count from 1 to {FEW - 1}, or what it would give away"
        return _json({"licence": _LICENCE, "note": note, "rows": sources[name](desk)})

    @routes.get("/haltes.geojson")
    def as_geojson() -> Response:
        features = [found for row in halts_told(desk) if (found := feature(row)) is not None]
        return _json({"type": "FeatureCollection", "features": features}, "application/geo+json")

    return routes


def _csv(rows: Sequence[Row]) -> str:
    """In the writing of programs; a hidden count is "<5"."""
    head = list(rows[0]) if rows else ["month"]
    hidden = {"objects", "halts"}
    cells = ([f"<{FEW}" if row[n] is None and n in hidden else row[n] for n in head] for row in rows)
    return sheet(head, cells, "en")


def _json(content: object, kind: str = "application/json") -> Response:
    text = json.dumps(content, ensure_ascii=False)
    return Response(text, media_type=kind, headers={"Access-Control-Allow-Origin": "*"})


def _missing() -> Response:
    return Response("There are mois and haltes.\n", 404, media_type="text/plain")
