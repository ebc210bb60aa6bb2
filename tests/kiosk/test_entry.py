"""How mediators come to be: the first start, badges, the team's page, and their names in the journal only."""

import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI

from jobs.store.accounts import Act
from jobs.store.queue import Store
from kiosk.access.book import AccessBook
from kiosk.access.login import COOKIE
from kiosk.access.people import People
from kiosk.app import create_app
from onboard.config import Config
from tests.kiosk.conftest import serving

TABLET = ("192.168.4.20", 40_000)


@asynccontextmanager
async def browser(
    app: FastAPI, base: str = "http://velo.example", client: tuple[str, int] = TABLET, **headers: str
) -> AsyncIterator[httpx.AsyncClient]:
    """A browser at an address, which calls the bike by a name."""
    transport = httpx.ASGITransport(app, client=client)
    async with httpx.AsyncClient(
        transport=transport, base_url=base, headers={"Origin": base, **headers}
    ) as opened:
        yield opened


@pytest.fixture
def app(config: Config) -> FastAPI:
    """A kiosk that nobody has set up."""
    return create_app(config)


def code_of(text: str) -> str:
    """The set-up code that a page shows, empty for none."""
    (shown,) = re.findall(r'id="setup-code" name="code" value="([^"]*)"', text)
    return str(shown)


def secrets_of(text: str) -> tuple[str, str]:
    """The PIN and the badge that a page shows."""
    pin, badge = (
        re.search(r"<code>(\d{3} \d{3})</code>", text),
        re.search(r"(?:[A-Z2-7]{4} ){6}[A-Z2-7]{2}", text),
    )
    assert pin is not None
    assert badge is not None
    return pin[1].replace(" ", ""), badge[0]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8080", "[::1]:8080"])
async def test_only_the_bikes_own_screen_shows_the_code_of_the_first_start(app: FastAPI, host: str) -> None:
    """Neither a tablet, whatever it says of itself, nor a proxy on the bike shows it."""
    async with browser(app, f"http://{host}", ("127.0.0.1", 1)) as screen:
        code = code_of((await screen.get("/mediateur")).text)
    assert len(code.replace(" ", "")) == 8
    liars = [
        browser(app, f"http://{host}"),
        browser(app, client=("127.0.0.1", 1)),
        browser(app, f"http://{host}", ("127.0.0.1", 1), **{"X-Forwarded-For": "192.168.4.20"}),
        browser(app, f"http://{host}", ("127.0.0.1", 1), Forwarded="for=192.168.4.20"),
    ]
    for liar in liars:
        async with liar as tablet:
            page = await tablet.get("/mediateur")
            assert code_of(page.text) == ""
            assert code not in page.text


async def test_the_first_mediator_needs_the_code_and_is_the_only_first_one(
    app: FastAPI, config: Config
) -> None:
    """A wrong code makes wait; with the right one somebody is in at once, and the way is closed for good."""
    code = People(AccessBook(config.paths.kiosk_state), "").setup_code()
    async with browser(app) as tablet:
        for guess in ("", "AAAA AAAA"):
            answer = await tablet.post("/mediateur/premier", data={"code": guess, "name": "Zoé"})
            assert answer.status_code == 403
        badly = await tablet.post("/mediateur/premier", data={"code": code, "name": "Zoé Martin"})
        assert badly.status_code == 403
        assert "Un seul mot" in badly.text
        page = await tablet.post("/mediateur/premier", data={"code": code.lower(), "name": "Zoé"})
        pin, badge = secrets_of(page.text)
        assert (await tablet.get("/mediateur/equipe")).status_code == 200
        again = await tablet.post("/mediateur/premier", data={"code": code, "name": "Pirate"})
        assert (again.status_code, again.headers["location"]) == (303, "/mediateur")
    async with browser(app) as other:
        assert "Premier" not in (await other.get("/mediateur")).text
        assert (await other.post("/mediateur", data={"pin": pin})).status_code == 303
    async with browser(app) as phone:
        assert (await phone.post("/mediateur/badge", data={"code": badge})).status_code == 303
        assert "Zoé" in (await phone.get("/mediateur/equipe")).text
    assert [each.name for each in AccessBook(config.paths.kiosk_state).mediators()] == ["Zoé"]


async def test_codes_of_the_first_start_cannot_be_tried_at_will(app: FastAPI, config: Config) -> None:
    """After three mistakes the right one waits like a wrong one."""
    code = People(AccessBook(config.paths.kiosk_state), "").setup_code()
    async with browser(app) as tablet:
        for _ in range(3):
            await tablet.post("/mediateur/premier", data={"code": "AAAAAAAA", "name": "Zoé"})
        answer = await tablet.post("/mediateur/premier", data={"code": code, "name": "Zoé"})
    assert answer.status_code == 403
    assert AccessBook(config.paths.kiosk_state).mediators() == []


