"""The preparing child for a shape that was brought: `python -m jobs.prepare.from_mesh`."""

import sys
from typing import Final

from jobs.errors import Sentence
from jobs.intake.choices import Orientation
from jobs.intake.mending import mend
from jobs.intake.reading import read_mesh
from jobs.intake.resting import LAID, oriented
from jobs.intake.threemf import carries_settings
from jobs.prepare.bench import Made, Workbench, read_upload
from jobs.prepare.child import run
from jobs.prepare.printing import print_mesh
from jobs.prepare.request import PrepareRequest
from jobs.prepare.wishes import read_mesh_wishes


def make(request: PrepareRequest, bench: Workbench) -> Made:
    """Read, mend, stand up and slice a mesh."""
    wishes = read_mesh_wishes(request.design.parameters)
    data = read_upload(request.source)
    mended = mend(read_mesh(data).scaled(wishes.scale))
    standing = oriented(mended.mesh, wishes.orientation)
    laid = wishes.orientation is Orientation.AUTO and standing is not mended.mesh
    ignored = (_SETTINGS_IGNORED,) if carries_settings(data) else ()
    said = (*ignored, *mended.warnings, *((LAID,) if laid else ()))
    return print_mesh(standing, bench, said, fit=wishes.fit)


_SETTINGS_IGNORED: Final = Sentence(
    "Ce fichier contient des réglages d'un autre logiciel : seule sa forme est prise, le vélo a les siens.",
    "This file holds the settings of another program: only its shape is taken, the bike has its own.",
    "settings-ignored",
)

if __name__ == "__main__":
    sys.exit(run(make))
