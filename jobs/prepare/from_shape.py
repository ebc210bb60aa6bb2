"""The preparing child for a shape made on the bike: `python -m jobs.prepare.from_shape`."""

import sys

from jobs.designs.catalogue import print_shape
from jobs.prepare.bench import Made, Workbench, read_upload
from jobs.prepare.child import run
from jobs.prepare.printing import print_mesh
from jobs.prepare.request import PrepareRequest


def make(request: PrepareRequest, bench: Workbench) -> Made:
    """Shape what was asked for and slice it."""
    design = request.design
    file = b"" if request.source is None else read_upload(request.source)
    return print_mesh(print_shape(design.kind, design.parameters, file), bench)


if __name__ == "__main__":
    sys.exit(run(make))
