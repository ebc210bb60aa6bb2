"""Who gets in: one PIN, no hints, no forged session, and a stop that asks for neither."""

import asyncio
import re
import time
from collections.abc import AsyncIterator

import httpx
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI

from drivers.types import DeviceKind, DeviceState
from kiosk.access.book import AccessBook
from kiosk.access.login import COOKIE, LIFETIME_S, Door
from kiosk.access.secret import digest
from kiosk.app import create_app
from onboard.config import Config
from onboard.control.messages import (
    Accepted,
    BatteryView,
    BikeStatus,
    MachineView,
    Reply,
    Request,
    StopEverything,
)
from onboard.control.server import ControlServer

PIN = "13579"
OPEN = {"/mediateur/badge", "/mediateur/premier"}
"""Where people enter."""
BASE = "http://velo.example"
UNCONFIRMED = "Les machines n'ont pas confirmé l'arrêt."
HASH = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PIN)


@pytest.fixture
def guarded(config: Config) -> Config:
    """Settings with a PIN."""
    return config.model_copy(update={"kiosk": config.kiosk.model_copy(update={"mediator_pin_hash": HASH})})


@pytest.fixture
def app(guarded: Config) -> FastAPI:
    """A kiosk with a PIN and without a daemon."""
    return create_app(guarded)


