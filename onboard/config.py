"""The only reader of settings: dipbike.toml, every number bounded, unknown keys refused."""

import ipaddress
import tomllib
from pathlib import Path
from typing import Annotated, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
Port = Annotated[int, Field(ge=1, le=65535)]
_CAMERA = r"^(https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9!#$%&()*+./:=?@_~-]*)?)?$"
_ADDRESS = r"^(https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(:[0-9]{1,5})?/?)?$"


def _is_local(url: str) -> bool:
    """Whether an address lies in the bike's own network."""
    host = urlsplit(url).hostname or ""
    try:
        return host.endswith(".local") or ipaddress.IPv4Address(host).is_private
    except ValueError:
        return False


class ConfigError(Exception):
    """The settings file cannot be used; the message says where and what to write instead."""


class Section(BaseModel):
    """A table of dipbike.toml: read once, never changed, closed to unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


AnySection = TypeVar("AnySection", bound=Section)


class BikeSection(Section):
    """Which bike this is; both names stand in the telemetry topics."""

    id: Name = "creteil-1"
    city: Name = "creteil"


class PathsSection(Section):
    """Where the bike keeps its state (survives a reboot) and its run-time files."""

    state: Path = Path("/var/lib/dipbike")
    run: Path = Path("/run/dipbike")

    @property
    def kiosk_state(self) -> Path:
        """What the kiosk alone reads and writes: who may enter. systemd makes it for the kiosk's own user."""
        return self.state.with_name(f"{self.state.name}-kiosk")

    @property
    def control_socket(self) -> Path:
        """The Unix socket on which the daemon listens."""
        return self.run / "control.sock"

    @property
    def stop_socket(self) -> Path:
        """The Unix socket of the daemon that takes emergency stops and nothing else."""
        return self.run / "stop.sock"

    @property
    def jobs_database(self) -> Path:
        """The job queue."""
        return self.state / "jobs.db"

    @property
    def outbox_database(self) -> Path:
        """The telemetry that the city has not acknowledged yet."""
        return self.state / "outbox.db"

    @property
    def learnt(self) -> Path:
        """What the bike learnt of its machines' energy and time."""
        return self.state / "learnt.json"

    @property
    def spool(self) -> Path:
        """Uploads under names of ours, written by the kiosk and read by the preparing child."""
        return self.state / "spool"

    @property
    def jobs(self) -> Path:
        """One folder a job: program and preview."""
        return self.state / "jobs"


class MachineSection(Section):
    """One machine: how to reach it and what it can do."""

    protocol: Literal["marlin", "grbl", "octoprint"]
    port: Annotated[str, Field(min_length=1, max_length=200)]
    baud: Annotated[int, Field(ge=9600, le=2_000_000)] = 115200
    window_bytes: Annotated[int, Field(ge=64, le=4096)] = 127
    """What the ring of a Marlin board holds, one byte less than its RX_BUFFER_SIZE."""
    profile: Literal["i3", "mill"]
    api_key_file: Path = Path("/etc/dipbike/octoprint.key")
    """Read only for a printer behind OctoPrint."""
    camera: Annotated[str, Field(max_length=200, pattern=_CAMERA)] = ""
    """Shown to mediators by their own browsers, from an address beside the bike; empty: there is none."""
    camera_every_s: Annotated[int, Field(ge=0, le=60)] = 0
    """How often a single picture is fetched again; 0 for a camera that sends a stream (MJPEG)."""

    @model_validator(mode="after")
    def _profile_fits(self) -> "MachineSection":
        """A mill's programs never go to a printer, and the other way round."""
        fits = "mill" if self.protocol == "grbl" else "i3"
        if self.profile != fits:
            raise ValueError(f"a machine that speaks {self.protocol} needs profile = {fits!r}")
        return self

    @model_validator(mode="after")
    def _camera_is_beside_the_bike(self) -> "MachineSection":
        """Pictures never come from the Internet, and no name of a server there is ever asked for."""
        if self.camera and not _is_local(self.camera):
            raise ValueError("a camera has a private address, such as http://192.168.4.20/, or a .local name")
        return self


class RobotSection(Section):
    """One robot that is lent, and what no program may exceed on it.

    `profile` tells what hangs on the pins of an Arduino board, or the measures of a Thymio. `charge_w` is
    what charging it takes from the bike's battery for each hour that it is lent, spread over that hour.
    """

    protocol: Literal["thymio", "firmata", "micropython"]
    port: Annotated[str, Field(min_length=1, max_length=200)]
    profile: Annotated[str, Field(max_length=300)] = ""
    speed_mm_s: Annotated[float, Field(ge=10, le=500)] = 150.0
    area_mm: Annotated[float, Field(ge=200, le=10_000)] = 1200.0
    program_s: Annotated[float, Field(ge=5, le=3600)] = 300.0
    charge_w: Annotated[float, Field(ge=0, le=100)] = 2.5


