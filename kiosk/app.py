"""Puts the web application together."""

import asyncio
import gc
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from fastapi import Depends, FastAPI

from kiosk import crowd, stop
from kiosk.access import entry
from kiosk.access.login import Door
from kiosk.api import document
from kiosk.assets import Assets
from kiosk.context import Kiosk
from kiosk.events import Feed
from kiosk.hosts import Hosts
from kiosk.mediator import (
    archive,
    by_hand,
    calls,
    energy,
    halts,
    lending,
    line,
    machines,
    orders,
    past,
    report,
    team,
    why,
)
from kiosk.mediator import now as mediator
from kiosk.mediator.wishes import wishes_in
from kiosk.pages import PHONE, Pages
from kiosk.participant import checking, holding, rehearsing, robot_loan, robot_writing, ticket
from kiosk.participant import home as participant
from kiosk.portal import Portal
from kiosk.queue import Queue
from kiosk.quota import Quota, not_too_many
from kiosk.security import Guard
from kiosk.spool import Spool
from kiosk.stopfirst import StopFirst
from kiosk.troubles import say_errors
from kiosk.ways import draw, files, mind_map, models, robot, words
from onboard.config import Config
from onboard.control.client import ControlClient

POLL_TIMEOUT_S: Final = 2.0
WAYS: Final = (draw.WAY, words.WAY, models.WAY, robot.WAY, mind_map.WAY, files.WAY)
"""The cards of the home page, in its order."""
UPLOADS: Final = (files.WAY.address, draw.WAY.address, PHONE)
"""Addresses that begin so take bodies larger than a form."""
_ROUTERS: Final = (
    participant.router,
    rehearsing.router,
    robot_writing.router,
    robot_loan.router,
    checking.router,
    ticket.router,
    calls.router,
    crowd.router,
    stop.router,
    entry.router,
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
    lending.router,
    team.router,
    document.pages,
    document.router,
)


def create_app(config: Config) -> FastAPI:
    """The kiosk of one bike; it keeps no state of its own."""
    assets = Assets()
    socket = config.paths.control_socket
    queue = Queue(config.paths.jobs_database)
    kiosk = Kiosk(
        config=config,
        pages=Pages(assets),
        control=ControlClient(socket),
        feed=Feed(ControlClient(socket, POLL_TIMEOUT_S), wishes_in(queue)),
        queue=queue,
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
    say_errors(app, kiosk.pages)
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
