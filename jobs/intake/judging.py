"""What a person should know about a shape before it is printed."""

from typing import Final

from jobs.errors import Sentence
from jobs.intake.mesh import Mesh
from jobs.intake.placing import dimensions
from jobs.intake.topology import topology
from jobs.intake.walls import thinnest_mm

TINY_MM: Final = 1.0
SMALL_MM: Final = 10.0


def judged(mesh: Mesh, nozzle_mm: float) -> tuple[Sentence, ...]:
    """Say what looks wrong: the unit, thin walls, holes, a surface that is none."""
    return (*_size(mesh), *_walls(mesh, nozzle_mm), *_surface(mesh))


def _size(mesh: Mesh) -> list[Sentence]:
    """Suspect metres or inches."""
    size, largest = dimensions(mesh.size_mm), max(mesh.size_mm)
    if largest < TINY_MM:
        return [
            Sentence(
                f"La forme est minuscule ({size}). Est-elle en mètres ? Alors agrandis-la 1000 fois.",
                f"The shape is tiny ({size}). Is it in metres? Then enlarge it 1000 times.",
                "perhaps-metres",
            )
        ]
    if largest < SMALL_MM:
        return [
            Sentence(
                f"La forme est très petite ({size}). Est-elle en pouces ? Alors agrandis-la 25,4 fois.",
                f"The shape is very small ({size}). Is it in inches? Then enlarge it 25.4 times.",
                "perhaps-inches",
            )
        ]
    return []


def _walls(mesh: Mesh, nozzle_mm: float) -> list[Sentence]:
    """Two widths of the nozzle make a wall that holds."""
    thin = thinnest_mm(mesh, 2 * nozzle_mm)
    if thin is None:
        return []
    width, enough = f"{thin:.1f}", f"{2 * nozzle_mm:.1f}"
    comma = (width.replace(".", ","), enough.replace(".", ","))
    return [
        Sentence(
            "Des murs sont très fins ({} mm) : ils peuvent manquer ou casser. Il faut {} mm.".format(*comma),
            f"Some walls are very thin ({width} mm): they may be missing or break. {enough} mm is enough.",
            "thin-walls",
        )
    ]


def _surface(mesh: Mesh) -> list[Sentence]:
    """Open, crowded and contradictory edges."""
    counts = topology(mesh)
    opened = counts.open_edges
    said = []
    if opened:
        said.append(
            Sentence(
                f"La forme n'est pas fermée ({opened} bords ouverts) : le résultat peut surprendre.",
                f"The shape is not closed ({opened} open edges): the result may surprise.",
                "open",
            )
        )
    if counts.crowded_edges or counts.flipped_edges:
        said.append(
            Sentence(
                "Des morceaux de la forme se touchent de travers : regarde bien l'aperçu.",
                f"Parts of the shape meet in a way no object does ({counts.crowded_edges} crowded and "
                f"{counts.flipped_edges} contradictory edges): look at the preview.",
                "not-manifold",
            )
        )
    return said
