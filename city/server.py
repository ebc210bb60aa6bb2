"""The city's server: `python -m city.server --mqtt-host BROKER --db city.db` receives and shows."""

import asyncio
import logging
import sys
from pathlib import Path
from types import FrameType
from typing import Final

import click
import uvicorn

from city.app import Desk, create_app
from city.crew import Crew
from city.housekeeper import Housekeeper
from city.link import LinkSettings
from city.receiver import Receiver
from city.store import StoreError, open_engine, open_store
from city.views import Reader

_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)


class _Server(uvicorn.Server):
    """Tells open event streams to end, for which uvicorn would wait."""

    def __init__(self, config: uvicorn.Config, closing: asyncio.Event) -> None:
        super().__init__(config)
        self._closing = closing

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._closing.set()
        super().handle_exit(sig, frame)


@click.command()
@click.option("--mqtt-host", "host", required=True, help="Name or address of the broker.")
@click.option("--mqtt-port", "port", default=8883, show_default=True, help="Port of the broker.")
@click.option("--mqtt-v3", "v3", is_flag=True, help="Speak MQTT 3.1.1 instead of 5.")
@click.option("--mqtt-tls/--mqtt-plain", "tls", default=None, help="TLS; the rule except on this computer.")
@click.option("--ca", type=_FILE, help="Certificate of the authority that signed the broker's.")
@click.option("--certificate", type=_FILE, help="The city's own certificate.")
@click.option("--key", type=_FILE, help="The key of the city's certificate.")
@click.option("--username", default="", help="Name at the broker, when it asks for one.")
@click.option("--password-file", type=_FILE, help="File that holds the password.")
@click.option("--client-id", default="dipbike-city", show_default=True, help="Name of the lasting session.")
@click.option("--db", "database", required=True, help="File, or postgresql://… with many bikes.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Receivers.")
@click.option("--host", "page_host", default="127.0.0.1", show_default=True, help="Address of the page.")
@click.option("--port", "page_port", default=8090, show_default=True, help="Port of the page.")
def main(database: str, workers: int, page_host: str, page_port: int, **broker: object) -> None:
    """Receive the bikes' telemetry and show it to the city hall."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    try:
        settings = LinkSettings.model_validate(broker)
        if workers > 1 and (settings.v3 or not database.startswith("postgres")):
            raise click.UsageError("Several workers need MQTT 5 and a PostgreSQL database.")
        serve(settings, database, workers, page_host, page_port)
    except (OSError, ValueError, StoreError) as error:
        sys.exit(f"The city's server cannot start: {error}")


def serve(settings: LinkSettings, database: str, workers: int, host: str, port: int) -> None:
    """Receive and show until a signal comes."""
    store = open_store(database)
    receiver = Receiver(settings, store) if workers == 1 else Crew(settings, database, workers)
    sums = open_engine(database)
    housekeeper = Housekeeper(sums)
    reader = open_engine(database, read_only=True)
    closing = asyncio.Event()
    app = create_app(Desk(Reader(reader), closing))
    config = uvicorn.Config(app, host=host, port=port, log_level="warning", timeout_graceful_shutdown=5)
    receiver.start()
    housekeeper.start()
    try:
        _Server(config, closing).run()
    finally:
        receiver.stop()
        housekeeper.stop()
        for engine in (reader, sums, store):
            engine.close()


if __name__ == "__main__":
    main()
