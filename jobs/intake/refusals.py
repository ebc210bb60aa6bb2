"""Why a shape is not taken in, in words that a child understands."""

from typing import Final

from jobs.errors import DesignRefusedError, Sentence

SIZE_LIMIT_BYTES: Final = 60_000_000
TRIANGLE_LIMIT: Final = 600_000
COORDINATE_LIMIT_MM: Final = 1e6

_SENTENCES: Final = {
    "empty": Sentence("Ce fichier est vide.", "This file is empty."),
    "not-a-file": Sentence("Ce n'est pas un fichier.", "This is not a file."),
    "not-a-shape": Sentence(
        "Ce fichier n'est pas une forme en 3D. Apporte un fichier STL, 3MF ou OBJ.",
        "This file is not a 3D shape. Bring an STL, 3MF or OBJ file.",
    ),
    "broken": Sentence(
        "Ce fichier est abîmé : il en manque un morceau ou il est mal écrit. Enregistre-le encore une fois.",
        "This file is damaged: a piece is missing or badly written. Save it once more.",
    ),
    "no-triangles": Sentence("Il n'y a aucune forme dans ce fichier.", "There is no shape in this file."),
    "numbers": Sentence(
        "Ce fichier contient des nombres impossibles.", "This file contains impossible numbers."
    ),
    "too-detailed": Sentence(
        "Cette forme a trop de détails : 600 000 triangles au plus. Simplifie-la un peu.",
        "This shape has too many details: 600,000 triangles at most. Simplify it a little.",
    ),
    "too-heavy": Sentence("Ce fichier est trop gros pour le vélo.", "This file is too big for the bike."),
    "doctype": Sentence(
        "Ce fichier contient un DOCTYPE, que nous n'ouvrons jamais. Enregistre-le avec un autre logiciel.",
        "This file holds a DOCTYPE, which we never open. Save it with another program.",
    ),
    "flat": Sentence(
        "Cette forme est toute plate : elle n'a pas d'épaisseur.", "This shape is flat: it has no thickness."
    ),
}


def refused(code: str) -> DesignRefusedError:
    """The refusal of one code, to be raised by the reader."""
    return DesignRefusedError(code, _SENTENCES[code])
