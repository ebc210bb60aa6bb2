"""No page asks who a child is: every field that exists is on this list, with what it is for."""

import re

import httpx
import pytest

FIELD = re.compile(r"<(?:input|select|textarea)\b[^>]*>")
NAME = re.compile(r'\bname="([^"]*)"')
PERSONAL = re.compile(
    r"e-?mail|phone|tel\b|adresse|address|birth|naissance|school|école|nom de famille|surname|age\b|âge|"
    r"autocomplete=\"(?!off|one-time-code)",
    re.IGNORECASE,
)
KEY = "key"


def fields(page: httpx.Response) -> list[str]:
    """Every field of a page as it is written."""
    assert page.status_code == 200
    return FIELD.findall(page.text)


async def ways(client: httpx.AsyncClient) -> list[str]:
    """The addresses of all ways in, from the home page itself."""
    return re.findall(r'class="choice" href="([^"]+)"', (await client.get("/")).text)


async def test_no_field_asks_for_a_person(client: httpx.AsyncClient) -> None:
    """On every way in, no field's name, kind or label is about a person."""
    addresses = await ways(client)
    assert len(addresses) >= 4
    for address in ["/", *addresses, "/efface", "/ecran"]:
        for field in fields(await client.get(address)):
            kind = re.search(r'type="([^"]*)"', field)
            assert kind is None or kind[1] not in {"email", "tel", "password", "date"}, (address, field)
            assert not PERSONAL.search(field), (address, field)


async def test_a_word_field_remembers_nobody(client: httpx.AsyncClient) -> None:
    """The browser is told not to offer what the child before has typed."""
    for address in await ways(client):
        for field in fields(await client.get(address)):
            kind = re.search(r'type="([^"]*)"', field)
            if field.startswith("<input") and (kind is None or kind[1] == "text"):
                assert 'autocomplete="off"' in field, (address, field)


@pytest.mark.parametrize("address", ["/fichier", "/telephone/{code}"])
async def test_a_file_comes_with_nothing_else(client: httpx.AsyncClient, address: str) -> None:
    """The forms for files hold a key and the file, no title and no author."""
    code = re.findall(r"/flux/fichier/([a-z2-7]{16})", (await client.get("/fichier")).text)[0]
    names = {NAME.findall(field)[0] for field in fields(await client.get(address.format(code=code)))}
    assert names <= {KEY, "file"}
