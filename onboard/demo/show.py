"""Starts everything with virtual machines, brings the first designs, and ends it all cleanly."""

import asyncio
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from onboard import config
from onboard.broker import run_broker
from onboard.demo import octoprint
from onboard.demo.crew import Crew
from onboard.demo.seed import seed
from onboard.demo.settings import PIN, Layout, Ports, write_settings
from onboard.demo.stage import Stage, start_bike, start_octoprint
from onboard.ports import free_port

KIOSK_PORT: Final = 8080
CITY_PORT: Final = 8090
OCTOPRINT_PORT: Final = 5000

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the three audiences look."""

    participant: str
    mediator: str
    city: str


async def show(folder: Path, speed: float, say: Say, *, with_octoprint: bool = False) -> None:
    """Run the demo until SIGINT or SIGTERM.

    The printer is one of ours on a virtual line, or the virtual one of a real OctoPrint.

    Raises:
        BrokerError: no broker could be started.
        CrewError: one of our own processes did not start, or ended by itself.
    """
    ending = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ending.set)
    layout = Layout(folder)
    for part in (layout.machines, layout.black_boxes, layout.logs):
        part.mkdir(parents=True, exist_ok=True)
    crew = Crew(layout.logs)
    async with run_broker(folder) as broker:
        say(f"Broker: {broker.kind}.")
        ports = Ports(kiosk=free_port(KIOSK_PORT), city=free_port(CITY_PORT), broker=broker.port)
        server = await _prepare_octoprint(folder, say) if with_octoprint else None
        write_settings(
            layout, ports, mqtt_is_v3=broker.kind == "amqtt", octoprint=server, with_panel=not with_octoprint
        )
        try:
            if server is not None:
                say("OctoPrint ...")
                await start_octoprint(crew, server)
            async with asyncio.TaskGroup() as group:
                running = group.create_task(_run(crew, layout, ports, speed, say), name="demo")
                await ending.wait()
                running.cancel()
        finally:
            say("Ending: machines are made safe, then everything is closed.")
            await crew.end()


async def _prepare_octoprint(folder: Path, say: Say) -> octoprint.Server:
    """Install OctoPrint on first use, and write the settings of one."""
    await asyncio.to_thread(octoprint.install, say)
    server = octoprint.Server(folder / "octoprint", free_port(OCTOPRINT_PORT))
    await asyncio.to_thread(server.prepare, PIN)
    say(f"OctoPrint will be at http://localhost:{server.port}/ (user {octoprint.USER}, password {PIN}).")
    return server


async def _run(crew: Crew, layout: Layout, ports: Ports, speed: float, say: Say) -> None:
    """Start in the order in which the parts need each other, then watch."""
    settings = config.load(layout.config)
    await start_bike(Stage(crew, layout, ports, settings), speed, say)
    addresses = Addresses(
        participant=f"http://localhost:{ports.kiosk}/",
        mediator=f"http://localhost:{ports.kiosk}/mediateur",
        city=f"http://localhost:{ports.city}/",
    )
    say(f"\n  Participants   {addresses.participant}")
    say(f"  Mediator       {addresses.mediator}   (PIN {PIN})")
    say(f"  City           {addresses.city}\n")
    say("Bringing a few designs ...")
    await seed(settings)
    say("Three designs and a robot's program wait for the mediator. Press Ctrl-C to end.")
    await crew.watch()
