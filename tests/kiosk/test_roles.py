"""Role × route × method: whoever may not call an address is refused there, and nobody else is."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Final, get_args

import httpx
import pytest
from fastapi import FastAPI

from kiosk.access.login import COOKIE
from kiosk.access.records import COMMON, Scope
from kiosk.access.roles import Role
from kiosk.access.secret import HASHER, digest
from kiosk.api.acts import ACTS, NEVER
from kiosk.app import create_app
from onboard.config import Config
from onboard.control.messages import Request
from tests.kiosk.roles_table import AGREED, table, written

BASE: Final = "http://velo.example"
HASH: Final = HASHER.hash("13579")
METHODS: Final = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
LEAVE: Final = "/mediateur/sortie"
"""Tried last: it ends the mediator's session."""
UNSAFE: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
RANK: Final = tuple(Role)
WORDS: Final = {
    "job_id": "0" * 32,
    "halt_id": "0" * 32,
    "scope": "periode",
    "act": "annuler",
    "machine": "prusa",
    "mediator_id": "m-00000000",
    "token_id": "t-00000000",
    "address": "1",
}


@dataclass(frozen=True, slots=True)
class Hand:
    """Somebody who asks: what they show, and what it is worth on pages and at the interface."""

    name: str
    on_pages: Role
    on_api: Role
    shows: dict[str, str] = field(default_factory=dict)


@pytest.fixture
def app(config: Config) -> FastAPI:
    """A kiosk with a PIN and without a daemon; event streams end after their first word."""
    kiosk = config.kiosk.model_copy(update={"mediator_pin_hash": HASH})
    made = create_app(config.model_copy(update={"kiosk": kiosk}))
    made.state.kiosk.feed.close()
    return made


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that keeps no cookie of its own."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE) as browser:
        yield browser


def hands(app: FastAPI) -> list[Hand]:
    """Everybody there is, and everybody who only pretends."""
    door, here = app.state.door, {"Origin": BASE}
    inside, over = (door._sessions.begin(COMMON, digest(HASH)) for _ in range(2))
    door.leave(over)
    (_, reads), (_, acts) = (door.tokens.make("script", scope, 1) for scope in Scope)
    revoked, gone = door.tokens.make("revoked", Scope.ACT, 1)
    door.tokens.revoke(revoked.id)

    def bearer(words: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {words}"}

    session = {"Cookie": f"{COOKIE}={inside}"}
    return [
        Hand("nobody", Role.ANYONE, Role.ANYONE, here),
        Hand("a script without a token", Role.ANYONE, Role.ANYONE),
        Hand("a session that is over", Role.ANYONE, Role.ANYONE, {**here, "Cookie": f"{COOKIE}={over}"}),
        Hand("a token that was revoked", Role.ANYONE, Role.ANYONE, {**here, **bearer(gone)}),
        Hand("a token instead of a cookie", Role.ANYONE, Role.ANYONE, {**here, "Cookie": f"{COOKIE}={acts}"}),
        Hand("a token that reads", Role.ANYONE, Role.READ, bearer(reads)),
        Hand("a token that acts", Role.ANYONE, Role.ACT, bearer(acts)),
        Hand("a session that another site uses", Role.MEDIATOR, Role.ANYONE, session),
        Hand("a mediator", Role.MEDIATOR, Role.MEDIATOR, {**here, **session}),
    ]


def some(path: str) -> str:
    """A route's address with a plausible word at each of its places."""
    return re.sub(r"{(\w+)}", lambda place: WORDS.get(place[1], "1"), path)


def wanted(hand: Hand, method: str, path: str, role: Role | None) -> set[int]:
    """The only statuses with which this hand may be refused here; empty when it is not to be refused."""
    is_api = path.startswith("/api/")
    if method in UNSAFE and "Origin" not in hand.shows and not is_api:
        return {403}
    if role is None:
        return {405}
    has = hand.on_api if is_api else hand.on_pages
    if is_api and method not in UNSAFE and "session" in hand.name and hand.on_pages is Role.MEDIATOR:
        has = Role.MEDIATOR  # other sites may send a GET, and cannot read the answer
    if RANK.index(has) >= RANK.index(role):
        return set()
    if is_api:
        return {401} if has is Role.ANYONE else {403}
    return {303} if method == "GET" else {403}


def is_wrong(answer: httpx.Response, refusals: set[int]) -> bool:
    """Whether somebody got through, was sent to the wrong place, or was refused for nothing."""
    to_login = answer.headers.get("location") == "/mediateur"
    if refusals:
        return answer.status_code not in refusals or (answer.status_code == 303 and not to_login)
    return answer.status_code in {401, 405, 500} or (answer.status_code == 403 and not is_entry(answer))


def is_entry(answer: httpx.Response) -> bool:
    """Whether a refusal is that of a wrong PIN, badge or set-up code."""
    return answer.request.url.path in {"/mediateur", "/mediateur/badge", "/mediateur/premier"}


def test_the_table_is_the_one_that_was_agreed(app: FastAPI) -> None:
    """A new address needs its line in roles.txt: see roles_table.py."""
    assert written(table(app)) == AGREED.read_text(encoding="utf-8")


def test_every_command_is_an_act_or_is_none_for_a_reason() -> None:
    """A message that is added to the control socket is no address by itself, nor is it forgotten."""
    offered = [act.command for act in ACTS]
    assert len(offered) == len(set(offered))
    assert set(offered) | set(NEVER) == set(flat(Request))
    assert not set(offered) & set(NEVER)


def flat(union: object) -> list[type]:
    """The members of a union of unions."""
    parts = get_args(union)
    return (
        [each for part in parts for each in flat(part)]
        if parts
        else [union]
        if isinstance(union, type)
        else []
    )


def test_no_token_starts_heats_or_arms() -> None:
    """What a script may order is a closed list; arming is on no list at all."""
    scripts = {act.op for act in ACTS if act.role is not Role.MEDIATOR}
    stops = {"refuse", "pause", "cancel", "close-halt", "cool", "end-errand", "stop-robot", "take-back-robot"}
    assert scripts == stops | {"favour", "promise", "place", "judge"}
    assert "arm" not in {act.op for act in ACTS}


async def test_role_by_route_by_method(app: FastAPI, client: httpx.AsyncClient) -> None:
    """Every hand at every address of the application, by every method; no unexpected success."""
    roles, everybody = table(app), hands(app)
    tried, wrong = 0, []
    for path in sorted({path for _, path in roles}, key=lambda path: (path == LEAVE, path)):
        for method in METHODS:
            role = roles.get((method, path))
            for hand in everybody if role is not None else (everybody[0], everybody[-1]):
                answer = await client.request(method, some(path), headers=hand.shows)
                tried += 1
                if is_wrong(answer, wanted(hand, method, path, role)):
                    wrong.append((hand.name, method, path, answer.status_code))
    assert wrong == []
    assert tried > 2000
