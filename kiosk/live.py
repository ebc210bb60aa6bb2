"""The live regions of a page: drawn once with the page and again in its event stream."""

from collections.abc import Awaitable, Callable

from fastapi import Request
from fastapi.responses import StreamingResponse

from jobs.errors import JobError
from kiosk.context import Kiosk
from kiosk.events import Moment, stream
from kiosk.i18n import language_of
from kiosk.pages import Context

Look = Callable[[Moment], Context]
"""What the templates of a page need to know at one moment."""


def live(kiosk: Kiosk, request: Request, look: Look, *names: str) -> StreamingResponse:
    """The event stream of a page with the regions `names`, each drawn from `regions/NAME.html`."""
    language = language_of(request)
    regions = regions_of(kiosk, language, look, *names)
    return StreamingResponse(stream(kiosk.feed, regions), media_type="text/event-stream")


def regions_of(
    kiosk: Kiosk, language: str, look: Look, *names: str
) -> Callable[[Moment], Awaitable[dict[str, str]]]:
    """A drawer of the regions `names`, and of the notice that every page has."""

    async def draw(moment: Moment) -> dict[str, str]:
        try:
            context = {"moment": moment, **look(moment)}
        except JobError as error:
            return {"notice": kiosk.pages.draw(language, "regions/gone.html", {"sentence": error.sentence})}
        return {
            name: kiosk.pages.draw(language, f"regions/{name}.html", context) for name in ("notice", *names)
        }

    return draw
