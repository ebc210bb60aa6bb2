"""Brings the bikes to a city's NGSI-LD broker by itself, a batch at a time."""

import http.client
import json
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from city.doors.ngsi import Entity, entities
from city.store import StoreError
from city.views import Overview

_LOG: Final = logging.getLogger(__name__)
_PATH: Final = "/ngsi-ld/v1/entityOperations/upsert?options=update"
"""Source: ETSI GS CIM 009, batch entity creation or update."""
_BATCH: Final = 100
_TIMEOUT_S: Final = 20.0


class PushError(Exception):
    """The NGSI-LD broker cannot be reached, or refuses."""


@dataclass(frozen=True, slots=True)
class PushSettings:
    """Where the broker is; the token goes with each request as a bearer's."""

    url: str
    token: str = ""
    every_s: float = 60.0

    def __post_init__(self) -> None:
        """Refuse what is no address."""
        parts = urlsplit(self.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"{self.url!r} is no address of an NGSI-LD broker, such as https://broker.city")


def push(settings: PushSettings, found: Sequence[Entity]) -> None:
    """Upsert entities; a redirection is not followed.

    Raises:
        PushError: the broker did not take them all.
    """
    for at in range(0, len(found), _BATCH):
        _post(settings, found[at : at + _BATCH])


def _post(settings: PushSettings, batch: Sequence[Entity]) -> None:
    parts = urlsplit(settings.url)
    secure = parts.scheme == "https"
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=_TIMEOUT_S)
    headers = {"Content-Type": "application/ld+json"}
    if settings.token:
        headers["Authorization"] = f"Bearer {settings.token}"
    try:
        body = json.dumps(batch, ensure_ascii=False).encode()
        connection.request("POST", parts.path.rstrip("/") + _PATH, body, headers)
        answer = connection.getresponse()
        said = answer.read(300).decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        raise PushError(f"The NGSI-LD broker {settings.url} cannot be reached: {error}.") from error
    finally:
        connection.close()
    if answer.status not in {201, 204}:
        raise PushError(f"The NGSI-LD broker {settings.url} answered {answer.status}: {said}")


class Pusher:
    """A thread that pushes what has changed, once a minute; after a failure everything comes again."""

    def __init__(self, settings: PushSettings, look: Callable[[], Overview]) -> None:
        self._settings = settings
        self._look = look
        self._sent: dict[str, Entity] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="city-ngsi", daemon=True)

    def start(self) -> None:
        """Push until `stop`."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the batch at hand."""
        self._stopping.set()
        self._thread.join(timeout=2 * _TIMEOUT_S)

    def once(self) -> int:
        """Push what differs from the last time, and return how many entities."""
        found = {entity["id"]: entity for entity in entities(self._look())}
        changed = [entity for urn, entity in found.items() if self._sent.get(urn) != entity]
        push(self._settings, changed)
        self._sent = found
        return len(changed)

    def _run(self) -> None:
        while True:
            try:
                self.once()
            except (PushError, StoreError) as error:
                self._sent = {}
                _LOG.warning("%s The next try is in %.0f s.", error, self._settings.every_s)
            if self._stopping.wait(self._settings.every_s):
                return
