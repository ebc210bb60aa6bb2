"""From a shape of the catalogue to the files of a job for the printer."""

from jobs.designs.brought import Brought
from jobs.designs.catalogue import print_shape
from jobs.prepare.bench import Made, Workbench
from jobs.prepare.printing import print_mesh
from jobs.types import Design


def printed_shape(design: Design, brought: Brought, bench: Workbench) -> Made:
    """Make a shape on the printer.

    Raises:
        DesignRefusedError: a setting, a text or a drawing does not fit, or the shape cannot be printed.
        PreparationFailedError: the slicer failed.
    """
    return print_mesh(print_shape(design.kind, design.parameters, brought), bench)
