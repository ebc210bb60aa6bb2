"""Tells a Home Assistant on the same broker what the bikes publish: a discovery message for each.

Source: Home Assistant, MQTT integration, "Device discovery payload".
"""

import json
import logging
import threading
from collections.abc import Callable, Sequence
from typing import Any, Final

from city.link import CityLink, LinkSettings
from city.places import written_out
from city.store import StoreError
from city.views import Overview
from onboard.messages import Leaf, topic

_LOG: Final = logging.getLogger(__name__)
_EVERY_S: Final = 60.0
_SILENT_S: Final = 900
_SENSORS: Final[dict[str, dict[str, Any]]] = {
    "battery": {
        "name": "Batterie",
        "device_class": "battery",
        "state_class": "measurement",
        "unit_of_measurement": "%",
        "value_template": "{{ value_json.soc_pct }}",
    },
    "halt": {"name": "Halte", "value_template": "{{ value_json.halt.place if value_json.halt else '' }}"},
    "queue": {
        "name": "En attente",
        "state_class": "measurement",
        "value_template": "{{ value_json.queue }}",
    },
}


def discovery(city: str, bike: str) -> dict[str, Any]:
    """What Home Assistant is told of one bike; its sensors expire when the bike falls silent."""
    parts = {
        key: {
            "platform": "sensor",
            "unique_id": f"dipbike_{bike}_{key}",
            "expire_after": _SILENT_S,
            **sensor,
        }
        for key, sensor in _SENSORS.items()
    }
    return {
        "device": {"identifiers": [f"dipbike_{bike}"], "name": written_out(bike), "manufacturer": "DIPbike"},
        "origin": {"name": "DIPbike"},
        "components": parts,
        "state_topic": topic(city, bike, Leaf.STATE),
        "availability": [
            {
                "topic": topic(city, bike, Leaf.STATUS),
                "value_template": "{{ 'online' if value_json.online else 'offline' }}",
            }
        ],
    }


class Announcer:
    """Publishes a retained message for each bike that is new, on a line of its own."""

    def __init__(self, settings: LinkSettings, prefix: str, look: Callable[[], Overview]) -> None:
        own = {"client_id": f"{settings.client_id}-ha"[:64], "listens": False}
        self._link = CityLink(settings.model_copy(update=own), lambda _incoming: None)
        self._prefix = prefix
        self._look = look
        self._told: set[tuple[str, str]] = set()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="city-announcer", daemon=True)

    def start(self) -> None:
        """Announce until `stop`."""
        self._link.start()
        self._thread.start()

    def stop(self) -> None:
        """Leave; what was announced stays at the broker."""
        self._stopping.set()
        self._thread.join(timeout=10)
        self._link.stop()

    def _run(self) -> None:
        while not self._stopping.wait(1.0 if not self._told else _EVERY_S):
            try:
                bikes: Sequence[tuple[str, str]] = [(one.city, one.bike) for one in self._look().bikes]
            except StoreError as error:
                _LOG.warning("%s Home Assistant is told later.", error)
                continue
            if self._link.connected:
                for city, bike in bikes:
                    self._tell(city, bike)

    def _tell(self, city: str, bike: str) -> None:
        if (city, bike) not in self._told:
            where = f"{self._prefix}/device/dipbike_{bike}/config"
            self._link.publish(where, json.dumps(discovery(city, bike), ensure_ascii=False))
            self._told.add((city, bike))
