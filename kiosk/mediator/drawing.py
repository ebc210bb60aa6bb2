"""The live regions of the mediator's pages: small, so that a button is redrawn only when it changes."""

from collections.abc import Callable, Mapping

from fastapi import Request
from fastapi.responses import StreamingResponse

from jobs.errors import JobError
from kiosk.context import Kiosk
from kiosk.events import Moment, stream
from kiosk.i18n import language_of
from kiosk.pages import Context

Regions = Mapping[str, tuple[str, Context]]
"""The template in `regions/` and what it shows, by the region's name on its page."""


def live_regions(kiosk: Kiosk, request: Request, look: Callable[[Moment], Regions]) -> StreamingResponse:
    """The event stream of a page whose regions `look` describes at each moment."""
    language = language_of(request)

    async def draw(moment: Moment) -> dict[str, str]:
        try:
            regions = look(moment)
        except JobError as error:
            regions = {"notice": ("gone", {"sentence": error.sentence})}
        return {
            name: kiosk.pages.draw(language, f"regions/{template}.html", context)
            for name, (template, context) in regions.items()
        }

    return StreamingResponse(stream(kiosk.feed, draw), media_type="text/event-stream")
