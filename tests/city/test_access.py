"""Who may read what: staff by account or by proxy, programs by token, everybody the public page."""

import asyncio
from ipaddress import ip_network
from pathlib import Path

import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient

from city.access.accounts import AccountError, Accounts
from city.access.sessions import LASTS_S, Sessions, Tries
from city.access.settings import AccessSettings
from city.app import create_app
from city.desk import Desk
from city.server import main
from city.store import open_engine, open_store
from tests.city.life import live

NOON_S = 1_795_345_200.0
PASSWORD = "quatre mots pour entrer"  # noqa: S105 - of a test
TOKEN = "a-program-of-the-city-knows-this"  # noqa: S105 - as above
CLOSED = (
    "/velo/creteil-1",
    "/historique",
    "/historique.csv",
    "/comparer",
    "/comparer.csv",
    "/bilan",
    "/bilan.csv",
)
CLOSED += ("/events", "/metrics", "/velos.geojson", "/ngsi-ld/v1/entities")
OPEN = ("/public", "/connexion", "/donnees/mois.json", "/donnees/haltes.csv", "/static/desk.css", "/sante")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A city with a year behind it, and its doors shutting so that streams end."""
    path = tmp_path_factory.mktemp("access") / "city.db"
    store = open_store(path)
    live(store, NOON_S)
    store.close()
    closing = asyncio.Event()
    closing.set()
    return Desk(open_engine(path, read_only=True), closing, lambda: NOON_S)


@pytest.fixture
def settings(tmp_path: Path) -> AccessSettings:
    """One account, one proxy, one token."""
    Accounts(tmp_path / "accounts").add("mairie", PASSWORD)
    return AccessSettings(tmp_path / "accounts", (ip_network("10.0.0.0/24"),), token=TOKEN)


def client(desk: Desk, settings: AccessSettings, peer: str = "192.0.2.1") -> TestClient:
    """Somebody at an address."""
    return TestClient(create_app(desk, settings), client=(peer, 5000), follow_redirects=False)


def test_the_public_reads_nothing_about_a_single_bike(desk: Desk, settings: AccessSettings):
    """Every closed address refuses; what is open names no bike and no small count."""
    stranger = client(desk, settings)
    assert {stranger.get(path).status_code for path in CLOSED} == {401}
    assert stranger.get("/").headers["location"] == "/public"
    assert stranger.get("/velo/x", headers={"accept": "text/html"}).headers["location"] == "/connexion"
    for path in OPEN:
        answer = stranger.get(path)
        assert answer.status_code == 200
        assert "creteil-1" not in answer.text
        assert "Créteil 1" not in answer.text


def test_a_right_password_opens_everything_and_leaving_closes_it(desk: Desk, settings: AccessSettings):
    """The cookie is out of reach of scripts and other sites; an account taken away is shut out at once."""
    person = client(desk, settings)
    answer = person.post("/connexion", data={"name": " Mairie", "password": PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert {person.get(path).status_code for path in CLOSED} == {200}
    assert settings.accounts is not None
    accounts = Accounts(settings.accounts)
    accounts.remove("mairie")
    assert person.get("/bilan").status_code == 401
    accounts.add("mairie", PASSWORD)
    assert person.get("/bilan").status_code == 200
    code = person.cookies["dipbike-city"]
    assert person.post("/deconnexion").headers["location"] == "/public"
    person.cookies.set("dipbike-city", code)
    assert person.get("/bilan").status_code == 401, "the code itself is worth nothing any more"


def test_a_form_of_another_site_enters_nobody(desk: Desk, settings: AccessSettings):
    """Right name, right password, wrong page."""
    other = {"origin": "https://evil.example"}
    answer = client(desk, settings).post(
        "/connexion", data={"name": "mairie", "password": PASSWORD}, headers=other
    )
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_wrong_passwords_wait_longer_and_longer(desk: Desk, settings: AccessSettings):
    """The sixth try of one name must wait, also with the right password; another name need not."""
    person = client(desk, settings)
    wrong = [person.post("/connexion", data={"name": "mairie", "password": "no"}) for _ in range(5)]
    assert {answer.status_code for answer in wrong} == {401}
    assert person.post("/connexion", data={"name": "mairie", "password": PASSWORD}).status_code == 429
    assert person.post("/connexion", data={"name": "autre", "password": "no"}).status_code == 401


@pytest.mark.parametrize(
    ("peer", "code"), [("10.0.0.7", 200), ("192.0.2.1", 401), ("testclient", 401), ("::1", 401)]
)
def test_only_the_proxy_may_name_a_person(desk: Desk, settings: AccessSettings, peer: str, code: int):
    """The header of anybody else is air, whatever address it claims to come from."""
    told = {"x-remote-user": "mairie", "x-forwarded-for": "10.0.0.7"}
    assert client(desk, settings, peer).get("/bilan", headers=told).status_code == code


def test_a_program_shows_its_token(desk: Desk, settings: AccessSettings):
    """Prometheus and maps read without a login; a wrong or missing token does not."""
    program = client(desk, settings)
    assert program.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"}).status_code == 200
    for wrong in (f"Bearer {TOKEN}x", "Bearer ", f"Basic {TOKEN}", "Bearer é".encode()):
        assert program.get("/metrics", headers={"authorization": wrong}).status_code == 401


def test_without_a_login_only_this_computer_is_served(desk: Desk):
    """Neither another address to listen on nor a proxy in front shows everything to everybody."""
    with pytest.raises(ValueError, match="this computer only"):
        AccessSettings().check("0.0.0.0")  # noqa: S104 - is refused
    AccessSettings().check("127.0.0.1")
    open_desk = client(desk, AccessSettings())
    assert open_desk.get("/bilan").status_code == 200
    assert open_desk.get("/bilan", headers={"x-forwarded-for": "203.0.113.9"}).status_code == 403


def test_accounts_are_made_by_a_command(tmp_path: Path):
    """Add, list, remove; the file holds no password and is nobody else's to read."""
    path = tmp_path / "accounts"

    def run(*words: str, typed: str = "") -> str:
        return CliRunner().invoke(main, ["--accounts", str(path), "account", *words], input=typed).output

    assert "may enter" in run("add", "mairie", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert run("list") == "mairie\n"
    assert path.stat().st_mode & 0o077 == 0
    assert PASSWORD not in path.read_text(encoding="utf-8")
    assert "$argon2id$" in path.read_text(encoding="utf-8")
    assert "12 signs" in run("add", "mairie", typed="short\nshort\n")
    assert Accounts(path).fits("mairie", PASSWORD)
    assert not Accounts(path).fits("nobody", PASSWORD)
    run("remove", "mairie")
    assert "no account" in run("remove", "mairie")
    path.write_text("garbage", encoding="utf-8")
    with pytest.raises(AccountError, match="cannot be read"):
        Accounts(path).names()


def test_sessions_and_waits_end_by_themselves():
    """Twelve hours, and at most a quarter of an hour."""
    now = [0.0]
    sessions, tries = Sessions(lambda: now[0]), Tries(lambda: now[0])
    code = sessions.begin("mairie")
    for _ in range(40):
        tries.failed("mairie")
    assert tries.wait_s("mairie") == 900.0
    now[0] = 900.0
    assert tries.wait_s("mairie") == 0.0
    assert sessions.whose(code) == "mairie"
    now[0] = LASTS_S
    assert sessions.whose(code) is None
