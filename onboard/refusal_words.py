"""The ready sentences with which a mediator refuses an object."""

from typing import Final

from jobs.errors import Sentence

REFUSALS: Final[dict[str, Sentence]] = {
    "not-suitable": Sentence(
        "Cet objet ne convient pas ici. Demande au médiateur ce qui est possible.",
        "This object is not suitable here. Ask the mediator what is possible.",
    ),
    "too-long": Sentence(
        "Cet objet prend trop de temps ou de batterie aujourd'hui : essaie plus petit.",
        "This object takes too much time or battery today: try a smaller one.",
    ),
    "change-asked": Sentence(
        "Le médiateur te demande un changement : va le voir, puis envoie-le de nouveau.",
        "The mediator asks you for a change: go and talk, then send it again.",
    ),
    "not-here": Sentence(
        "Le vélo n'a pas ce qu'il faut pour cet objet aujourd'hui.",
        "The bike does not carry what this object needs today.",
    ),
}
