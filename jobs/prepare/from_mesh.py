"""The preparing child for a shape that was brought: `python -m jobs.prepare.from_mesh`."""

import sys

from jobs.intake.choices import Orientation
from jobs.intake.mending import mend
from jobs.intake.reading import read_mesh
from jobs.intake.resting import LAID, oriented
from jobs.prepare.bench import Made, Workbench, read_upload
from jobs.prepare.child import run
from jobs.prepare.printing import print_mesh
from jobs.prepare.request import PrepareRequest
from jobs.prepare.wishes import read_mesh_wishes


def make(request: PrepareRequest, bench: Workbench) -> Made:
    """Read, mend, stand up and slice a mesh."""
    wishes = read_mesh_wishes(request.design.parameters)
    mended = mend(read_mesh(read_upload(request.source)).scaled(wishes.scale))
    standing = oriented(mended.mesh, wishes.orientation)
    laid = wishes.orientation is Orientation.AUTO and standing is not mended.mesh
    said = (*mended.warnings, *((LAID,) if laid else ()))
    return print_mesh(standing, bench, said, fit=wishes.fit)


if __name__ == "__main__":
    sys.exit(run(make))
