"""The preparing child for a drawing that was brought: `python -m jobs.prepare.from_drawing`."""

import sys
from dataclasses import replace

from jobs.designs.extrusion import extruded
from jobs.machines import MillProfile
from jobs.prepare.bench import Made, Workbench, finish, read_upload
from jobs.prepare.child import run
from jobs.prepare.milling import mill, read_drawing
from jobs.prepare.printing import print_mesh
from jobs.prepare.request import PrepareRequest


def make(request: PrepareRequest, bench: Workbench) -> Made:
    """Mill a drawing, or give it a thickness for the printer."""
    data, parameters, profile = read_upload(request.source), request.design.parameters, bench.profile
    if not isinstance(profile, MillProfile):
        return print_mesh(extruded(read_drawing(data, parameters)), bench)
    milled = mill(data, parameters, profile, bench.report)
    at_mill = replace(bench, profile=milled.profile)
    return finish(milled.program, milled.files, at_mill, milled.warnings)


if __name__ == "__main__":
    sys.exit(run(make))
