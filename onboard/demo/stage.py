"""Starts the demo's processes, each as soon as those it needs are ready."""

import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from onboard.config import Config
from onboard.demo.crew import Crew
from onboard.demo.octoprint import Server as OctoPrint
from onboard.demo.settings import Layout, Ports


@dataclass(frozen=True, slots=True)
class Stage:
    """What every process of the demo is told."""

    crew: Crew
    layout: Layout
    ports: Ports
    settings: Config


async def start_bike(stage: Stage, speed: float, say: Callable[[str], None]) -> None:
    """Start machines, city, daemon and kiosk.

    Raises:
        CrewError: one of them did not start.
    """
    say(f"Virtual printer, mill and battery at {speed:g} times real speed ...")
    await start_machines(stage, speed)
    say("City ...")
    await start_city(stage)
    say("Daemon ...")
    await start_daemon(stage)
    say("Kiosk ...")
    await start_kiosk(stage)


async def start_machines(stage: Stage, speed: float, *faults: str) -> None:
    """Plug virtual machines in; they live on when the daemon dies, as real ones do.

    `faults` are those of `dipbike simulate bike`, such as battery:drop=40@300.
    """
    links, boxes = str(stage.layout.machines), str(stage.layout.black_boxes)
    kind = "bike-with-panel" if stage.settings.panel.url else "bike"
    arguments = [kind, "--link", links, "--black-box", boxes, "--speed", f"{speed:g}"]
    arguments += [word for fault in faults for word in ("--fault", fault)]
    await stage.crew.start(
        "machines", "onboard.cli.simulate", *arguments, ready=lambda: _plugged(stage.settings)
    )


async def start_octoprint(crew: Crew, server: OctoPrint) -> None:
    """Start a prepared OctoPrint."""
    arguments = ["--base", str(server.base), "--port", str(server.port)]
    await crew.start("octoprint", "onboard.demo.octoprint", *arguments, ready=server.is_online)


async def start_city(stage: Stage) -> None:
    """Start the receiving end."""
    arguments = ["--mqtt-host", "127.0.0.1", "--mqtt-port", str(stage.ports.broker)]
    arguments += ["--db", str(stage.layout.city_database), "--port", str(stage.ports.city)]
    if stage.settings.mqtt and stage.settings.mqtt.version == "3.1.1":
        arguments.append("--mqtt-v3")
    await stage.crew.start("city", "city.server", *arguments, ready=lambda: listens(stage.ports.city))


async def start_daemon(stage: Stage) -> None:
    """Start the daemon; a socket left by one that was killed does not count."""
    arguments = ["--config", str(stage.layout.config)]
    socket_path = stage.settings.paths.control_socket
    socket_path.unlink(missing_ok=True)
    await stage.crew.start("daemon", "onboard.cli.daemon", *arguments, ready=socket_path.exists)


async def start_kiosk(stage: Stage) -> None:
    """Start the web pages."""
    arguments = ["--config", str(stage.layout.config)]
    await stage.crew.start("kiosk", "kiosk.server", *arguments, ready=lambda: listens(stage.ports.kiosk))


def _plugged(settings: Config) -> bool:
    """Whether every virtual port is there."""
    ports = [machine.port for machine in settings.machines.values()]
    if settings.battery:
        ports.append(settings.battery.port)
    return all(Path(port).exists() for port in ports if "://" not in port)


def listens(port: int) -> bool:
    """Whether somebody listens on a local TCP port."""
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex(("127.0.0.1", port)) == 0