async def test_mediators_add_renew_and_remove_each_other(app: FastAPI, config: Config) -> None:
    """Whoever renews their own badge stays in on this phone; whoever is removed is out at once."""
    people = People(AccessBook(config.paths.kiosk_state), "")
    zoe = people.add("Zoé")
    async with browser(app) as phone, browser(app) as other:
        await phone.post("/mediateur/badge", data={"code": zoe.badge})
        pin, _ = secrets_of((await phone.post("/mediateur/equipe/ajouter", data={"name": "Bleu"})).text)
        assert (await phone.post("/mediateur/equipe/ajouter", data={"name": "bleu"})).status_code == 409
        assert (await other.post("/mediateur", data={"pin": pin})).status_code == 303
        before = phone.cookies[COOKIE]
        await phone.post(f"/mediateur/equipe/{zoe.mediator.id}/renouveler")
        assert phone.cookies[COOKIE] != before
        assert (await phone.get("/mediateur/equipe")).status_code == 200
        kept = await other.get("/mediateur/equipe", headers={"Cookie": f"{COOKIE}={before}"})
        bleu = people.named("bleu").id
        assert (await phone.post(f"/mediateur/equipe/{bleu}/retirer")).status_code == 303
        assert (await other.get("/mediateur/equipe")).status_code == 303
        last = await phone.post(f"/mediateur/equipe/{zoe.mediator.id}/retirer")
        assert last.status_code == 409
        assert "dernier" in last.text
    assert kept.status_code == 303


async def test_tokens_are_made_and_revoked_on_the_page(app: FastAPI, config: Config) -> None:
    """The token is shown once; the list has its label, and revoking takes it away."""
    zoe = People(AccessBook(config.paths.kiosk_state), "").add("Zoé")
    async with browser(app) as phone:
        await phone.post("/mediateur/badge", data={"code": zoe.badge})
        form = {"label": "hall", "scope": "act", "days": "30"}
        page = await phone.post("/mediateur/cles/faire", data=form)
        (words,) = re.findall(r"dipbike_[\w-]{43}", page.text)
        team = (await phone.get("/mediateur/equipe")).text
        assert words not in team
        (token,) = app.state.door.tokens.every()
        assert (token.label, app.state.door.tokens.find(words)) == ("hall", token)
        assert token.id in team
        assert (await phone.post(f"/mediateur/cles/{token.id}/revoquer")).status_code == 303
        assert app.state.door.tokens.find(words) is None
        assert (await phone.post(f"/mediateur/cles/{token.id}/revoquer")).status_code == 409
        assert (await phone.post("/mediateur/cles/faire", data={**form, "days": "9999"})).status_code == 409


async def test_the_journal_names_mediators_and_only_the_journal(app: FastAPI, config: Config) -> None:
    """A pseudonym, the common PIN, somebody who was removed; what the bike's queue holds is no name."""
    book = AccessBook(config.paths.kiosk_state)
    zoe = People(book, "").add("Zoé-canari")
    config.paths.state.mkdir(parents=True)
    store = Store.open(config.paths.jobs_database, lambda: 1e9)
    for signed in (zoe.mediator.id, "m-ffffffff", "pin", ""):
        store.keep_act(Act(1e9, "approve", signed=signed))
    store.close()
    async with browser(app) as phone:
        await phone.post("/mediateur/badge", data={"code": zoe.badge})
        text = (await phone.get("/mediateur/journal")).text
    for words in ("Zoé-canari", "Quelqu&#39;un qui n&#39;est plus", "code commun"):
        assert text.count(words) == 1
    for path in config.paths.state.rglob("*"):
        assert not path.is_file() or b"canari" not in path.read_bytes()


async def test_a_logout_outlives_a_restart_of_the_kiosk(config: Config) -> None:
    """A cookie that somebody kept is worth nothing in the next process either."""
    zoe = People(AccessBook(config.paths.kiosk_state), "").add("Zoé")
    async with serving(config) as phone:
        await phone.post("/mediateur", data={"pin": zoe.pin})
        kept = phone.cookies[COOKIE]
        assert (await phone.post("/mediateur/sortie")).status_code == 303
    async with serving(config) as phone:
        answer = await phone.get("/mediateur/maintenant", headers={"Cookie": f"{COOKIE}={kept}"})
        assert answer.status_code == 303


async def test_a_damaged_list_lets_nobody_in_and_holds_up_no_stop(app: FastAPI, config: Config) -> None:
    """Every page of the entry says so beside the red button; the stop goes its way, on page and interface."""
    path = AccessBook(config.paths.kiosk_state).path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"no database at all, but long enough to be looked at" * 30)
    config.paths.run.mkdir()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as lane:
        lane.bind(str(config.paths.stop_socket))
        lane.setblocking(False)
        async with browser(app) as phone:
            phone.cookies.set(COOKIE, "whatever")
            for method, address in (("GET", ""), ("POST", ""), ("POST", "/badge"), ("GET", "/equipe")):
                answer = await phone.request(method, "/mediateur" + address, data={"pin": "1", "code": "A"})
                assert answer.status_code == 503
                assert "vérifiez le disque" in answer.text
                assert 'action="/stop"' in answer.text
            assert "pas confirmé" in (await phone.post("/stop")).text
            assert (await phone.post("/api/v1/stop")).json() == {"confirmed": False}
        assert [lane.recv(16) for _ in range(2)] == [b"stop", b"stop"]