class BatterySection(Section):
    """The pack and its monitor; a reading older than `max_age_s` is unknown.

    Below `cut_off_pct` of its capacity nothing is heated, whatever a halt keeps for the ride home.
    """

    port: Annotated[str, Field(min_length=1, max_length=200)]
    capacity_wh: Annotated[float, Field(gt=0, le=20_000)] = 960.0
    max_age_s: Annotated[float, Field(ge=2, le=120)] = 15.0
    cut_off_pct: Annotated[float, Field(ge=0, le=50)] = 5.0


class PanelSection(Section):
    """The bike's own contacts and the relay of its heartbeat; without an address there are none."""

    url: Annotated[str, Field(max_length=200)] = ""


class EnergySection(Section):
    """What the energy budget of a halt is made of; watts and watt-hours at the battery.

    `learns` is switched off where virtual machines live faster than the clock.
    """

    base_load_w: Annotated[float, Field(ge=0, le=200)] = 10.0
    power_cap_w: Annotated[float, Field(ge=50, le=5000)] = 600.0
    margin_time_pct: Annotated[float, Field(ge=0, le=200)] = 40.0
    margin_energy_pct: Annotated[float, Field(ge=0, le=200)] = 30.0
    learns: bool = True


class KioskSection(Section):
    """The web pages; `mediator_pin_hash`, made by `dipbike pin`, is a PIN for all mediators beside their own.

    `public_url` is the bike's address as phones reach it (scheme, host, port); the tickets' codes lead there.
    A tablet that nobody has touched for `idle_s` asks who is there and goes home; 0 lets it stand.
    """

    host: str = "0.0.0.0"  # noqa: S104 - tablets and phones reach the bike over its own Wi-Fi
    port: Port = 8080
    public_url: Annotated[str, Field(max_length=200, pattern=_ADDRESS)] = ""
    mediator_pin_hash: str = ""
    upload_limit_mb: Annotated[int, Field(ge=1, le=500)] = 60
    spool_limit_mb: Annotated[int, Field(ge=10, le=20_000)] = 1000
    idle_s: Annotated[int, Field(ge=0, le=3600)] = 90


class MqttSection(Section):
    """The way to the city; without this table nothing leaves the bike."""

    host: Annotated[str, Field(min_length=1, max_length=253)]
    port: Port = 8883
    tls: bool = True
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    username: str = ""
    password_file: Path | None = None
    version: Literal["5", "3.1.1"] = "5"


class Config(Section):
    """All settings of one bike."""

    bike: BikeSection = BikeSection()
    paths: PathsSection = PathsSection()
    machines: Annotated[dict[Name, MachineSection], Field(max_length=8)] = {}
    robots: Annotated[dict[Name, RobotSection], Field(max_length=16)] = {}
    battery: BatterySection | None = None
    panel: PanelSection = PanelSection()
    energy: EnergySection = EnergySection()
    kiosk: KioskSection = KioskSection()
    mqtt: MqttSection | None = None

    @model_validator(mode="after")
    def _names_differ(self) -> "Config":
        """People re-arm by name: a machine and a robot never share one."""
        if both := sorted(self.machines.keys() & self.robots.keys()):
            raise ValueError(f"{', '.join(both)} is a machine and a robot: give one of them another name")
        return self


def load(path: Path) -> Config:
    """Read one settings file.

    Raises:
        ConfigError: the file is missing, is no TOML, or holds a value that is not allowed.
    """
    return read(path, Config)


def read(path: Path, kind: type[AnySection]) -> AnySection:
    """Read one file that holds tables of this kind.

    Raises:
        ConfigError: the file is missing, is no TOML, or holds a value that is not allowed.
    """
    try:
        return kind.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}.") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not valid TOML: {error}.") from error
    except ValidationError as error:
        raise ConfigError(_explain(path, error)) from error


def _explain(path: Path, error: ValidationError) -> str:
    """One line for each wrong setting, naming its place."""
    lines = []
    for problem in error.errors():
        place = ".".join(str(part) for part in problem["loc"])
        if problem["type"] == "extra_forbidden":
            lines.append(f"{place}: there is no such setting; remove it or correct its name.")
        else:
            lines.append(f"{place}: {problem['msg']} (found {problem['input']!r}).")
    return f"{path} cannot be used:\n  " + "\n  ".join(lines)
