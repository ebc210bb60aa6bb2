"""A real OctoPrint with its virtual printer, in an environment of its own."""

import http.client
import os
import secrets
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final

import click

from onboard.demo.crew import CrewError

REQUIREMENT: Final = "octoprint>=1.11,<1.12"
USER: Final = "mediateur"
INSTALL_S: Final = 1200.0

SETTINGS: Final = """\
api:
  key: {key}
server:
  firstRun: false
  onlineCheck: {{enabled: false}}
  pluginBlacklist: {{enabled: false}}
plugins:
  virtual_printer: {{enabled: true, simulated_errors: ["100:resend", "115:checksum_mismatch"]}}
  _disabled: [achievements, announcements, backup, classicwebcam, discovery, errortracking, eventmanager,
    firmware_check, health_check, pluginmanager, softwareupdate, tracking, uploadmanager]
serial: {{port: VIRTUAL, baudrate: 115200, autoconnect: false}}
webcam: {{timelapseEnabled: false}}
"""
"""Nothing is asked of the Internet, and only what a print needs is loaded.

Of the errors that the virtual printer makes by itself, those are left out in which it loses a line for good.
"""


class OctoPrintError(CrewError):
    """OctoPrint could not be installed or prepared; the message says why."""


@dataclass(frozen=True, slots=True)
class Server:
    """One OctoPrint: its folder, which keeps settings, files and logs, and its port."""

    base: Path
    port: int

    @property
    def address(self) -> str:
        """The port of a machine in dipbike.toml."""
        return f"octoprint://127.0.0.1:{self.port}"

    @property
    def key_file(self) -> Path:
        """An API key that this server takes."""
        return self.base / "api.key"

    @property
    def serial_log(self) -> Path:
        """What the virtual printer itself has received and sent."""
        return self.base / "logs" / "plugin_virtual_printer_serial.log"

    def prepare(self, password: str) -> None:
        """Write the settings, with a key that nobody knew before, and add a person.

        Raises:
            OctoPrintError: OctoPrint did not take them.
        """
        key = secrets.token_hex(16).upper()
        self.base.mkdir(parents=True, exist_ok=True)
        (self.base / "config.yaml").write_text(SETTINGS.format(key=key), encoding="utf-8")
        self.key_file.touch(mode=0o600)
        self.key_file.write_text(key + "\n", encoding="ascii")
        _call([*self._command(), "user", "add", USER, "--password", password, "--admin"], "add a user")

    def command(self) -> list[str]:
        """Return the command line of the server."""
        as_root = ["--iknowwhatimdoing"] if os.geteuid() == 0 else []
        return [*self._command(), "serve", *as_root, "--host", "127.0.0.1", "--port", str(self.port)]

    def is_online(self) -> bool:
        """Whether the server takes requests."""
        url = f"http://127.0.0.1:{self.port}/online.txt"
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with direct.open(url, timeout=1.0) as answer:
                return bool(answer.status == HTTPStatus.OK and answer.read().strip() == b"online")
        except (OSError, http.client.HTTPException):  # while it starts, a stand-in answers without a status
            return False

    def _command(self) -> list[str]:
        return [str(environment() / "bin" / "octoprint"), "--basedir", str(self.base)]


def environment() -> Path:
    """Return where OctoPrint lives or will live."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "dipbike" / "octoprint"


def install(say: Callable[[str], None]) -> None:
    """Make OctoPrint's environment unless there is a whole one.

    Raises:
        OctoPrintError: uv is missing, or the packages cannot be had.
    """
    wanted, mark = environment(), environment() / "installed"
    if mark.is_file() and mark.read_text(encoding="utf-8") == REQUIREMENT:
        return
    say("Installing OctoPrint into an environment of its own (about a minute, once) ...")
    uv = _uv()
    _call([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(wanted)], "make an environment")
    python = str(wanted / "bin" / "python")
    _call([uv, "pip", "install", "--quiet", "--python", python, REQUIREMENT], "install OctoPrint")
    mark.write_text(REQUIREMENT, encoding="utf-8")


def _uv() -> str:
    """Find the installer that made our own environment, on the PATH or where ./dipbike keeps one."""
    own = Path(sys.prefix).parent / ".dipbike" / "uv" / "bin" / "uv"
    found = shutil.which("uv") or (str(own) if own.is_file() else None)
    if found is None:
        raise OctoPrintError("uv is needed to install OctoPrint: start the demo by ./dipbike demo.")
    return found


def _call(command: list[str], purpose: str) -> None:
    """Run a command to its end; its last words are the reason when it fails."""
    environ = {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "PYTHONPATH"}}
    try:
        done = subprocess.run(  # noqa: S603 - our own command line, no shell
            command, capture_output=True, check=False, timeout=INSTALL_S, text=True, env=environ
        )
    except subprocess.TimeoutExpired as error:
        raise OctoPrintError(f"Could not {purpose}: it took longer than {INSTALL_S:.0f} s.") from error
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()[-5:]
        raise OctoPrintError("\n".join([f"Could not {purpose}:", *said]))


@click.command()
@click.option("--base", type=click.Path(path_type=Path, file_okay=False), required=True)
@click.option("--port", type=int, required=True)
def serve_command(base: Path, port: int) -> None:
    """Become the OctoPrint server of a prepared folder."""
    command = Server(base, port).command()
    os.execv(command[0], command)  # noqa: S606 - our own command line, no shell


if __name__ == "__main__":
    serve_command(prog_name="octoprint")
