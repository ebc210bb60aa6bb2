"""From a mesh to the files of a job for the printer."""

from jobs.errors import DesignRefusedError, Sentence
from jobs.intake.mesh import Mesh
from jobs.intake.placing import place
from jobs.intake.stl import write_stl
from jobs.machines import PrinterProfile
from jobs.prepare.bench import Made, Workbench, finish
from jobs.prepare.mesh_picture import picture_png
from jobs.slicer import Manner, Slicer


def print_mesh(mesh: Mesh, bench: Workbench) -> Made:
    """Slice a mesh for the printer.

    Raises:
        DesignRefusedError: the machine is no printer, or the mesh cannot be printed on it.
        PreparationFailedError: the slicer failed.
    """
    profile = bench.profile
    if not isinstance(profile, PrinterProfile):
        raise DesignRefusedError(
            "not-for-mill",
            Sentence(
                "La fraiseuse découpe des dessins : apporte un fichier SVG, ou choisis l'imprimante.",
                "The mill cuts drawings: bring an SVG file, or choose the printer.",
            ),
        )
    placed = place(mesh, profile.bed_mm)
    ours = write_stl(placed.mesh)
    stl = bench.scratch / "shape.stl"
    stl.write_bytes(ours)
    bench.report("slice", 0.0)
    slicer = Slicer(profile, bench.scratch)
    program = slicer.slice(stl, Manner(), lambda share: bench.report("slice", share))
    bench.report("check", 1.0)
    files = {"preview.stl": ours, "picture.png": picture_png(placed.mesh)}
    return finish(program, files, bench, placed.warnings)
