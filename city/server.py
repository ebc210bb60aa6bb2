"""The city's server: `python -m city.server --mqtt-host BROKER --db city.db` receives and shows."""

import asyncio
import logging
import sys
from pathlib import Path
from types import FrameType
from typing import Any, Final

import click
import uvicorn

from city.access.account_command import account_command
from city.app import create_app
from city.crew import Crew
from city.desk import Desk
from city.doors.homeassistant import Announcer
from city.doors.push import Pusher
from city.housekeeper import Housekeeper
from city.link import LinkSettings
from city.options import PageOptions
from city.receiver import Receiver
from city.store import StoreError, open_engine, open_store

_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
_PATH: Final = click.Path(dir_okay=False, path_type=Path)


class _Server(uvicorn.Server):
    """Tells open event streams to end, for which uvicorn would wait."""

    def __init__(self, config: uvicorn.Config, closing: asyncio.Event) -> None:
        super().__init__(config)
        self._closing = closing

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._closing.set()
        super().handle_exit(sig, frame)


@click.group(invoke_without_command=True)
@click.option("--mqtt-host", "host", help="Name or address of the broker.")
@click.option("--mqtt-port", "port", default=8883, show_default=True, help="Port of the broker.")
@click.option("--mqtt-v3", "v3", is_flag=True, help="Speak MQTT 3.1.1 instead of 5.")
@click.option("--mqtt-tls/--mqtt-plain", "tls", default=None, help="TLS; the rule except on this computer.")
@click.option("--ca", type=_FILE, help="Certificate of the authority that signed the broker's.")
@click.option("--certificate", type=_FILE, help="The city's own certificate.")
@click.option("--key", type=_FILE, help="The key of the city's certificate.")
@click.option("--username", default="", help="Name at the broker, when it asks for one.")
@click.option("--password-file", type=_FILE, help="File that holds the password.")
@click.option("--client-id", default="dipbike-city", show_default=True, help="Name of the lasting session.")
@click.option("--db", "database", help="File, or postgresql://… with many bikes.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Receivers.")
@click.option("--host", "page_host", default="127.0.0.1", show_default=True, help="Address of the page.")
@click.option("--port", "page_port", default=8090, show_default=True, help="Port of the page.")
@click.option("--accounts", type=_PATH, help="File of the staff's accounts; makes a login necessary.")
@click.option("--proxy", "proxies", multiple=True, help="Address or network of a reverse proxy that logs in.")
@click.option("--proxy-header", default="X-Remote-User", show_default=True, help="Header with the person.")
@click.option("--token-file", type=_FILE, help="Secret by which programs may read without a login.")
@click.option("--ngsi-url", help="NGSI-LD broker that is kept up to date, such as https://orion.city.")
@click.option("--ngsi-token-file", "ngsi_token", type=_FILE, help="Bearer token for the NGSI-LD broker.")
@click.option(
    "--home-assistant", "discovery", help="Announce the bikes under this prefix, mostly homeassistant."
)
@click.pass_context
def main(context: click.Context, /, database: str | None, workers: int, **told: Any) -> None:  # noqa: ANN401 - click's
    """Receive the bikes' telemetry and show it to the city hall; or see to its staff's accounts."""
    context.obj = told["accounts"]
    if context.invoked_subcommand is not None:
        return
    if database is None or told["host"] is None:
        raise click.UsageError("Say where the broker and the database are: --mqtt-host and --db.")
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    try:
        page = PageOptions.of(told)
        settings = LinkSettings.model_validate(told)
        if workers > 1 and (settings.v3 or not database.startswith("postgres")):
            raise click.UsageError("Several workers need MQTT 5 and a PostgreSQL database.")
        serve(settings, database, workers, page)
    except (OSError, ValueError, StoreError) as error:
        sys.exit(f"The city's server cannot start: {error}")


main.add_command(account_command)


def serve(settings: LinkSettings, database: str, workers: int, page: PageOptions) -> None:
    """Receive and show until a signal comes."""
    store = open_store(database)
    receiver = Receiver(settings, store) if workers == 1 else Crew(settings, database, workers)
    sums = open_engine(database)
    reader, archive = (open_engine(database, read_only=True) for _ in range(2))
    closing = asyncio.Event()
    desk = Desk(reader, closing, archive=archive)
    config = uvicorn.Config(
        create_app(desk, page.access),
        host=page.host,
        port=page.port,
        log_level="warning",
        timeout_graceful_shutdown=5,
        proxy_headers=False,  # who asks is the peer itself: only then is a proxy's word worth something
    )
    helpers = [receiver, Housekeeper(sums), *_doors(settings, page, desk)]
    for helper in helpers:
        helper.start()
    try:
        _Server(config, closing).run()
    finally:
        for helper in helpers:
            helper.stop()
        for engine in (archive, reader, sums, store):
            engine.close()


def _doors(settings: LinkSettings, page: PageOptions, desk: Desk) -> list[Pusher | Announcer]:
    """Those that bring something by themselves; none unless asked for."""
    doors: list[Pusher | Announcer] = []
    if page.push:
        doors.append(Pusher(page.push, desk.look))
    if page.home_assistant:
        doors.append(Announcer(settings, page.home_assistant, desk.look))
    return doors


if __name__ == "__main__":
    main(prog_name="dipbike city")
