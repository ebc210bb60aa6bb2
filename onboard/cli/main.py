"""Becomes the program of a subcommand, so that each one loads only what it needs."""

import os
import sys
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Subcommand:
    """The module that is run and what it does, in one line."""

    module: str
    help: str


COMMANDS: Final[dict[str, Subcommand]] = {
    "demo": Subcommand("onboard.cli.demo", "Start the whole bike with virtual machines."),
    "daemon": Subcommand("onboard.cli.daemon", "Run the machines, the queue and the telemetry."),
    "kiosk": Subcommand("kiosk.server", "Serve the participants' and mediators' pages."),
    "city": Subcommand("city.server", "Receive telemetry and serve the city's page."),
    "fleet": Subcommand("onboard.cli.fleet", "Let virtual bikes speak to a broker, as a load."),
    "simulate": Subcommand("onboard.cli.simulate", "Put a virtual machine on a serial line of its own."),
    "panel": Subcommand("onboard.cli.panel", "Open or close contacts of a virtual panel."),
    "stream": Subcommand("onboard.cli.stream", "Send a G-code file to a machine."),
    "robot": Subcommand("onboard.cli.robot", "Play a program on a robot, without the bike."),
    "make": Subcommand("onboard.cli.make", "Make a shape of the catalogue: a name tag, a stamp, a medal."),
    "prepare": Subcommand("onboard.cli.prepare", "Turn a design into a program for a machine."),
    "estimate": Subcommand("onboard.cli.estimate", "Tell what a program takes in minutes and watt-hours."),
    "plan": Subcommand("onboard.cli.plan", "Plan jobs within time, energy and power."),
    "simulate-halt": Subcommand("onboard.cli.simulate_halt", "Tell how many participants a halt can serve."),
    "submit": Subcommand("onboard.cli.submit", "Send a design to the queue of the running bike."),
    "halt": Subcommand("onboard.cli.halt", "Open, extend, move or close the halt of the running bike."),
    "status": Subcommand("onboard.cli.status", "Show the running bike."),
    "why": Subcommand("onboard.cli.why", "Tell why a job had to wait, today or yesterday."),
    "doctor": Subcommand("onboard.cli.doctor", "Check what this computer and its settings lack."),
    "enrol": Subcommand("onboard.cli.enrol", "Make the bike's key, or check whether the city takes it."),
    "mediator": Subcommand("kiosk.access.mediator_command", "Say who may enter as a mediator."),
    "token": Subcommand("kiosk.access.token_command", "Give scripts a way in, or take it away."),
    "pin": Subcommand("onboard.cli.pin", "Make one PIN for all mediators, for the settings."),
}


def usage() -> str:
    """List the subcommands."""
    rows = "\n".join(f"  {name:<15}{sub.help}" for name, sub in COMMANDS.items())
    return (
        "Usage: dipbike COMMAND [OPTIONS]\n\nOn-board software of the DIPbike.\n\n"
        f"Commands:\n{rows}\n\n`dipbike COMMAND --help` tells more.\n"
    )


def main() -> None:
    """Run `dipbike`."""
    match sys.argv[1:]:
        case [name, *rest] if name in COMMANDS:
            become(COMMANDS[name].module, rest)
        case [] | ["--help" | "-h", *_]:
            sys.stdout.write(usage())
        case [name, *_]:
            sys.stderr.write(f"dipbike: there is no command {name!r}; `dipbike --help` lists them.\n")
            sys.exit(2)


def become(module: str, arguments: list[str]) -> None:
    """Replace this process; `-P` keeps a folder named `jobs` where one stands from hiding ours."""
    os.execv(sys.executable, [sys.executable, "-P", "-m", module, *arguments])  # noqa: S606 - our own modules, no shell
