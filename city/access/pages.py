"""The login page: a name, a password, and a wait that grows with wrong ones."""

import asyncio
import math
from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from city.access.accounts import Accounts
from city.access.guard import COOKIE, LOGIN, PUBLIC, Guard
from city.access.sessions import LASTS_S, Tries
from city.pages.paper import Paper

Word = Annotated[str, Form(max_length=256)]
_AT_ONCE: Final = 2
"""Passwords that are checked side by side: each takes 19 MB and some milliseconds."""


def router(guard: Guard, tries: Tries, paper: Paper) -> APIRouter:
    """Enter and leave, where the city has accounts of its own."""
    routes = APIRouter()
    if guard.settings.accounts is not None:
        _add_entry(routes, guard, Door(Accounts(guard.settings.accounts), tries), paper)
        _add_exit(routes, guard)
    return routes


class Door:
    """Checks passwords, a few at a time, and lets names wait that were wrong too often."""

    def __init__(self, accounts: Accounts, tries: Tries) -> None:
        self._accounts = accounts
        self._room = asyncio.Semaphore(_AT_ONCE)
        self.tries = tries

    async def opens(self, name: str, password: str) -> bool:
        """Whether somebody may enter."""
        async with self._room:
            fits = await asyncio.to_thread(self._accounts.fits, name, password)
        if fits:
            self.tries.passed(name)
        else:
            self.tries.failed(name)
        return fits


def _add_entry(routes: APIRouter, guard: Guard, door: Door, paper: Paper) -> None:
    @routes.get(LOGIN, response_class=HTMLResponse)
    def form(request: Request) -> HTMLResponse:
        return _form(paper, request, 200)

    @routes.post(LOGIN)
    async def enter(request: Request, name: Word, password: Word) -> Response:
        name = name.strip().lower()
        if not comes_from_here(request):
            return _form(paper, request, 403, is_wrong=True)
        if wait_s := door.tries.wait_s(name):
            return _form(paper, request, 429, name=name, wait_min=math.ceil(wait_s / 60))
        if not await door.opens(name, password):
            return _form(paper, request, 401, name=name, is_wrong=True)
        return _entered(request, guard.sessions.begin(name))


def _add_exit(routes: APIRouter, guard: Guard) -> None:
    @routes.post("/deconnexion")
    def leave(request: Request) -> Response:
        answer = RedirectResponse(PUBLIC, 303)
        if comes_from_here(request):
            guard.sessions.end(request.cookies.get(COOKIE, ""))
            answer.delete_cookie(COOKIE)
        return answer


def _form(
    paper: Paper, request: Request, status: int, *, name: str = "", wait_min: int = 0, is_wrong: bool = False
) -> HTMLResponse:
    return paper.page(request, "login.html", status, name=name, wait_min=wait_min, is_wrong=is_wrong)


def _entered(request: Request, code: str) -> Response:
    """To the live page, with a cookie that goes over TLS only wherever TLS is used."""
    secure = request.url.scheme == "https" or request.headers.get("x-forwarded-proto") == "https"
    answer = RedirectResponse("/", 303)
    answer.set_cookie(COOKIE, code, int(LASTS_S), httponly=True, samesite="strict", secure=secure)
    return answer


def comes_from_here(request: Request) -> bool:
    """Whether a form was sent from one of our own pages; a browser always says from where."""
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host", "")
