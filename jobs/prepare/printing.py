"""From a mesh to the files of a job for the printer."""

import math
from typing import Final

from jobs.errors import DesignRefusedError, Sentence
from jobs.intake.choices import Quality
from jobs.intake.judging import judged
from jobs.intake.mesh import Mesh
from jobs.intake.placing import Layout, place
from jobs.intake.resting import Resting, resting
from jobs.intake.stl import write_stl
from jobs.machines import PrinterProfile
from jobs.prepare.bench import Made, Workbench, finish
from jobs.prepare.mesh_picture import picture_png
from jobs.slicer import NOTHING_TO_PRINT, Manner, Slicer

OVERHANG_MM2: Final = 60.0
"""Less than this over air prints well enough without supports."""
SMALL_CONTACT_MM2: Final = 300.0
SLENDER: Final = 4.0
"""A shape this many times taller than the side of its contact may be torn off the bed."""
BRIM_MM: Final = 4.0


def print_mesh(mesh: Mesh, bench: Workbench, said: tuple[Sentence, ...] = (), *, fit: bool = False) -> Made:
    """Slice a mesh for the printer; `said` is what is to be told besides, `fit` shrinks what is too large.

    Raises:
        DesignRefusedError: the machine is no printer, or the mesh cannot be printed on it.
        PreparationFailedError: the slicer failed.
    """
    profile = bench.profile
    if not isinstance(profile, PrinterProfile):
        raise DesignRefusedError("not-for-mill", _NOT_FOR_MILL)
    placed = place(mesh, profile.bed_mm, Layout(bench.wishes.copies, fit))
    stands = resting(mesh)
    hanging = stands.overhang_mm2 > OVERHANG_MM2
    ours = write_stl(placed.mesh)
    stl = bench.scratch / "shape.stl"
    stl.write_bytes(ours)
    bench.report("slice", 0.0)
    manner = manner_for(stands, bench.wishes.quality, supports=hanging and bench.wishes.supports)
    doubts = judged(mesh, profile.nozzle_mm)
    slicer = Slicer(profile, bench.scratch)
    try:
        program = slicer.slice(stl, manner, lambda share: bench.report("slice", share))
    except DesignRefusedError as refusal:
        raise _with_reason(refusal, doubts) from refusal
    bench.report("check", 1.0)
    files = {"preview.stl": ours, "picture.png": picture_png(placed.mesh)}
    said = (*said, *placed.warnings, *doubts)
    if hanging:
        said = (*said, _SUPPORTED if manner.supports else _HANGING)
    return finish(program, files, bench, said)


def _with_reason(refusal: DesignRefusedError, doubts: tuple[Sentence, ...]) -> DesignRefusedError:
    """What looked wrong with a shape of which nothing can be printed is likely to be the reason."""
    if refusal.code != NOTHING_TO_PRINT or not doubts:
        return refusal
    fr, en = (" ".join(each) for each in zip(*((doubt.fr, doubt.en) for doubt in doubts), strict=True))
    sentence = Sentence(
        f"Rien de cette forme ne peut être imprimé. {fr}", f"Nothing of it can be printed. {en}"
    )
    return DesignRefusedError(doubts[0].code, sentence)


def manner_for(stands: Resting, quality: Quality, *, supports: bool) -> Manner:
    """Hold down with a brim what touches the bed with little."""
    slender = stands.height_mm > SLENDER * math.sqrt(stands.contact_mm2)
    brim = stands.contact_mm2 < SMALL_CONTACT_MM2 or slender
    return Manner(quality, BRIM_MM if brim else 0.0, supports)


_NOT_FOR_MILL: Final = Sentence(
    "La fraiseuse découpe des dessins : apporte un fichier SVG, ou choisis l'imprimante.",
    "The mill cuts drawings: bring an SVG file, or choose the printer.",
)
_SUPPORTED: Final = Sentence(
    "Une partie dépasse dans le vide : l'imprimante ajoute des supports, à enlever après.",
    "A part hangs in the air: the printer adds supports, to be removed afterwards.",
    "supports",
)
_HANGING: Final = Sentence(
    "Une partie dépasse dans le vide, sans support : elle peut être ratée.",
    "A part hangs in the air without support: it may fail.",
    "no-supports",
)
