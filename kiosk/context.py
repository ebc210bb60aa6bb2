"""What the routes of every audience share, and how they get hold of it."""

import logging
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Path, Request

from jobs.errors import JobError, Sentence
from kiosk.events import Feed
from kiosk.pages import Pages
from kiosk.queue import Queue
from kiosk.spool import Spool
from kiosk.ways.way import Way
from onboard.config import Config
from onboard.control.client import ControlClient, DaemonUnreachableError
from onboard.control.messages import NoteAccess, Refusal, Reply, Signed
from onboard.control.messages import Request as Command

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kiosk:
    """The tools of every route."""

    config: Config
    pages: Pages
    control: ControlClient
    feed: Feed
    queue: Queue
    spool: Spool
    ways: tuple[Way, ...]

    async def order(self, command: Command, by: str = "") -> Reply:
        """Ask the daemon for something, then look at the bike so that the next page shows it.

        `by` is the mediator's or token's word for the audit journal.

        Raises:
            RefusedError: the daemon refused; the sentence says why.
            DaemonUnreachableError: there was no answer.
        """
        reply = await self.control.ask(Signed(by=by, request=command) if by else command)
        if reply.refusal is not None:
            raise RefusedError(reply.refusal)
        await self.feed.look()
        return reply

    async def note(self, change: NoteAccess, by: str) -> None:
        """Have a change of who may enter written down; it holds even if nobody is there to write."""
        try:
            await self.control.ask(Signed(by=by, request=change))
        except DaemonUnreachableError as error:
            log.warning("The audit journal misses %s by %s: %s", change.change, by, error)


class RefusedError(JobError):
    """The daemon refused a command."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code, Sentence(refusal.text_fr, refusal.text_en))


def kiosk_of(request: Request) -> Kiosk:
    """The tools that the application was made with."""
    kiosk: Kiosk = request.app.state.kiosk
    return kiosk


KioskHere = Annotated[Kiosk, Depends(kiosk_of)]
JobId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
