"""The preparing child for a shape milled out of settings: `python -m jobs.prepare.from_milled_shape`."""

import sys

from jobs.designs.brought import NOTHING
from jobs.errors import PreparationFailedError, Sentence
from jobs.machines import MillProfile
from jobs.prepare.bench import Made, Workbench
from jobs.prepare.child import run
from jobs.prepare.milled_shaping import milled_shape
from jobs.prepare.request import PrepareRequest


def make(request: PrepareRequest, bench: Workbench) -> Made:
    """Shape what was asked for, then mill it."""
    if not isinstance(bench.profile, MillProfile):
        raise PreparationFailedError("not-a-mill", _NOT_A_MILL)
    return milled_shape(request.design, NOTHING, bench, bench.profile)


_NOT_A_MILL = Sentence("Cette machine ne fraise pas.", "This machine does not mill.")

if __name__ == "__main__":
    sys.exit(run(make))
