"""The preparing child for a shape made of a drawing or mind map: `python -m jobs.prepare.from_sketch`."""

import sys

from jobs.designs.bring import bring
from jobs.machines import MillProfile
from jobs.prepare.bench import Made, Workbench, read_upload
from jobs.prepare.child import run
from jobs.prepare.milled_shaping import milled_shape
from jobs.prepare.request import PrepareRequest
from jobs.prepare.shaping import printed_shape


def make(request: PrepareRequest, bench: Workbench) -> Made:
    """Read what was drawn, shape it, then slice or mill it."""
    brought = bring(request.design.kind, read_upload(request.source))
    if isinstance(bench.profile, MillProfile):
        return milled_shape(request.design, brought, bench, bench.profile)
    return printed_shape(request.design, brought, bench)


if __name__ == "__main__":
    sys.exit(run(make))