@pytest.fixture
async def phone(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A phone that has not logged in."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=BASE, headers={"Origin": BASE}) as client:
        yield client


async def enter(phone: httpx.AsyncClient, pin: str = PIN) -> httpx.Response:
    """Type a PIN."""
    return await phone.post("/mediateur", data={"pin": pin})


async def test_the_right_pin_opens_a_session_in_a_guarded_cookie(phone: httpx.AsyncClient) -> None:
    """The cookie is out of reach for scripts and other sites, ends within 12 h, and is new at each login."""
    answer = await enter(phone)
    assert (answer.status_code, answer.headers["location"]) == (303, "/mediateur/maintenant")
    flags = answer.headers["set-cookie"].lower()
    assert "httponly" in flags
    assert "samesite=strict" in flags
    assert f"max-age={LIFETIME_S}" in flags
    assert LIFETIME_S <= 12 * 3600
    assert (await phone.get("/mediateur/maintenant")).status_code == 200
    first = phone.cookies[COOKIE]
    await enter(phone)
    assert phone.cookies[COOKIE] != first
    old = await phone.get("/mediateur/maintenant", headers={"Cookie": f"{COOKIE}={first}"})
    assert old.status_code == 303


async def test_wrong_and_locked_out_are_answered_alike(phone: httpx.AsyncClient) -> None:
    """After three mistakes even the right PIN gets, byte for byte, the answer of a wrong one."""
    wrong = [await enter(phone, pin) for pin in ("0000", "", "x" * 500)]
    right = await enter(phone)
    assert {answer.status_code for answer in [*wrong, right]} == {403}
    assert {answer.content for answer in [*wrong, right]} == {right.content}
    assert COOKIE not in phone.cookies


async def test_tries_at_the_same_time_count_one_by_one(phone: httpx.AsyncClient) -> None:
    """Twenty hands at once try no more than one hand does."""
    await asyncio.gather(*(enter(phone, f"{n:04}") for n in range(20)))
    assert (await enter(phone)).status_code == 403


async def test_leaving_ends_the_session_for_kept_cookies_too(phone: httpx.AsyncClient) -> None:
    """A cookie copied before is worth nothing after."""
    await enter(phone)
    kept = phone.cookies[COOKIE]
    assert (await phone.post("/mediateur/sortie")).status_code == 303
    assert COOKIE not in phone.cookies
    answer = await phone.get("/mediateur/file", headers={"Cookie": f"{COOKIE}={kept}"})
    assert answer.status_code == 303


async def forged(config: Config, phone: httpx.AsyncClient) -> dict[str, str]:
    """Cookies that are no session: none, nonsense, another bike's, changed, what the list keeps, ended."""
    await enter(phone)
    ended = phone.cookies[COOKIE]
    await phone.post("/mediateur/sortie")
    await enter(phone)
    good = phone.cookies[COOKIE]
    phone.cookies.clear()
    foreign = await Door(AccessBook(config.paths.state / "other"), HASH).enter(PIN)
    assert foreign is not None
    return {
        "none": "",
        "nonsense": "a.b.c",
        "foreign": foreign,
        "changed": f"{good[:-1]}{'A' if good[-1] != 'A' else 'B'}",
        "kept": digest(good),
        "ended": ended,
    }


def some(path: str) -> str:
    """A route's address with a plausible word at each of its places."""
    words = {"job_id": "0" * 32, "act": "annuler", "machine": "prusa", "name": "prusa"}
    return re.sub(r"{(\w+)}", lambda place: words.get(place[1], "1"), path)


async def test_no_mediator_route_answers_without_a_session(
    app: FastAPI, guarded: Config, phone: httpx.AsyncClient
) -> None:
    """Every route × every false session: pages lead to the PIN, orders are refused."""
    cookies = await forged(guarded, phone)
    routes = [
        (method.upper(), some(path))
        for path, methods in app.openapi()["paths"].items()
        if "/mediateur/" in path and path not in OPEN
        for method in methods
    ]
    assert len(routes) >= 14
    for method, path in routes:
        for name, cookie in cookies.items():
            answer = await phone.request(
                method, path, headers={"Cookie": f"{COOKIE}={cookie}"} if cookie else {}
            )
            wanted = {"GET": 303}.get(method, 403)
            assert answer.status_code == wanted, (method, path, name)
            assert answer.headers.get("location", "/mediateur") == "/mediateur"


@pytest.mark.parametrize("pin_hash", ["", "1234", "$argon2id$broken"])
async def test_without_a_pin_nobody_gets_in(config: Config, pin_hash: str) -> None:
    """The page asks for the first mediator, and no PIN works."""
    kiosk = config.kiosk.model_copy(update={"mediator_pin_hash": pin_hash})
    transport = httpx.ASGITransport(create_app(config.model_copy(update={"kiosk": kiosk})))
    async with httpx.AsyncClient(transport=transport, base_url=BASE, headers={"Origin": BASE}) as phone:
        assert "Premier démarrage" in (await phone.get("/mediateur")).text
        assert (await enter(phone, pin_hash)).status_code == 403


@pytest.mark.parametrize("locked", [False, True])
async def test_stop_needs_no_login_and_never_claims_too_much(phone: httpx.AsyncClient, locked: bool) -> None:
    """Without a daemon the answer is "no answer", at once, whoever asks and however often they failed."""
    for _ in range(5 if locked else 0):
        await enter(phone, "0000")
    assert (await phone.get("/stop")).status_code == 200
    answer = await phone.post("/stop")
    assert answer.status_code == 503
    assert UNCONFIRMED in answer.text
    assert 'action="/stop"' in answer.text


async def test_a_frozen_daemon_is_no_answer_within_two_seconds(
    guarded: Config, phone: httpx.AsyncClient
) -> None:
    """A daemon that takes the order and hangs must not keep anybody waiting."""

    async def freeze(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(4)
        writer.close()

    guarded.paths.run.mkdir()
    async with await asyncio.start_unix_server(freeze, guarded.paths.control_socket):
        began_s = time.monotonic()
        answer = await phone.post("/stop")
        assert time.monotonic() - began_s < 2.0
    assert answer.status_code == 503
    assert UNCONFIRMED in answer.text


@pytest.mark.parametrize("obeys", [True, False])
async def test_only_the_machines_own_state_confirms_a_stop(
    guarded: Config, phone: httpx.AsyncClient, obeys: bool
) -> None:
    """An order that was taken but not followed by a standing machine is no stop."""
    state = DeviceState.RUNNING

    async def answer(request: Request) -> Reply:
        nonlocal state
        if isinstance(request, StopEverything):
            state = DeviceState.STOPPED if obeys else state
            return Reply(accepted=Accepted())
        machine = MachineView(name="prusa", kind=DeviceKind.PRINTER, profile="i3", state=state)
        status = BikeStatus(
            bike="b",
            city="c",
            stopped=state is DeviceState.STOPPED,
            plan_version=1,
            machines=(machine,),
            battery=BatteryView(known=False),
        )
        return Reply(status=status)

    ready = asyncio.Event()
    serving = asyncio.create_task(ControlServer(guarded.paths.control_socket, answer).serve(ready.set))
    await ready.wait()
    reply = await phone.post("/stop", follow_redirects=True)
    serving.cancel()
    assert ("Les machines confirment" in reply.text) == obeys
    assert (UNCONFIRMED in reply.text) != obeys
    assert reply.status_code == (200 if obeys else 503)


@pytest.mark.parametrize("path", ["/", "/prenom", "/fichier", "/efface", "/nothing"])
async def test_participants_pages_have_no_stop(phone: httpx.AsyncClient, path: str) -> None:
    """A child never meets a machine command."""
    text = (await phone.get(path)).text
    assert "/stop" not in text
    assert "/mediateur" not in text


@pytest.mark.parametrize("path", ["/mediateur", "/stop", "/mediateur/maintenant", "/mediateur/halte"])
async def test_every_mediator_page_has_one_stop(phone: httpx.AsyncClient, path: str) -> None:
    """One red form on each page, before and after the login, without script and without a dialog."""
    if path.count("/") > 1:
        await enter(phone)
    text = (await phone.get(path)).text
    assert text.count('<form method="post" action="/stop"><button') == 1
