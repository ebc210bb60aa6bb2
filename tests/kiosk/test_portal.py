"""Phones that ask whether the Wi-Fi leads anywhere: answered word for word, and nothing more."""

import httpx
import pytest

from kiosk.portal import NAMES, QUESTIONS


@pytest.mark.parametrize(("host", "path"), sorted(QUESTIONS))
async def test_a_phone_hears_what_it_waits_for(client: httpx.AsyncClient, host: str, path: str) -> None:
    """Every documented question gets its own answer, by name, with or without port and last dot."""
    wanted = QUESTIONS[host, path]
    for name in (host, f"{host}:80", f"{host}.", host.upper()):
        answer = await client.get(path, headers={"Host": name})
        assert (answer.status_code, answer.text) == (wanted.status, wanted.body)
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("host", "path", "status", "body"),
    [
        ("connectivitycheck.gstatic.com", "/generate_204", 204, ""),
        ("captive.apple.com", "/hotspot-detect.html", 200, "<BODY>Success</BODY>"),
        ("www.msftconnecttest.com", "/connecttest.txt", 200, "Microsoft Connect Test"),
        ("www.msftncsi.com", "/ncsi.txt", 200, "Microsoft NCSI"),
        ("detectportal.firefox.com", "/success.txt", 200, "success"),
        ("network-test.debian.org", "/nm", 200, "NetworkManager is online"),
    ],
)
async def test_the_great_five_are_known(
    client: httpx.AsyncClient, host: str, path: str, status: int, body: str
) -> None:
    """Android, Apple, Windows, Firefox and Linux, written down here once more."""
    answer = await client.get(path, headers={"Host": host})
    assert answer.status_code == status
    assert body in answer.text


@pytest.mark.parametrize("host", sorted(NAMES))
@pytest.mark.parametrize("path", ["/prenom", "/mediateur", "/fichier"])
async def test_those_names_open_nothing_else(client: httpx.AsyncClient, host: str, path: str) -> None:
    """No page and no command is reached under a name that is not ours."""
    assert (await client.get(path, headers={"Host": host})).status_code == 421
    command = await client.post(path, headers={"Host": host, "Origin": f"http://{host}"})
    assert command.status_code == 421


async def test_our_own_pages_ask_whether_the_bike_is_there(client: httpx.AsyncClient) -> None:
    """The scripts' own question is answered under our names, and a press of stop is never taken for one."""
    assert (await client.get("/generate_204")).status_code == 204
    assert (await client.post("/generate_204")).status_code != 204
