"""Who may ask what: four roles, one dependency a route, and a way to read it from the route again."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import RouteContext

from kiosk.access.login import COOKIE, Door, DoorHere, LoginNeededError, only_mediators
from kiosk.access.records import Scope

_SAFE: Final = frozenset({"GET", "HEAD"})


class Role(StrEnum):
    """What a route asks for. A mediator may do what tokens may, a token of `act` what one of `read` may."""

    ANYONE = "anyone"
    READ = "read"
    ACT = "act"
    MEDIATOR = "mediator"


_RANK: Final = {role: rank for rank, role in enumerate(Role)}
_OF_SCOPE: Final = {Scope.READ: Role.READ, Scope.ACT: Role.ACT}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a role, and the word that the audit journal keeps for whoever it is."""

    role: Role
    word: str = ""


class NotAllowedError(Exception):
    """Whoever asks is known, but this is not for them."""


@dataclass(frozen=True, slots=True)
class Needs:
    """A dependency that lets a request pass if its caller has the role, or a higher one."""

    role: Role

    async def __call__(self, request: Request, door: DoorHere) -> Caller:
        """Tell who asks.

        Raises:
            LoginNeededError: nobody that is known.
            NotAllowedError: somebody without this role.
        """
        if self.role is Role.ANYONE:
            return Caller(self.role)  # whatever has become of the list of mediators
        caller = caller_of(request, door)
        if _RANK[caller.role] >= _RANK[self.role]:
            request.state.who = caller.word
            return caller
        if caller.role is Role.ANYONE:
            raise LoginNeededError
        raise NotAllowedError


async def who_asks(request: Request) -> str:
    """The word for whoever asks, once a role has let them pass."""
    word: str = request.state.who
    return word


Who = Annotated[str, Depends(who_asks)]


def caller_of(request: Request, door: Door) -> Caller:
    """A script by its token, else a mediator by the session; a token that is worth nothing is nobody.

    A session orders only from our own pages, for browsers send it by themselves: the guard has compared the
    origin, if there is one.
    """
    shown = request.headers.get("authorization")
    if shown is not None:
        kind, _, words = shown.partition(" ")
        token = door.tokens.find(words.strip()) if kind.lower() == "bearer" else None
        return Caller(_OF_SCOPE[token.scope], token.id) if token is not None else Caller(Role.ANYONE)
    if request.method not in _SAFE and "origin" not in request.headers:
        return Caller(Role.ANYONE)
    mediator = door.who(request.cookies.get(COOKIE))
    return Caller(Role.MEDIATOR, mediator) if mediator is not None else Caller(Role.ANYONE)


def role_of(route: RouteContext) -> Role:
    """What a route asks for, as its own dependencies say it."""
    dependant = getattr(route, "dependant", None)
    roles = _roles(dependant) if isinstance(dependant, Dependant) else []
    return max([Role.ANYONE, *roles], key=_RANK.__getitem__)


def _roles(dependant: Dependant) -> list[Role]:
    found = [] if dependant.call is not only_mediators else [Role.MEDIATOR]
    if isinstance(dependant.call, Needs):
        found.append(dependant.call.role)
    return [*found, *(role for each in dependant.dependencies for role in _roles(each))]
