"""What every answer carries and what no request gets past."""

import httpx
import pytest

PAGES = ["/", "/prenom", "/fichier", "/efface", "/nothing-here", "/ticket/" + "0" * 32, "/icone.svg"]
COMMANDS = ["/prenom", "/fichier", *(f"/{word}/{'0' * 32}" for word in ("envoyer", "recommencer", "effacer"))]


@pytest.mark.parametrize("path", PAGES)
async def test_every_answer_is_guarded(client: httpx.AsyncClient, path: str) -> None:
    """A page may load only from the bike, is never guessed at, framed or kept."""
    answer = await client.get(path)
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "server" not in answer.headers
    assert "<script>" not in answer.text
    assert " style=" not in answer.text


@pytest.mark.parametrize("path", COMMANDS)
@pytest.mark.parametrize("origin", [None, "null", "http://elsewhere.example", "https://127.0.0.1"])
async def test_commands_from_elsewhere_are_refused(
    client: httpx.AsyncClient, path: str, origin: str | None
) -> None:
    """Another site cannot press our buttons."""
    del client.headers["Origin"]
    headers = {} if origin is None else {"Origin": origin}
    answer = await client.post(path, headers=headers, data={"key": "12345678", "text": "x"})
    assert answer.status_code == 403
    assert "default-src 'self'" in answer.headers["content-security-policy"]


async def test_a_command_from_our_page_reaches_the_bike(client: httpx.AsyncClient) -> None:
    """The same command with our own origin gets as far as the daemon, which is not there."""
    answer = await client.post("/prenom", data={"key": "12345678", "text": "Léo"})
    assert answer.status_code == 503
    assert "Le vélo ne répond pas" in answer.text


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"key": "12345678", "text": ""},
        {"key": "12345678", "text": " \t "},
        {"key": "12345678", "text": "x" * 17},
        {"key": "12345678", "text": "a\x00b"},
        {"key": "12345678", "text": "Léo", "width_mm": "wide"},
        {"key": "12345678", "text": "Léo", "name": "Léo"},
        {"key": "short", "text": "Léo"},
        {"key": "../../../etc", "text": "Léo"},
    ],
)
async def test_a_wrong_form_gets_a_sentence(client: httpx.AsyncClient, fields: dict[str, str]) -> None:
    """What is missing, too long or unknown is said, and nothing is asked of the bike."""
    answer = await client.post("/prenom", data=fields)
    assert answer.status_code == 422
    assert any(words in answer.text for words in ("Ce réglage n&#39;existe pas ici.", "Écris "))


async def test_a_form_is_never_large(client: httpx.AsyncClient) -> None:
    """A body without end is cut, declared or not."""
    answer = await client.post("/prenom", data={"key": "12345678", "text": "x" * 100_000})
    assert answer.status_code == 413


@pytest.mark.parametrize("job", ["0" * 31, "0" * 33, "G" * 32, "A" * 32, "%2e%2e%2f", "'" * 32])
@pytest.mark.parametrize("page", ["verifier", "ticket", "forme", "image", "flux/ticket"])
async def test_only_a_job_id_names_a_job(client: httpx.AsyncClient, page: str, job: str) -> None:
    """Nothing else reaches the queue or the disk."""
    assert (await client.get(f"/{page}/{job}")).status_code in {404, 422}


async def test_no_parameter_sends_anybody_away(client: httpx.AsyncClient) -> None:
    """The language link stays on its page, whatever else stands in the address."""
    answer = await client.get("/?langue=en&next=//elsewhere.example&url=http://elsewhere.example")
    assert answer.status_code == 200
    assert "elsewhere" not in answer.text
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("langue=en")
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


@pytest.mark.parametrize(
    "host",
    ["localhost:8080", "127.0.0.1", "192.168.4.1:8080", "[::1]:8080", "DIPbike.local", "velo.example:80"],
)
async def test_the_bike_answers_to_its_names(client: httpx.AsyncClient, host: str) -> None:
    """Addresses, local names and the public one."""
    assert (await client.get("/", headers={"Host": host})).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "velo.example.evil.example", "local", "127.0.0.1.evil.example", "", "[::1", "@", "a b"],
)
async def test_a_foreign_name_reaches_nothing(client: httpx.AsyncClient, host: str) -> None:
    """A site that points its own name at the bike reads no page and gives no command."""
    answer = await client.get("/mediateur", headers={"Host": host})
    command = await client.post("/stop", headers={"Host": host, "Origin": f"http://{host}"})
    assert (answer.status_code, command.status_code) == (421, 421)
    assert "public_url" in answer.text


async def test_what_was_wrong_can_be_written_anew(client: httpx.AsyncClient) -> None:
    """The page that refuses a form leads back to it, not only to the start."""
    answer = await client.post("/prenom", data={"key": "12345678", "text": "   "})
    assert answer.status_code == 422
    assert '<a class="button main" href="/prenom">' in answer.text
