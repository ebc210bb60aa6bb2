"""From a mesh to a checked program by PrusaSlicer, which sees only our own STL and our own profile."""

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from drivers.gcode import Program
from jobs.allow.gate import check_program
from jobs.errors import TOO_SLOW, DesignRefusedError, PreparationFailedError, ProgramRefusedError, Sentence
from jobs.intake.choices import Quality
from jobs.machines import PrinterProfile

PROFILES: Final = Path(__file__).parent / "profiles"
COMMAND: Final = "prusa-slicer"
NOTHING_TO_PRINT: Final = "nothing-to-print"
_STAGE = re.compile(r"(\d+) => ")
_EXTRUDES = re.compile(rb"^G1 (?:[XYZ]\S+ )+E\.?\d", re.MULTILINE)
_NOTHING = re.compile(
    rb"no extrusions|print is empty|empty print|nothing to print|no layers|objects? (?:is|are) too small",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Manner:
    """How one shape is to be printed; a brim holds it down, supports hold up what hangs."""

    quality: Quality = Quality.NORMAL
    brim_mm: float = 0.0
    supports: bool = False

    def settings(self) -> str:
        """What is said to PrusaSlicer after the profiles."""
        return f"brim_width = {self.brim_mm:g}\nsupport_material = {int(self.supports)}\n"


@dataclass(frozen=True, slots=True)
class Slicer:
    """PrusaSlicer for one printer, by our profiles; scratch files go to `folder`."""

    profile: PrinterProfile
    folder: Path

    def slice(self, stl: Path, manner: Manner, report: Callable[[float], None]) -> Program:
        """Slice our STL, which stands where it shall be printed.

        Success is exit 0, a file, plastic pushed out and a program past the gate: exit codes alone lie.

        Raises:
            DesignRefusedError: nothing of the shape can be printed.
            PreparationFailedError: PrusaSlicer is missing or failed.
        """
        target = self.folder / "sliced.gcode"
        log = self.folder / "slicer.log"
        with log.open("wb") as errors:
            code = _run(self._arguments(stl, manner, target), self.folder, errors.fileno(), report)
        return self._judged(code, log.read_bytes()[-20_000:], target)

    def _judged(self, code: int, said: bytes, target: Path) -> Program:
        """Believe in a program only when everything agrees."""
        made = target.read_bytes() if target.is_file() else b""
        if _NOTHING.search(said) or (made and not _EXTRUDES.search(made)):
            raise DesignRefusedError(NOTHING_TO_PRINT, _TOO_SMALL)
        if code == -signal.SIGXCPU:
            raise PreparationFailedError("too-slow", TOO_SLOW)
        if code != 0 or not made:
            raise PreparationFailedError("slicer-failed", _FAILED)
        try:
            return check_program(made, self.profile)
        except ProgramRefusedError as error:
            raise PreparationFailedError(f"slicer-{error.code}", error.sentence) from error

    def _arguments(self, stl: Path, manner: Manner, target: Path) -> list[str]:
        """The command line; stdout is made line by line, or progress would come all at once at the end."""
        slicer, unbuffered = shutil.which(COMMAND), shutil.which("stdbuf")
        if slicer is None:
            raise PreparationFailedError("no-slicer", _MISSING)
        wishes = self.folder / "manner.ini"
        wishes.write_text(manner.settings())
        return [
            *([unbuffered, "-oL"] if unbuffered else []),
            slicer,
            "--export-gcode",
            *("--load", str(PROFILES / f"{self.profile.name}.ini")),
            *("--load", str(PROFILES / f"{manner.quality.value}.ini")),
            *("--load", str(wishes)),
            *("--datadir", str(self.folder / "slicer")),
            *("--loglevel", "1"),
            "--dont-arrange",
            *("--output", str(target)),
            str(stl),
        ]


def _run(arguments: list[str], folder: Path, errors: int, report: Callable[[float], None]) -> int:
    """Run to the end, reporting the largest share seen: stage numbers go back and forth."""
    environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    best = 0
    with subprocess.Popen(  # noqa: S603 - fixed program, no shell, arguments made by us
        arguments,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            stage = _STAGE.match(line)
            if stage and int(stage[1]) > best:
                best = min(int(stage[1]), 100)
                report(best / 100)
    return process.returncode


_TOO_SMALL: Final = Sentence(
    "Rien ne peut être imprimé : la forme est trop petite ou trop fine. Agrandis-la.",
    "Nothing can be printed: the shape is too small or too thin. Enlarge it.",
)
_FAILED: Final = Sentence(
    "La découpe en couches a échoué. Demande à ta médiatrice ou ton médiateur d'essayer une autre forme.",
    "Slicing failed. Ask your mediator to try another shape.",
)
_MISSING: Final = Sentence(
    "PrusaSlicer n'est pas installé sur le vélo : une forme ne peut pas être préparée.",
    "PrusaSlicer is not installed on the bike (Debian package prusa-slicer): shapes cannot be prepared.",
)
