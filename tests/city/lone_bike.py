"""A bike in a process that a test can kill: `python -m tests.city.lone_bike SETTINGS NAME OUTBOX [HOW]`."""

import asyncio
import json
import sys
from pathlib import Path

from onboard.config import MqttSection
from onboard.messages import About, Ack, Place, State
from onboard.uplink import telemetry as sending
from onboard.uplink.mqtt import MqttLine
from onboard.uplink.pace import Pace
from onboard.uplink.telemetry import Identity, Telemetry

UNDER_FIRE = Pace(stall_s=0.5, stall_max_s=2.0, backlog_rows=0, backlog_rows_s=2000.0, backlog_start_s=0.5)
"""Slow enough that a test can kill in the midst, patient for no longer than a test should be."""


class HastyLine(MqttLine):
    """Takes the broker's receipt for the city's, as many programs do; rows are lost by it."""

    def publish(self, topic: str, payload: bytes, **how: object) -> bool:
        """Remember which rows go with a message."""
        sent = super().publish(topic, payload, **how)
        if topic.endswith("/evt"):
            message = json.loads(payload)
            self._rows = getattr(self, "_rows", {})
            self._rows[self._client._last_mid] = Ack(boot=message["boot"], upto=message["r"][-1][0])
        return sent

    def _on_publish(self, _client: object, _data: object, mid: int, _code: object, _more: object) -> None:
        if (ack := getattr(self, "_rows", {}).pop(mid, None)) is not None:
            self._post(lambda: self._listener.message(ack.model_dump_json().encode(), False))


async def main(settings: str, name: str, outbox: str, *how: str) -> None:
    """Stand at a halt until killed."""
    if "hasty" in how:
        sending.MqttLine = HastyLine
    telemetry = Telemetry(
        MqttSection.model_validate_json(settings),
        Identity("creteil", name, "boot"),
        Path(outbox),
        About(software="0.1.0"),
        pace=UNDER_FIRE if how else None,
    )
    telemetry.show(State(halt=Place(place="Parc", host_city="Antony", left_min=60), soc_pct=71))
    await telemetry.run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
