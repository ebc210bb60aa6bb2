"""Says every error that a route may raise: as a page with a sentence, or as JSON to a program."""

from dataclasses import dataclass
from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from jobs.errors import DesignRefusedError, JobError, Sentence, StoreError, UnknownJobError
from kiosk.access.login import LoginNeededError
from kiosk.access.roles import NotAllowedError
from kiosk.pages import Pages
from kiosk.spool import SpoolError
from onboard.control.client import DaemonUnreachableError

API: Final = "/api/"
MEDIATOR: Final = "/mediateur"
LOGIN_NEEDED: Final = "login-needed"
_STATUS: Final[dict[type[JobError], int]] = {UnknownJobError: 404, StoreError: 503, DesignRefusedError: 422}
_NOT_FOUND: Final = Sentence(
    "Cette page n'existe pas. Reviens à l'accueil.", "There is no such page. Go back to the start."
)
_NOT_UNDERSTOOD: Final = Sentence(
    "Il manque quelque chose, ou c'est trop long. Reviens en arrière et essaie encore.",
    "Something is missing or too long. Go back and try again.",
)
_LOGIN_NEEDED: Final = Sentence(
    "Votre connexion est terminée : entrez de nouveau le code.",
    "Your session has ended: enter the PIN again.",
)
_NO_TOKEN: Final = Sentence(
    "Montrez une clé du vélo (Authorization: Bearer), ou entrez comme médiateur.",
    "Show a token of this bike (Authorization: Bearer), or enter as a mediator.",
)
_NOT_ALLOWED: Final = Sentence(
    "Cette clé ne le permet pas : seul un médiateur le décide, sur sa page.",
    "This token does not allow it: only a mediator decides it, on a page.",
)
_CODES: Final = {404: "not-found", 405: "no-such-method", 413: "too-large", 422: "not-understood"}


_KINDS: Final = (
    DaemonUnreachableError,
    JobError,
    SpoolError,
    ValidationError,
    RequestValidationError,
    LoginNeededError,
    NotAllowedError,
    HTTPException,
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """What went wrong: a status, a stable word, and a sentence."""

    status: int
    code: str
    sentence: Sentence


_NOBODY: Final = Trouble(403, LOGIN_NEEDED, _LOGIN_NEEDED)
_SOMEBODY_ELSE: Final = Trouble(403, "not-allowed", _NOT_ALLOWED)


def say_errors(app: FastAPI, pages: Pages) -> None:
    """Teach an application to say what went wrong and what to do next."""

    async def say(request: Request, error: Exception) -> Response:
        return _answer(request, pages, trouble_of(error))

    for kind in _KINDS:
        app.add_exception_handler(kind, say)


def trouble_of(error: Exception) -> Trouble:
    """What an error comes to."""
    match error:
        case DaemonUnreachableError():
            return Trouble(503, "no-answer", error.sentence)
        case JobError():
            status = next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 409)
            return Trouble(status, error.code, error.sentence)
        case SpoolError():
            return Trouble(error.status, "not-stored", error.sentence)
        case LoginNeededError() | NotAllowedError():
            return _NOBODY if isinstance(error, LoginNeededError) else _SOMEBODY_ELSE
        case HTTPException(status_code=status) if (
            status != 400
        ):  # a body that cannot be read is like any other
            sentence = _NOT_FOUND if status in {404, 405} else _NOT_UNDERSTOOD
            return Trouble(status, _CODES.get(status, "refused"), sentence)
        case _:
            return Trouble(422, _CODES[422], _NOT_UNDERSTOOD)


def _answer(request: Request, pages: Pages, trouble: Trouble) -> Response:
    """JSON for a program, the PIN for a page without a session, else a page with the sentence."""
    path, sentence = request.url.path, trouble.sentence
    if path.startswith(API) and trouble.code == LOGIN_NEEDED:
        told = {"code": LOGIN_NEEDED, "text_fr": _NO_TOKEN.fr, "text_en": _NO_TOKEN.en}
        return JSONResponse(told, 401, {"WWW-Authenticate": "Bearer"})
    if path.startswith(API):
        told = {"code": trouble.code, "text_fr": sentence.fr, "text_en": sentence.en}
        return JSONResponse(told, trouble.status)
    if trouble.code == LOGIN_NEEDED and request.method == "GET":
        return RedirectResponse(MEDIATOR, 303)
    if path.startswith(MEDIATOR) or trouble.code == LOGIN_NEEDED:  # the stop button stays in reach
        context = {"tab": "", "sentence": sentence, "back": MEDIATOR}
        return pages.page(request, "mediator/trouble.html", trouble.status, context)
    return pages.trouble(request, trouble.status, sentence)
