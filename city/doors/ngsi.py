"""The bikes as NGSI-LD entities for FIWARE platforms.

Source: ETSI GS CIM 009 (normalized representation), Smart Data Models: dataModel.Device/Device and
dataModel.Battery/BatteryStatus.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from city.desk import Desk
from city.pages.paper import Paper
from city.places import find, written_out
from city.views import BikeView, Overview, Presence

CONTEXT: Final = (
    "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld",
    "https://raw.githubusercontent.com/smart-data-models/dataModel.Device/master/context.jsonld",
    "https://raw.githubusercontent.com/smart-data-models/dataModel.Battery/master/context.jsonld",
)
_TYPE: Final = "application/ld+json"
_UNKNOWN: Final = -1.0
"""Smart Data Models, Device: batteryLevel when it cannot be determined."""

Entity = dict[str, Any]


def entities(overview: Overview) -> list[Entity]:
    """A Device for each bike, and a BatteryStatus for each whose charge is known now."""
    found = [device(bike, overview.now) for bike in overview.bikes]
    return found + [one for bike in overview.bikes if (one := battery(bike, overview.now)) is not None]


def device(bike: BikeView, now: datetime) -> Entity:
    """A bike; a silent one has no level and keeps the date of its last word."""
    heard = _date(bike, now)
    charge = None if bike.presence is Presence.SILENT else bike.state.soc_pct
    entity: Entity = {
        "id": _urn("Device", bike),
        "type": "Device",
        "name": _value(written_out(bike.bike)),
        "category": _value(["sensor"]),
        "controlledProperty": _value(["batteryLevel"]),
        "deviceState": _value(bike.presence.value, heard),
        "batteryLevel": _value(_UNKNOWN if charge is None else charge / 100, heard),
        "areaServed": _value(written_out(bike.city)),
        "@context": list(CONTEXT),
    }
    if heard:
        entity["dateLastValueReported"] = _value({"@type": "DateTime", "@value": heard})
    halt = bike.state.halt
    commune = (find(halt.host_city) if halt else None) or find(bike.city)
    if commune:
        point = {"type": "Point", "coordinates": [commune.longitude, commune.latitude]}
        entity["location"] = {"type": "GeoProperty", "value": point}
        entity["address"] = _value({"addressLocality": commune.name, "addressCountry": "FR"})
    return entity


def battery(bike: BikeView, now: datetime) -> Entity | None:
    """The charge of a bike's battery, 0 to 1; None while nobody knows it."""
    if bike.presence is Presence.SILENT or bike.state.soc_pct is None:
        return None
    heard = _date(bike, now)
    return {
        "id": _urn("BatteryStatus", bike),
        "type": "BatteryStatus",
        "statusPercent": _value(bike.state.soc_pct / 100, heard),
        "status": _value("working"),
        "refBattery": {"type": "Relationship", "object": _urn("Battery", bike)},
        "refDevice": {"type": "Relationship", "object": _urn("Device", bike)},
        "@context": list(CONTEXT),
    }


def router(desk: Desk, _paper: Paper) -> APIRouter:
    """Ask for all entities, or those of one type."""
    routes = APIRouter(prefix="/ngsi-ld/v1")

    @routes.get("/entities")
    def query(request: Request) -> Response:
        wished = set(request.query_params.get("type", "").split(",")) - {""}
        return _json([one for one in entities(desk.look()) if not wished or one["type"] in wished])

    @routes.get("/entities/{urn}")
    def one(urn: str) -> Response:
        found = [entity for entity in entities(desk.look()) if entity["id"] == urn]
        return _json(found[0]) if found else _json(_trouble(urn), 404)

    return routes


def _trouble(urn: str) -> Entity:
    kind = "https://uri.etsi.org/ngsi-ld/errors/ResourceNotFound"
    return {"type": kind, "title": "No such entity", "detail": urn[:128]}


def _json(content: Entity | Sequence[Entity], status: int = 200) -> Response:
    return Response(json.dumps(content, ensure_ascii=False), status, media_type=_TYPE)


def _urn(kind: str, bike: BikeView) -> str:
    return f"urn:ngsi-ld:{kind}:dipbike:{bike.bike}"


def _value(value: object, observed_at: str | None = None) -> Entity:
    found: Entity = {"type": "Property", "value": value}
    return {**found, "observedAt": observed_at} if observed_at else found


def _date(bike: BikeView, now: datetime) -> str | None:
    """When the bike last spoke; None when it never did."""
    if bike.silent_s is None:
        return None
    heard = datetime.fromtimestamp(now.timestamp() - bike.silent_s, UTC)
    return f"{heard:%Y-%m-%dT%H:%M:%SZ}"
