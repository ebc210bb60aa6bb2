"""Other people's programs, each in an environment of its own."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from drivers.octoprint.printer import RemotePrinter
from onboard.demo import octoprint
from tests.peers.octoprint_server import OctoPrint
from tests.peers.postgres_server import Postgres, run_postgres


@pytest.fixture(scope="session")
def octoprint_installed() -> None:
    """OctoPrint stands in its own environment."""
    octoprint.install(print)


@pytest.fixture(scope="session")
def one_server(octoprint_installed: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OctoPrint]:
    """A server for all tests; each leaves it running."""
    running = OctoPrint(tmp_path_factory.mktemp("octoprint"))
    running.server.prepare("secret")
    running.start()
    yield running
    running.end()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One PostgreSQL for all tests; each makes its own database."""
    with run_postgres() as running:
        yield running


@pytest_asyncio.fixture
async def server(one_server: OctoPrint) -> OctoPrint:
    """The server, ready, with a fresh chapter in its printer's log."""
    await one_server.wait()
    one_server.serial.forget()
    return one_server


@pytest_asyncio.fixture
async def printer(server: OctoPrint) -> AsyncIterator[RemotePrinter]:
    """The bike's side, connected, and let go at the end."""
    device = server.printer()
    await device.connect()
    server.serial.forget()
    yield device
    await device.close()
