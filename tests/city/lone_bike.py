"""A bike in a process of its own, which a test can kill: `python -m tests.city.lone_bike PORT OUTBOX`."""

import asyncio
import sys
from pathlib import Path

from onboard.config import MqttSection
from onboard.messages import About, Place, State
from onboard.telemetry import Identity, Telemetry


async def main(port: int, outbox: Path) -> None:
    """Stand at a halt until killed."""
    settings = MqttSection(host="127.0.0.1", port=port, tls=False)
    telemetry = Telemetry(settings, Identity("creteil", "creteil-1", "boot"), outbox, About(software="0.1.0"))
    telemetry.show(State(halt=Place(place="Parc", host_city="Antony", left_min=60), soc_pct=71))
    await telemetry.run()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
