"""From a shape of the catalogue to the files of a job for the mill: printing does without these modules."""

from dataclasses import replace

from jobs.cam.plan import read_plan
from jobs.designs.brought import Brought
from jobs.designs.catalogue import mill_shape
from jobs.machines import MillProfile
from jobs.prepare.bench import Made, Workbench, finish
from jobs.prepare.cutting import mill_drawing
from jobs.types import Design


def milled_shape(design: Design, brought: Brought, bench: Workbench, profile: MillProfile) -> Made:
    """Make a shape on the mill.

    Raises:
        DesignRefusedError: a setting, a text or a drawing does not fit, or the shape cannot be milled.
        ProgramRefusedError: the milling program did not pass the checker or the gate.
    """
    own = {key: value for key, value in design.parameters.items() if key != "material"}
    drawing = mill_shape(design.kind, own, brought)
    milled = mill_drawing(drawing, profile, bench.report, read_plan(design.parameters))
    at_mill = replace(bench, profile=milled.profile)
    return finish(milled.program, milled.files, at_mill, milled.warnings)
