"""The cage of the preparing child as its parent builds it: its command line and its environment.

The network is taken away with `unshare` where the kernel allows that without root. Files and sockets
are given up by the child itself (`confine`). The log says once what this system does not allow.
"""

import functools
import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from jobs.prepare import fence, mute
from jobs.types import DesignKind

log = logging.getLogger(__name__)

_ROOT: Final = Path(__file__).resolve().parents[2]
_NO_NETWORK: Final = ("unshare", "--map-root-user", "--net", "--")
_PASSED_ON: Final = ("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX")
_PROGRAMS: Final = {
    DesignKind.MESH: "jobs.prepare.from_mesh",
    DesignKind.DRAWING: "jobs.prepare.from_drawing",
    DesignKind.GCODE: "jobs.prepare.from_program",
}
_PRINTED: Final = "jobs.prepare.from_shape"
_MILLED: Final = "jobs.prepare.from_milled_shape"
_SKETCHES: Final = "jobs.prepare.from_sketch"
"""Make every other kind: those that are shaped on the bike, out of settings alone or of a drawing too."""


def command(kind: DesignKind, *, brought: bool = True, milled: bool = False) -> list[str]:
    """The child's command line; `-P` keeps its working folder off the import path."""
    say_what_stays_open()
    out_of_settings = _MILLED if milled else _PRINTED
    program = _PROGRAMS.get(kind, _SKETCHES if brought else out_of_settings)
    return [*without_network(), sys.executable, "-P", "-m", program]


def environment(home: Path) -> dict[str, str]:
    """Nothing of the service's own environment but the way to our programs, and how it keeps bytecode."""
    return {
        **{name: os.environ[name] for name in _PASSED_ON if name in os.environ},
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": str(_ROOT),
        "HOME": str(home),
        "TMPDIR": str(home),
        "LC_ALL": "C.UTF-8",
        "OPENBLAS_NUM_THREADS": "1",
    }


@functools.cache
def say_what_stays_open() -> None:
    """Log, once, which walls of the cage this system does not have."""
    if not fence.version():
        log.warning("The preparing child can read files of this user: the kernel has no Landlock.")
    if not mute.known():
        log.warning("The preparing child can open sockets: this processor's calls are not known to us.")


@functools.cache
def without_network() -> tuple[str, ...]:
    """The prefix that takes the network away, empty where this system does not allow it."""
    unshare = shutil.which(_NO_NETWORK[0])
    if unshare is not None:
        command = [unshare, *_NO_NETWORK[1:], "true"]
        if subprocess.run(command, check=False, capture_output=True, timeout=10).returncode == 0:  # noqa: S603 - fixed words
            return (unshare, *_NO_NETWORK[1:])
    log.info("The preparing child has no network namespace of its own: unshare is not allowed here.")
    return ()
