"""The settings of the demo's bike, written as a person would write them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from argon2 import PasswordHasher

from onboard.demo.octoprint import Server as OctoPrint

PIN: Final = "2468"
"""The demo's PIN is printed on the screen; a real bike's is made by `dipbike pin`."""

HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


TEMPLATE: Final = """\
[bike]
id = "creteil-1"
city = "creteil"

[paths]
state = "{folder}/state"
run = "{folder}/run"

[machines.prusa]
{printer}
profile = "i3"

[machines.fraiseuse]
protocol = "grbl"
port = "{machines}/grbl"
profile = "mill"

[robots.thymio]
protocol = "thymio"
port = "sim://thymio?blackbox={blackbox}/thymio.jsonl"

[robots.arduino]
protocol = "firmata"
port = "sim://firmata?blackbox={blackbox}/arduino.jsonl"

[battery]
port = "{machines}/battery"
capacity_wh = 960

[panel]
url = "{panel}"

[energy]
power_cap_w = 600
learns = false

[kiosk]
port = {kiosk}
mediator_pin_hash = "{pin_hash}"

[mqtt]
host = "127.0.0.1"
port = {broker}
tls = false
version = "{mqtt}"
"""


ON_A_PORT: Final = """\
protocol = "marlin"
port = "{machines}/marlin"
baud = 250000"""

BEHIND_OCTOPRINT: Final = """\
protocol = "octoprint"
port = "{server.address}"
api_key_file = "{server.key_file}\""""


@dataclass(frozen=True, slots=True)
class Ports:
    """The TCP ports of one demo."""

    kiosk: int
    city: int
    broker: int


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the demo keeps its things; everything lies under one folder."""

    folder: Path

    @property
    def config(self) -> Path:
        """The settings file."""
        return self.folder / "dipbike.toml"

    @property
    def machines(self) -> Path:
        """The links to the virtual serial ports."""
        return self.folder / "dev"

    @property
    def black_boxes(self) -> Path:
        """What the virtual machines recorded."""
        return self.folder / "blackbox"

    @property
    def city_database(self) -> Path:
        """What the city received."""
        return self.folder / "city.db"

    @property
    def logs(self) -> Path:
        """One log a process."""
        return self.folder / "log"


def write_settings(
    layout: Layout,
    ports: Ports,
    *,
    mqtt_is_v3: bool,
    octoprint: OctoPrint | None = None,
    with_panel: bool = False,
) -> None:
    """Write dipbike.toml for a bike with a printer, a mill and a battery on virtual serial lines.

    The printer may hang on an OctoPrint instead; with a panel all machines hang on its relay.
    """
    printer = BEHIND_OCTOPRINT.format(server=octoprint) if octoprint else ON_A_PORT
    text = TEMPLATE.format(
        printer=printer.format(machines=layout.machines),
        folder=layout.folder,
        machines=layout.machines,
        blackbox=layout.black_boxes,
        panel=f"sim://{layout.machines}/panel" if with_panel else "",
        kiosk=ports.kiosk,
        broker=ports.broker,
        pin_hash=HASHER.hash(PIN),
        mqtt="3.1.1" if mqtt_is_v3 else "5",
    )
    layout.config.write_text(text, encoding="utf-8")
