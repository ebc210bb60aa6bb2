"""A PostgreSQL of Debian's on a socket of its own, never as root."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_PROGRAMS: Final = Path("/usr/lib/postgresql")
_SETTINGS: Final = {
    "listen_addresses": "",
    "max_connections": "40",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
}


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running server; each test makes a database of its own."""

    socket: Path
    user: str

    def database(self, name: str) -> str:
        """Make an empty database and return its address."""
        self._psql("postgres", f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self._psql("postgres", f'CREATE DATABASE "{name}"')
        return f"postgresql:///{name}?host={self.socket}&user={self.user}"

    def drop(self, name: str) -> None:
        """Throw a database away, whoever is connected."""
        self._psql("postgres", f'DROP DATABASE "{name}" WITH (FORCE)')

    def _psql(self, database: str, sql: str) -> None:
        command = ["psql", "-q", "-h", str(self.socket), "-U", self.user, "-d", database, "-c", sql]
        subprocess.run(command, check=True, capture_output=True)


def programs() -> Path:
    """The folder of initdb and postgres, after installing them if need be."""
    if not _installed():
        prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
        subprocess.run([*prefix, "apt-get", "update", "-q"], check=True, capture_output=True)
        install = ["apt-get", "install", "-q", "-y", "--no-install-recommends", "postgresql"]
        subprocess.run(
            [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", *install], check=True, capture_output=True
        )
    return _installed()[-1]


def _installed() -> list[Path]:
    return sorted(path.parent for path in _PROGRAMS.glob("*/bin/initdb"))


@contextmanager
def run_postgres() -> Iterator[Postgres]:
    """Run a server while the context lasts, as the user `postgres` when the tests run as root."""
    binaries = programs()
    user = pwd.getpwnam("postgres") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    folder = Path(tempfile.mkdtemp(prefix="dipbike-pg-"))
    os.chown(folder, user.pw_uid, user.pw_gid)
    try:
        _as(user, [str(binaries / "initdb"), "-A", "trust", "-E", "UTF8", "-N", "-D", str(folder / "data")])
        command = [str(binaries / "postgres"), "-D", str(folder / "data"), "-k", str(folder)]
        for name, value in _SETTINGS.items():
            command += ["-c", f"{name}={value}"]
        with subprocess.Popen(
            command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **_who(user)
        ) as process:
            try:
                _wait(binaries, folder, process)
                yield Postgres(folder, user.pw_name)
            finally:
                process.send_signal(signal.SIGINT)  # fast: connections that are left are ended
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _as(user: pwd.struct_passwd, command: Sequence[str]) -> None:
    """Run a command as a user."""
    subprocess.run(command, check=True, capture_output=True, cwd="/", **_who(user))


def _who(user: pwd.struct_passwd) -> dict[str, Any]:
    """Who a process is to be, when that can be chosen."""
    if os.geteuid() != 0:
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _wait(binaries: Path, folder: Path, process: subprocess.Popen[bytes]) -> None:
    """Return once the server takes connections."""
    end_s = time.monotonic() + 60
    while time.monotonic() < end_s and process.poll() is None:
        if subprocess.run([binaries / "pg_isready", "-q", "-h", folder], check=False).returncode == 0:
            return
        time.sleep(0.1)
    raise RuntimeError("PostgreSQL did not start.")
