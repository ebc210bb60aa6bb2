"""Describes the interface: as OpenAPI for programs, and as a page for people, both made from the routes."""

from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse, Response
from fastapi.routing import RouteContext, iter_route_contexts

from kiosk.access.roles import Role, role_of
from kiosk.api import acts, looks
from kiosk.api.views import ErrorView
from kiosk.context import KioskHere

PREFIX: Final = "/api/v1"
VERSION: Final = "1.0.0"
ERRORS: Final[dict[int | str, dict[str, Any]]] = {
    401: {"model": ErrorView, "description": "Nobody that is known."},
    403: {"model": ErrorView, "description": "Somebody, but without this role."},
    404: {"model": ErrorView, "description": "There is no such thing, or no longer."},
    422: {"model": ErrorView, "description": "Not understood."},
    503: {"model": ErrorView, "description": "The bike does not answer."},
}
SCHEMES: Final = {
    "token": {"type": "http", "scheme": "bearer", "description": "Made on the page Équipe et clés."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "mediateur",
        "description": "A mediator's browser.",
    },
}
_SECURITY: Final[dict[Role, list[dict[str, list[str]]]]] = {
    Role.ANYONE: [],
    Role.READ: [{"token": []}, {"session": []}],
    Role.ACT: [{"token": []}, {"session": []}],
    Role.MEDIATOR: [{"session": []}],
}
INTRODUCTION: Final = (
    "What the mediators' pages show and do, for programs on the bike's network. `x-role` of an operation "
    "says who may call it: anyone, a token of scope read, a token of scope act, or only a session of a "
    "mediator, which orders with the Origin of the bike's own pages. No token starts, heats or arms anything."
)

router = APIRouter(prefix=PREFIX, responses=ERRORS)
router.include_router(looks.router)
router.include_router(acts.router)
pages = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Operation:
    """One address of the interface."""

    method: str
    path: str
    role: Role
    summary: str


def described(routes: list[RouteContext]) -> dict[str, Any]:
    """The interface as OpenAPI, with the role of each operation."""
    document = get_openapi(
        title="DIPbike", version=VERSION, description=INTRODUCTION, routes=routes, license_info=LICENCE
    )
    document.setdefault("components", {})["securitySchemes"] = SCHEMES
    for route in routes:
        for method in route.methods or ():
            operation = document["paths"][str(route.path)][method.lower()]
            role = role_of(route)
            operation["x-role"] = role.value
            operation["security"] = _SECURITY[role]
            if role is Role.ANYONE:
                for status in ("401", "403", "404", "422"):
                    operation["responses"].pop(status, None)
    return document


LICENCE: Final = {"name": "EUPL-1.2", "identifier": "EUPL-1.2"}


def operations(routes: list[RouteContext]) -> list[Operation]:
    """Every address in the order of the document."""
    return [
        Operation(method, str(route.path), role_of(route), (route.description or "").partition("\n")[0])
        for route in routes
        for method in sorted(route.methods or ())
    ]


def api_routes(app: FastAPI) -> list[RouteContext]:
    """The routes of the interface, as an application serves them."""
    return [route for route in iter_route_contexts(app.routes) if (route.path or "").startswith(PREFIX)]


@pages.get("/api/openapi.json")
async def openapi(request: Request) -> JSONResponse:
    """The interface for programs that read such documents."""
    return JSONResponse(described(api_routes(request.app)))


@pages.get("/api")
async def page(request: Request, kiosk: KioskHere) -> Response:
    """The same for people; it loads nothing from elsewhere."""
    context = {"tab": "", "operations": operations(api_routes(request.app))}
    return kiosk.pages.page(request, "mediator/api.html", context=context)
