"""Serves the kiosk: `python -m kiosk.server --config PATH`."""

import logging
from pathlib import Path
from types import FrameType

import click
import uvicorn

from kiosk.app import create_app
from kiosk.assets import AssetsMissingError
from kiosk.context import Kiosk
from onboard.cli.common import EXIT_REFUSED, fail
from onboard.config import Config, ConfigError, load

log = logging.getLogger(__name__)


class Server(uvicorn.Server):
    """A uvicorn that does not wait for open event streams when it is told to stop."""

    def __init__(self, config: uvicorn.Config, kiosk: Kiosk) -> None:
        super().__init__(config)
        self._kiosk = kiosk

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End the streams, then the server."""
        self._kiosk.feed.close()
        super().handle_exit(sig, frame)

    def stop(self) -> None:
        """End as a signal would, when the server runs inside another program."""
        self._kiosk.feed.close()
        self.should_exit = True


def server_of(config: Config) -> Server:
    """The server of one bike's pages; it logs no addresses, because participants are minors."""
    app = create_app(config)
    settings = uvicorn.Config(
        app,
        host=config.kiosk.host,
        port=config.kiosk.port,
        access_log=False,
        server_header=False,
        log_level="warning",
        limit_concurrency=400,
        h11_max_incomplete_event_size=16_384,
        timeout_keep_alive=10,
        timeout_graceful_shutdown=5,
    )
    return Server(settings, app.state.kiosk)


@click.command()
@click.option("--config", "path", type=click.Path(path_type=Path), default=Path("/etc/dipbike/dipbike.toml"))
def main(path: Path) -> None:
    """Serve the pages of the bike until told to stop."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    try:
        config = load(path)
        server = server_of(config)
    except (ConfigError, AssetsMissingError) as error:
        fail(str(error), EXIT_REFUSED)
    log.info("Serving the kiosk on port %d.", config.kiosk.port)
    server.run()


if __name__ == "__main__":
    main()
