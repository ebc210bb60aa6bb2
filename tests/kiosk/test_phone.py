"""A file by phone: a short-lived code binds one phone to one tablet's page, and nothing is kept between."""

import re

import httpx
import pytest

from kiosk.codes import LIFETIME_S, TICK_S, is_fresh, key_of, new_code
from tests.kiosk.test_participant import STAR, job_of
from tests.kiosk.virtual_bike import Bike

START_S = 50_000.0


def fixed(count: int) -> bytes:
    """Random bytes that are none."""
    return b"\x07" * count


def test_a_code_lives_twenty_minutes() -> None:
    """Fresh from when it is made, not before, and no longer than its time; the wall clock plays no part."""
    code = new_code(START_S, fixed)
    assert re.fullmatch("[a-z2-7]{16}", code)
    assert is_fresh(code, START_S)
    assert is_fresh(code, START_S + LIFETIME_S - TICK_S)
    assert not is_fresh(code, START_S + LIFETIME_S + TICK_S)
    assert not is_fresh(code, START_S - TICK_S)


@pytest.mark.parametrize("code", ["", "a", "1" * 16, "é" * 16, "a" * 15, "a" * 17])
def test_what_is_no_code_is_not_fresh(code: str) -> None:
    """Whatever stands in an address leads to a sentence."""
    assert not is_fresh(code, 100.0)


def test_two_codes_of_one_moment_differ() -> None:
    """Nobody guesses the page of the next tablet."""
    assert len({new_code(START_S) for _ in range(1000)}) == 1000
    assert re.fullmatch("[A-Za-z0-9_-]{8,64}", key_of(new_code(START_S)))


@pytest.mark.parametrize("code", ["a" * 15, "A" * 16, "%2e%2e%2f", "1" * 16])
@pytest.mark.parametrize("page", ["telephone", "fichier", "flux/fichier"])
async def test_only_a_code_names_a_page(client: httpx.AsyncClient, page: str, code: str) -> None:
    """Nothing else reaches the queue."""
    assert (await client.get(f"/{page}/{code}")).status_code in {404, 422}


async def test_an_old_code_is_said_and_takes_nothing(client: httpx.AsyncClient) -> None:
    """A code of before the computer's start is no code any more."""
    old = new_code(2**24 * TICK_S - TICK_S, fixed)
    assert "Ce code est trop vieux." in (await client.get(f"/telephone/{old}")).text
    answer = await client.post(f"/telephone/{old}", files={"file": ("a.svg", STAR)})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/telephone/{old}")


def code_in(page: httpx.Response) -> str:
    """The code that a tablet's page shows."""
    found = re.search(r"/flux/fichier/([a-z2-7]{16})", page.text)
    assert found
    return found[1]


@pytest.mark.slicer
def test_a_phone_sends_and_the_tablet_goes_on(bike: Bike) -> None:
    """Without script: the phone's file is checked on the tablet, a second one changes nothing."""
    with bike.browser() as tablet, bike.browser() as phone:
        code = code_in(tablet.get("/fichier"))
        assert "Choisis ton fichier" in phone.get(f"/telephone/{code}").text
        sent = phone.post(f"/telephone/{code}", files={"file": ("étoile.svg", STAR)})
        assert "Ton fichier est arrivé" in sent.text
        job = job_of(tablet.get(f"/fichier/{code}"))
        assert f"/verifier/{job}" in sent.text
        again = phone.post(f"/telephone/{code}", files={"file": ("autre.svg", STAR)})
        assert f"/verifier/{job}" in again.text
        assert code_in(tablet.get("/fichier")) != code


@pytest.mark.slicer
def test_a_phones_wrong_file_is_explained_on_the_phone(bike: Bike) -> None:
    """The sentence leads back to the phone's own question, and the tablet still waits."""
    with bike.browser() as tablet, bike.browser() as phone:
        code = code_in(tablet.get("/fichier"))
        answer = phone.post(f"/telephone/{code}", files={"file": ("a.gcode", b"G28")})
        assert answer.status_code == 422
        assert f'href="/telephone/{code}"' in answer.text
        assert tablet.get(f"/fichier/{code}").url.path == f"/fichier/{code}"
