"""Reads the file a shape is made from; kept apart because reading drawings is slow to load."""

from jobs.cam.svg import read_svg
from jobs.designs.brought import NOTHING, Brought
from jobs.designs.catalogue import SHAPES, Source
from jobs.designs.mind_map_file import read_mind_map
from jobs.errors import DesignRefusedError, Sentence
from jobs.types import DesignKind


def bring(kind: DesignKind, file: bytes) -> Brought:
    """Read the file of a shape; empty bytes stand for no file.

    Raises:
        DesignRefusedError: the file is malformed, hostile or too large, or the shape needs none.
    """
    if not file:
        return NOTHING
    match SHAPES[kind].source:
        case Source.NONE:
            raise DesignRefusedError(
                "needs-no-file",
                Sentence("Cette forme se fait sans fichier.", "This shape is made without a file."),
            )
        case Source.MIND_MAP:
            return Brought(mind_map=read_mind_map(file))
        case Source.DRAWING | Source.DRAWING_OR_NOT:
            return Brought(drawing=read_svg(file))
