"""The bikes as GeoJSON for the city's own maps, each at the middle of its commune (RFC 7946)."""

import json
from typing import Any

from fastapi import APIRouter, Response

from city.desk import Desk
from city.pages.paper import Paper
from city.places import find, written_out
from city.views import BikeView, Overview, Presence


def collection(overview: Overview) -> dict[str, Any]:
    """All bikes whose commune is known."""
    found = [one for bike in overview.bikes if (one := feature(bike)) is not None]
    return {"type": "FeatureCollection", "features": found}


def feature(bike: BikeView) -> dict[str, Any] | None:
    """One bike; of a silent one only since when."""
    halt = bike.state.halt
    commune = (find(halt.host_city) if halt else None) or find(bike.city)
    if commune is None:
        return None
    said: dict[str, Any] = {"bike": bike.bike, "name": written_out(bike.bike), "state": bike.presence.value}
    if bike.presence is Presence.SILENT:
        silent_s = bike.silent_s
        said["silent_min"] = None if silent_s is None else int(silent_s // 60)
    else:
        said |= {"place": halt.place if halt else None, "battery_pct": bike.state.soc_pct}
        said |= {"made_today": bike.made_today}
    point = {"type": "Point", "coordinates": [commune.longitude, commune.latitude]}
    return {"type": "Feature", "id": bike.bike, "geometry": point, "properties": said}


def router(desk: Desk, _paper: Paper) -> APIRouter:
    """For staff and programs with the token: it tells the state of single bikes."""
    routes = APIRouter()

    @routes.get("/velos.geojson")
    def bikes() -> Response:
        text = json.dumps(collection(desk.look()), ensure_ascii=False)
        return Response(text, media_type="application/geo+json")

    return routes
