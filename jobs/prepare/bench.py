"""Where one design is worked on, and what comes off it."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from drivers.gcode import Program
from jobs.errors import DesignRefusedError, Sentence
from jobs.estimate.cost import estimate
from jobs.intake.refusals import SIZE_LIMIT_BYTES, refused
from jobs.machines import MachineProfile
from jobs.prepare.request import ProgressReport
from jobs.prepare.wire import LAYERS, PATHS, PROGRAM
from jobs.prepare.wishes import PLAIN, Wishes
from jobs.preview.layers import paths_of
from jobs.preview.paths import read_paths
from jobs.preview.picture import layers_png
from jobs.types import Prepared


@dataclass(frozen=True, slots=True)
class Made:
    """A program with its files by name, not yet written anywhere."""

    prepared: Prepared
    files: dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Workbench:
    """The machine, a scratch folder, whom to tell, and how to print if it is a printer."""

    profile: MachineProfile
    scratch: Path
    report: ProgressReport
    wishes: Wishes = PLAIN


def read_upload(source: Path | None) -> bytes:
    """Read what was brought, never more of it than is allowed, and never a pipe, a device or a link.

    Raises:
        DesignRefusedError: there is no file, it is no plain file, or it is too large.
    """
    if source is None:
        raise refused("empty")
    try:
        place = os.open(source, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise refused("not-a-file") from error
    with os.fdopen(place, "rb") as stream:
        if not stat.S_ISREG(os.fstat(place).st_mode):
            raise refused("not-a-file")
        data = stream.read(SIZE_LIMIT_BYTES + 1)
    if len(data) > SIZE_LIMIT_BYTES:
        raise refused("too-heavy")
    return data


def finish(
    program: Program, files: dict[str, bytes], bench: Workbench, warnings: tuple[Sentence, ...] = ()
) -> Made:
    """Estimate a checked program; `files` are its preview and its picture, in this order.

    Raises:
        DesignRefusedError: the program does not make anything.
    """
    bench.report("estimate", 0.0)
    cost = estimate(program, bench.profile)
    if cost.bounds_mm is None:
        raise DesignRefusedError(
            "makes-nothing",
            Sentence("Ce programme ne fabrique rien.", "This program does not make anything."),
        )
    paths = paths_of(program, bench.profile)
    bench.report("estimate", 1.0)
    preview, picture = files
    prepared = Prepared(PROGRAM, preview, picture, cost, warnings)
    layers = layers_png(read_paths(paths))
    return Made(prepared, {PROGRAM: program.data, PATHS: paths, LAYERS: layers, **files})
