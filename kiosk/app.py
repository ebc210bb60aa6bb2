"""Puts the web application together."""

import asyncio
import gc
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from jobs.errors import DesignRefusedError, JobError, Sentence, StoreError, UnknownJobError
from kiosk import (
    archive,
    by_hand,
    calls,
    checking,
    crowd,
    energy,
    halts,
    holding,
    line,
    machines,
    mediator,
    orders,
    participant,
    past,
    report,
    stop,
    ticket,
    why,
)
from kiosk.assets import Assets
from kiosk.context import Kiosk
from kiosk.events import Feed
from kiosk.hosts import Hosts
from kiosk.login import Door, LoginNeededError
from kiosk.pages import PHONE, Pages
from kiosk.portal import Portal
from kiosk.queue import Queue
from kiosk.quota import Quota, not_too_many
from kiosk.security import Guard
from kiosk.spool import Spool, SpoolError
from kiosk.stopfirst import StopFirst
from kiosk.ways import draw, files, mind_map, models, words
from onboard.config import Config
from onboard.control.client import ControlClient, DaemonUnreachableError

POLL_TIMEOUT_S: Final = 2.0
WAYS: Final = (draw.WAY, words.WAY, models.WAY, mind_map.WAY, files.WAY)
"""The cards of the home page, in its order."""
UPLOADS: Final = (files.WAY.address, draw.WAY.address, PHONE)
"""Addresses that begin so take bodies larger than a form."""
_ROUTERS: Final = (
    participant.router,
    checking.router,
    ticket.router,
    calls.router,
    crowd.router,
    stop.router,
    mediator.login,
    mediator.router,
    orders.router,
    halts.router,
    line.router,
    holding.router,
    energy.router,
    why.router,
    report.router,
    past.router,
    archive.router,
    machines.router,
    by_hand.router,
)
_STATUS: Final[dict[type[JobError], int]] = {UnknownJobError: 404, StoreError: 503, DesignRefusedError: 422}
_NOT_FOUND: Final = Sentence(
    "Cette page n'existe pas. Reviens à l'accueil.", "There is no such page. Go back to the start."
)
_NOT_UNDERSTOOD: Final = Sentence(
    "Il manque quelque chose, ou c'est trop long. Reviens en arrière et essaie encore.",
    "Something is missing or too long. Go back and try again.",
)


def create_app(config: Config) -> FastAPI:
    """The kiosk of one bike; it keeps no state of its own."""
    assets = Assets()
    socket = config.paths.control_socket
    kiosk = Kiosk(
        config=config,
        pages=Pages(assets),
        control=ControlClient(socket),
        feed=Feed(ControlClient(socket, POLL_TIMEOUT_S)),
        queue=Queue(config.paths.jobs_database),
        spool=Spool.of(config),
        ways=WAYS,
    )
    app = FastAPI(
        title="DIPbike",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
    )
    app.state.kiosk = kiosk
    app.state.door = Door.of(config)
    app.state.quota = Quota.of(config, time.monotonic)
    app.add_middleware(StopFirst, lane=config.paths.stop_socket)
    app.add_middleware(Guard, upload_paths=UPLOADS, hosts=Hosts.of(config.kiosk))
    app.add_middleware(Portal)
    app.include_router(assets.router())
    for way in WAYS:
        app.include_router(way.router, dependencies=[Depends(not_too_many)])
    for router in _ROUTERS:
        app.include_router(router)
    _explain_errors(app, kiosk.pages)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Watch the bike while the server runs."""
    kiosk: Kiosk = app.state.kiosk
    kiosk.spool.sweep()
    kiosk.pages.warm()
    gc.collect()
    gc.freeze()  # what is loaded by now is never looked through again while a tablet waits
    async with asyncio.TaskGroup() as tasks:
        watcher = tasks.create_task(kiosk.feed.run(), name="watch the bike")
        yield
        watcher.cancel()
    kiosk.queue.close()


def _explain_errors(app: FastAPI, pages: Pages) -> None:
    """Every error that a route may raise becomes a page with a sentence."""

    @app.exception_handler(DaemonUnreachableError)
    async def unreachable(request: Request, error: DaemonUnreachableError) -> Response:
        return pages.trouble(request, 503, error.sentence)

    @app.exception_handler(JobError)
    async def refused(request: Request, error: JobError) -> Response:
        found = (status for kind, status in _STATUS.items() if isinstance(error, kind))
        return pages.trouble(request, next(found, 409), error.sentence)

    @app.exception_handler(SpoolError)
    async def not_stored(request: Request, error: SpoolError) -> Response:
        return pages.trouble(request, error.status, error.sentence)

    @app.exception_handler(ValidationError)
    @app.exception_handler(RequestValidationError)
    async def not_understood(request: Request, _error: Exception) -> Response:
        return pages.trouble(request, 422, _NOT_UNDERSTOOD)

    @app.exception_handler(LoginNeededError)
    async def not_logged_in(request: Request, _error: LoginNeededError) -> Response:
        if request.method == "GET":
            return RedirectResponse("/mediateur", 303)
        return pages.page(request, "mediator/trouble.html", 403, mediator.LOGIN_NEEDED)

    @app.exception_handler(HTTPException)
    async def other(request: Request, error: HTTPException) -> Response:
        sentence = _NOT_FOUND if error.status_code in {404, 405} else _NOT_UNDERSTOOD
        return pages.trouble(request, error.status_code, sentence)
