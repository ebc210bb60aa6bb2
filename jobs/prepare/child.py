"""What every preparing child does: one request on standard input, progress and one result on standard output.

Each kind of design has a small program of its own (`from_mesh`, `from_drawing`, …), so that a child loads
only what it needs. It binds itself to its limits before it opens anything that a participant brought.
"""

import json
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from jobs.errors import JobError, PreparationFailedError
from jobs.intake.refusals import refused
from jobs.machines import PROFILES, PrinterProfile
from jobs.prepare.bench import Made, Workbench
from jobs.prepare.confine import confine
from jobs.prepare.request import PrepareRequest
from jobs.prepare.wire import asked, tell, tell_error
from jobs.prepare.wishes import take_wishes

EXIT_MADE: Final = 0
EXIT_FAILED: Final = 1
EXIT_REFUSED: Final = 2


def run(make: Callable[[PrepareRequest, Workbench], Made]) -> int:
    """Prepare one design; exit code 0 when made, 2 when refused, 1 when the tools failed."""
    request, limits = asked(sys.stdin.buffer.readline())
    confine(request, limits)
    _report("intake", 0.0)
    try:
        with tempfile.TemporaryDirectory(prefix="prepare-") as scratch:
            made = make(*_set_up(request, Path(scratch)))
        _write(made, request.out)
    except JobError as error:
        return _explain(error)
    except MemoryError:
        return _explain(refused("too-detailed"))
    _say(tell(made.prepared))
    return EXIT_MADE


def _set_up(request: PrepareRequest, scratch: Path) -> tuple[PrepareRequest, Workbench]:
    """Put the wishes for the printer on the workbench; the design keeps the others."""
    profile = PROFILES[request.profile]
    if not isinstance(profile, PrinterProfile):
        return request, Workbench(profile, scratch, _report)
    wishes, rest = take_wishes(request.design.parameters)
    design = replace(request.design, parameters=rest)
    return replace(request, design=design), Workbench(profile, scratch, _report, wishes)


def _explain(error: JobError) -> int:
    _say(tell_error(error))
    return EXIT_FAILED if isinstance(error, PreparationFailedError) else EXIT_REFUSED


def _write(made: Made, out: Path) -> None:
    """Put all files of a job into its folder, on the disk for good, or none of them."""
    try:
        for name, data in made.files.items():
            with (out / name).open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
    except OSError:
        for name in made.files:
            (out / name).unlink(missing_ok=True)
        raise
    folder = os.open(out, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _report(stage: str, share: float) -> None:
    _say({"progress": [stage, round(share, 3)]})


def _say(message: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()
