"""What the preparing child gives up before it opens anything: files of others, sockets, time, memory."""

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final

from jobs.prepare.fence import READ, RUN, WORK, Opening, Right, enclose
from jobs.prepare.mute import forgo_sockets
from jobs.prepare.request import PrepareRequest
from jobs.prepare.wire import Limits

NICE: Final = 10
_ROOT: Final = Path(__file__).resolve().parents[2]
_SYSTEM: Final = ("/usr", "/bin", "/lib", "/lib64", sys.prefix, sys.base_prefix)
_DATA: Final = ("/etc/ld.so.cache", "/dev/urandom", f"{_ROOT}/jobs", f"{_ROOT}/drivers")
_SLICER: Final = "prusa-slicer"


def confine(request: PrepareRequest, limits: Limits) -> None:
    """Bind the calling process and all it starts, for good."""
    os.nice(NICE)
    forgo_sockets()
    enclose(_openings(request))
    limits.apply()


def _openings(request: PrepareRequest) -> list[Opening]:
    """Programs to run, our own code, what was brought, and two folders to work in: nothing of the user's."""
    openings = [Opening(Path(place), RUN) for place in _SYSTEM]
    openings += [Opening(Path(place), READ) for place in _DATA]
    openings += [Opening(folder, WORK) for folder in (Path(tempfile.gettempdir()), request.out)]
    openings.append(Opening(Path(os.devnull), READ | Right.WRITE_FILE))
    if request.source is not None:
        openings.append(Opening(request.source, READ))
    if slicer := shutil.which(_SLICER):
        openings.append(Opening(Path(slicer), RUN))
    return openings
