"""OctoPrint's REST interface by way of octorest: the only file that knows octorest and its ways."""

import io
import re
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from typing import Final, Protocol

from octorest import OctoRest

from drivers.errors import DeviceBusyError, DriverError, KeyRefusedError, LinkLostError, ProtocolError
from drivers.octoprint.replies import (
    JobReport,
    Prints,
    read_job,
    read_names,
    read_prints,
    read_temperatures,
)
from drivers.types import Temperature

DIAL_S: Final = 3.0
ANSWER_S: Final = 10.0
HEAT_OFF: Final = ("M104 S0", "M140 S0", "M107")
EMERGENCY_STOP: Final = "M112"
_STATUS: Final = re.compile(r"\((\d{3})\)\s*\Z")
_LONGEST_QUOTE: Final = 200


class MissingFileError(ProtocolError):
    """OctoPrint has no such file."""


class _Session(Protocol):
    """What is used of a `requests.Session`."""

    headers: MutableMapping[str, str]
    trust_env: bool
    max_redirects: int
    request: partial[object]

    def close(self) -> None: ...


class _Client(Protocol):
    """What is used of octorest, whose own methods have no types."""

    session: _Session

    def get_version(self) -> object: ...
    def connect(self) -> None: ...
    def job_info(self) -> object: ...
    def printer(self, *, exclude: list[str]) -> object: ...
    def files(self, location: str) -> object: ...
    def files_info(self, location: str, filename: str) -> object: ...
    def upload(self, file: tuple[str, io.BytesIO]) -> object: ...
    def select(self, location: str, *, print: bool) -> None: ...  # noqa: A002 - octorest's name
    def delete(self, location: str) -> None: ...
    def pause(self) -> None: ...
    def resume(self) -> None: ...
    def cancel(self) -> None: ...
    def gcode(self, command: list[str]) -> None: ...


class Rest:
    """One OctoPrint server; every call blocks, but never for ever, and is made from one thread.

    Each may raise LinkLostError (no answer, or none that makes sense), KeyRefusedError, DeviceBusyError
    (OctoPrint's 409: not in this state) or ProtocolError.
    """

    def __init__(self, address: str, key: str) -> None:
        self._client: _Client = OctoRest(url=address)
        session = self._client.session
        session.trust_env = False
        session.max_redirects = 0  # the key goes to the configured host and to no other
        session.headers["X-Api-Key"] = key
        session.request = partial(session.request, timeout=(DIAL_S, ANSWER_S))

    def version(self) -> str:
        """Return what the server calls itself."""
        with _explained():
            reply = self._client.get_version()
        text = reply.get("text") if isinstance(reply, Mapping) else None
        if not isinstance(text, str):
            raise ProtocolError("Something answers there, but it is no OctoPrint.")
        return text[:_LONGEST_QUOTE]

    def open_printer(self) -> None:
        """Have OctoPrint connect to its printer, on the port it prefers."""
        with _explained():
            self._client.connect()

    def job(self) -> JobReport:
        """Look at the printer and its job."""
        with _explained():
            return read_job(self._client.job_info())

    def temperatures(self) -> dict[str, Temperature]:
        """Read the heaters; DeviceBusyError while OctoPrint has no printer."""
        with _explained():
            return read_temperatures(self._client.printer(exclude=["sd", "state"]))

    def upload(self, name: str, data: bytes) -> None:
        """Bring a file, replacing one of the same name."""
        with _explained():  # octorest drops the options `select`, `print` and `path` of an upload
            self._client.upload((name, io.BytesIO(data)))

    def start(self, name: str) -> None:
        """Print an uploaded file; not to be repeated blindly, a lost answer may mean a started print."""
        with _explained():
            self._client.select(name, print=True)

    def prints(self, name: str) -> Prints:
        """Return how often a file was printed; a file that is gone was never printed."""
        try:
            with _explained():
                return read_prints(self._client.files_info("local", name))
        except MissingFileError:
            return Prints()

    def names(self) -> tuple[str, ...]:
        """Return the names of all uploaded files."""
        with _explained():
            return read_names(self._client.files("local"))

    def delete(self, name: str) -> None:
        """Remove an uploaded file; one that is gone already is fine."""
        try:
            with _explained():
                self._client.delete(name)
        except MissingFileError:
            return

    def pause(self) -> None:
        """Hold the job."""
        with _explained():
            self._client.pause()

    def resume(self) -> None:
        """Go on with the job."""
        with _explained():
            self._client.resume()

    def cancel(self) -> None:
        """End the job; DeviceBusyError when there is none."""
        with _explained():
            self._client.cancel()

    def send(self, *lines: str) -> None:
        """Have lines sent between those of the job; DeviceBusyError while OctoPrint has no printer."""
        with _explained():
            self._client.gcode(list(lines))

    def close(self) -> None:
        """Give up the connections."""
        self._client.session.close()


@contextmanager
def _explained() -> Iterator[None]:
    """Turn what octorest and requests raise into errors of ours."""
    try:
        yield
    except OSError as error:  # all errors of requests are, an answer that is no JSON included
        raise LinkLostError(
            "OctoPrint does not answer: check that it runs, the network and its address in dipbike.toml."
        ) from error
    except RuntimeError as error:  # octorest's only error has the status in its text
        raise _meaning(str(error)) from error


def _meaning(text: str) -> DriverError:
    found = _STATUS.search(text)
    status = int(found.group(1)) if found else 0
    said = text[:_LONGEST_QUOTE]
    match status:
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
            return KeyRefusedError()
        case HTTPStatus.NOT_FOUND:
            return MissingFileError()
        case HTTPStatus.CONFLICT:
            return DeviceBusyError(f"OctoPrint refuses this now: {said}")
        case _:
            return ProtocolError(f"OctoPrint answered: {said}")
