"""Tickets: an animal and a number from a closed list, so that nobody gives a name."""

import unicodedata
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from itertools import count
from typing import Final

ANIMALS: Final = (
    "Abeille", "Alouette", "Baleine", "Belette", "Biche", "Bison", "Blaireau", "Bouquetin", "Canard",
    "Castor", "Chamois", "Cheval", "Chouette", "Cigale", "Cigogne", "Coccinelle", "Colibri", "Crabe",
    "Cygne", "Daim", "Dauphin", "Écureuil", "Faucon", "Fourmi", "Gazelle", "Girafe", "Grenouille",
    "Grillon", "Hérisson", "Héron", "Hibou", "Hirondelle", "Kangourou", "Koala", "Lapin", "Lièvre",
    "Loutre", "Lynx", "Manchot", "Marmotte", "Martre", "Mésange", "Mouette", "Moineau", "Otarie",
    "Panda", "Papillon", "Pélican", "Phoque", "Pinson", "Poulpe", "Renard", "Sittelle", "Tortue",
    "Toucan", "Truite", "Zèbre",
)  # fmt: skip
_HUNDRED: Final = 100

Choose = Callable[[Sequence[str]], str]


def draw(used: AbstractSet[str], choose: Choose) -> str:
    """A ticket that nobody has had; numbers start at 1 and grow past 99 only when the list is full."""
    for first in count(0, _HUNDRED):
        numbers = range(max(first, 1), first + _HUNDRED)
        free = [ticket for animal in ANIMALS for n in numbers if (ticket := f"{animal} {n}") not in used]
        if free:
            return choose(free)
    raise AssertionError  # pragma: no cover - count never ends


def spoken(ticket: str) -> str:
    """A ticket as it sounds: no accents, no capitals, single spaces."""
    letters = unicodedata.normalize("NFKD", ticket)
    return " ".join("".join(c for c in letters if not unicodedata.combining(c)).casefold().split())
