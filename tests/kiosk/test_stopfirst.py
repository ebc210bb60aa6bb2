"""A press on the red button leaves for the machines before anything else is done with it."""

import httpx
import pytest

from onboard.config import Config
from onboard.control.stoplane import stop_lane


async def presses(config: Config, client: httpx.AsyncClient, method: str, path: str, **headers: str) -> int:
    """Ask the kiosk for something, and return how many stops came through the lane by its end."""
    heard: list[str] = []
    with stop_lane(config.paths.stop_socket, lambda: heard.append("stop")):
        await client.request(method, path, headers=headers)
    return len(heard)


async def test_a_stop_is_out_although_nobody_answers_it(config: Config, client: httpx.AsyncClient) -> None:
    """The control socket is not there, the page says "no answer": the machines were told all the same."""
    assert await presses(config, client, "POST", "/stop") == 1


@pytest.mark.parametrize(("method", "path"), [("GET", "/stop"), ("POST", "/prenom"), ("POST", "/stop/")])
async def test_nothing_else_stops(config: Config, client: httpx.AsyncClient, method: str, path: str) -> None:
    """To look at the button is not to press it."""
    assert await presses(config, client, method, path) == 0


@pytest.mark.parametrize("stranger", [{"Origin": "http://evil.example"}, {"Host": "evil.example"}])
async def test_a_strange_page_stops_nothing(
    config: Config, client: httpx.AsyncClient, stranger: dict[str, str]
) -> None:
    """The guard stands before the lane."""
    assert await presses(config, client, "POST", "/stop", **stranger) == 0
