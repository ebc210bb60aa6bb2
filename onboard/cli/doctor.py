"""`dipbike doctor`: checks what this computer and its settings lack."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import click

from drivers.batteries import ask_battery, open_battery
from drivers.battery.quality import Doubt
from drivers.errors import DriverError
from drivers.types import BatteryReading
from onboard import config
from onboard.cli.common import config_option
from onboard.config import Config, ConfigError, RobotSection
from onboard.robots.opening import RobotSettingsError, open_robot

FREE_DISK_MB = 500


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: whether it is well, and a sentence that says what to do when it is not."""

    well: bool
    sentence: str


@click.command()
@config_option
def doctor_command(config_path: Path) -> None:
    """Look for programs, ports, folders and settings; exit code 1 when something is missing."""
    findings = list(examine(config_path))
    for finding in findings:
        click.echo(("ok       " if finding.well else "missing  ") + finding.sentence)
    raise SystemExit(0 if all(finding.well for finding in findings) else 1)


def examine(config_path: Path) -> Iterator[Finding]:
    """Make all checks; without usable settings only those of the computer."""
    yield _program("prusa-slicer", "apt install prusa-slicer: without it no mesh becomes a program")
    yield _program("mosquitto", "apt install mosquitto: only the demo and the city need a broker here")
    try:
        settings = config.load(config_path)
    except ConfigError as error:
        yield Finding(well=False, sentence=str(error))
        return
    yield Finding(well=True, sentence=f"settings {config_path}")
    yield from _settings(settings)


def _settings(settings: Config) -> Iterator[Finding]:
    for name, machine in settings.machines.items():
        yield _port(name, machine.port)
    for name, robot in settings.robots.items():
        yield _robot(name, robot)
    if settings.battery:
        yield _battery(settings.battery.port)
    yield _folder(settings.paths.state)
    yield _mediators(settings)


def _mediators(settings: Config) -> Finding:
    """Whether anybody has been given a way in; who, only the kiosk may read."""
    known = settings.paths.kiosk_state / "access.db"
    if settings.kiosk.mediator_pin_hash or known.exists():
        return Finding(well=True, sentence="mediators: `dipbike mediator` lists them")
    advice = (
        "no mediator can enter: open /mediateur on the bike's own screen, or run `dipbike mediator add NAME`"
    )
    return Finding(well=False, sentence=advice)


def _robot(name: str, section: RobotSection) -> Finding:
    """A profile that cannot be read is told before a port that is not there: robots come and go."""
    try:
        open_robot(name, section)
    except RobotSettingsError as error:
        return Finding(well=False, sentence=str(error))
    return _port(name, section.port)


def _program(name: str, advice: str) -> Finding:
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin")
    return Finding(found is not None, f"program {found}" if found else advice)


def _battery(port: str) -> Finding:
    """Ask once what can be asked at once; a cable is only looked at, for the daemon may hold it."""
    scheme = urlsplit(port).scheme
    try:
        open_battery(port)
        if scheme in {"sysfs", "upower"}:
            return _answer(port, ask_battery(port))
    except DriverError as error:
        return Finding(well=False, sentence=f"battery: {error}")
    return _port("battery", port.removeprefix("vedirect://"))


def _answer(port: str, answer: BatteryReading | Doubt) -> Finding:
    if isinstance(answer, Doubt):
        return Finding(well=False, sentence=f"battery: {answer.sentence}")
    return Finding(well=True, sentence=f"battery: {port} is {answer.soc_pct:.0f} % full")


def _port(name: str, port: str) -> Finding:
    if urlsplit(port).scheme in {"sim", "socket", "octoprint"}:
        return Finding(
            well=True, sentence=f"{name}: {port} is not a local port, it is tried when the daemon starts"
        )
    if not Path(port).exists():
        return Finding(well=False, sentence=f"{name}: {port} is not there; check the cable and the name")
    usable = os.access(port, os.R_OK | os.W_OK)
    return Finding(
        usable, f"{name}: {port}" + ("" if usable else " may not be opened; add this user to group dialout")
    )


def _folder(folder: Path) -> Finding:
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        return Finding(well=False, sentence=f"{folder} is not there or not writable; create it for this user")
    free_mb = shutil.disk_usage(folder).free // 2**20
    return Finding(
        free_mb >= FREE_DISK_MB, f"{folder}: {free_mb} MB free (at least {FREE_DISK_MB} are needed)"
    )


if __name__ == "__main__":
    doctor_command(prog_name="dipbike doctor")
