"""The big screen shows tickets, and nothing that a person brought or wrote."""

import secrets

import httpx
import pytest

from tests.kiosk.test_participant import job_of
from tests.kiosk.virtual_bike import Bike


async def test_the_screen_stands_without_a_bike(client: httpx.AsyncClient) -> None:
    """Nobody on the control socket, no queue: the page says so and does not fall over."""
    page = await client.get("/ecran")
    assert page.status_code == 200
    assert "Le vélo ne répond pas." in page.text
    assert "bike-idle" not in page.text


@pytest.mark.slicer
def test_the_crowd_sees_tickets_only(bike: Bike) -> None:
    """A sent object counts as looked at by the mediator; neither word nor picture of it is shown."""
    with bike.browser() as browser:
        word = {"key": secrets.token_hex(8), "text": "Philomène"}
        page = bike.ready(browser, browser.post("/prenom", data=word))
        browser.post(f"/envoyer/{job_of(page)}")
        screen = browser.get("/ecran")
        stream = ""
        with browser.stream("GET", "/flux/ecran") as events:
            stream = next(events.iter_text())
    for text in (screen.text, stream):
        assert "Le médiateur regarde" in text
        assert "Philomène" not in text
        assert job_of(page) not in text
        assert "/image/" not in text
