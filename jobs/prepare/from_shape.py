"""The preparing child for a shape printed out of settings: `python -m jobs.prepare.from_shape`."""

import sys

from jobs.designs.brought import NOTHING
from jobs.prepare.bench import Made, Workbench
from jobs.prepare.child import run
from jobs.prepare.request import PrepareRequest
from jobs.prepare.shaping import printed_shape


def make(request: PrepareRequest, bench: Workbench) -> Made:
    """Shape what was asked for, then slice it."""
    return printed_shape(request.design, NOTHING, bench)


if __name__ == "__main__":
    sys.exit(run(make))
