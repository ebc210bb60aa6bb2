"""From a shape of the catalogue to the files of a job."""

from dataclasses import replace

from jobs.cam.plan import read_plan
from jobs.designs.brought import Brought
from jobs.designs.catalogue import mill_shape, print_shape
from jobs.machines import MillProfile
from jobs.prepare.bench import Made, Workbench, finish
from jobs.prepare.cutting import mill_drawing
from jobs.prepare.printing import print_mesh
from jobs.types import Design


def shape(design: Design, brought: Brought, bench: Workbench) -> Made:
    """Make a shape on the machine of the bench.

    Raises:
        DesignRefusedError: a setting, a text or a drawing does not fit, or the machine cannot make the shape.
        ProgramRefusedError: the milling program did not pass the checker or the gate.
        PreparationFailedError: the slicer failed.
    """
    profile = bench.profile
    if not isinstance(profile, MillProfile):
        return print_mesh(print_shape(design.kind, design.parameters, brought), bench)
    own = {key: value for key, value in design.parameters.items() if key != "material"}
    drawing = mill_shape(design.kind, own, brought)
    milled = mill_drawing(drawing, profile, bench.report, read_plan(design.parameters))
    at_mill = replace(bench, profile=milled.profile)
    return finish(milled.program, milled.files, at_mill, milled.warnings)
