"""Stands before every page: who asks, and may they; everybody else is shown to the public page."""

import logging
import secrets
from dataclasses import dataclass
from typing import Final

from fastapi import Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse

from city.access.accounts import AccountError, Accounts
from city.access.sessions import Sessions
from city.access.settings import AccessSettings

_LOG: Final = logging.getLogger(__name__)
COOKIE: Final = "dipbike-city"
LOGIN: Final = "/connexion"
PUBLIC: Final = "/public"
_OPEN: Final = (PUBLIC, LOGIN, "/static/", "/donnees/", "/sante")
_FORWARDED: Final = ("x-forwarded-for", "forwarded", "x-real-ip")
_CLOSED: Final = (
    "This server of the DIPbikes has no login yet and answers its own computer only.\n"
    "Ce serveur n'a pas encore de connexion : il ne répond qu'à son propre ordinateur.\n"
)


@dataclass(frozen=True, slots=True)
class Guard:
    """Tells staff, programs with the token and the public apart."""

    settings: AccessSettings
    sessions: Sessions

    def person(self, request: Request) -> str | None:
        """Who asks; None for the public. Only the city's own proxy is believed when it names somebody."""
        peer = request.client.host if request.client else ""
        if self.settings.is_proxy(peer) and (name := request.headers.get(self.settings.header, "").strip()):
            return name[:64]
        if self.settings.accounts is None:
            return None
        found = self.sessions.whose(request.cookies.get(COOKIE, ""))
        try:
            return found if found and found in Accounts(self.settings.accounts).names() else None
        except AccountError as error:
            _LOG.error("%s Nobody can enter.", error)
            return None

    def has_token(self, request: Request) -> bool:
        """Whether a program shows the secret of `--token-file`."""
        word, _, token = request.headers.get("authorization", "").partition(" ")
        held = self.settings.token
        return (
            bool(held) and word.lower() == "bearer" and secrets.compare_digest(token.encode(), held.encode())
        )

    def stop(self, request: Request) -> Response | None:
        """The answer to whom may not pass; None lets the request through."""
        if not self.settings.has_login:
            came_by_proxy = any(name in request.headers for name in _FORWARDED)
            return PlainTextResponse(_CLOSED, 403) if came_by_proxy else None
        person = self.person(request)
        state = request.state
        state.person = person or ""
        state.can_leave = bool(person) and COOKIE in request.cookies
        state.can_enter = person is None and self.settings.accounts is not None
        state.is_public = person is None
        path = request.url.path
        if person is not None or path.startswith(_OPEN) or self.has_token(request):
            return None
        if path == "/":
            wish = request.query_params.get("langue")
            return RedirectResponse(f"{PUBLIC}?langue={wish}" if wish in {"fr", "en"} else PUBLIC, 303)
        if self.settings.accounts is not None and "text/html" in request.headers.get("accept", ""):
            return RedirectResponse(LOGIN, 303)
        return PlainTextResponse("This needs a login, or the token of a program.\n", 401)
