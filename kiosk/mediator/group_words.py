"""How the words for a class are said."""

from typing import Final

from jobs.errors import Sentence
from jobs.store.groups import Group

GROUP_WORDS: Final[dict[str, Sentence]] = {
    Group.NOBODY: Sentence("Tout public", "Passers-by"),
    Group.SUN: Sentence("Soleil", "Sun"),
    Group.MOON: Sentence("Lune", "Moon"),
    Group.STAR: Sentence("Étoile", "Star"),
    Group.CLOUD: Sentence("Nuage", "Cloud"),
    Group.RAINBOW: Sentence("Arc-en-ciel", "Rainbow"),
    Group.COMET: Sentence("Comète", "Comet"),
    Group.FOREST: Sentence("Forêt", "Forest"),
    Group.RIVER: Sentence("Rivière", "River"),
    Group.OCEAN: Sentence("Océan", "Ocean"),
    Group.MOUNTAIN: Sentence("Montagne", "Mountain"),
    Group.VOLCANO: Sentence("Volcan", "Volcano"),
    Group.MEADOW: Sentence("Prairie", "Meadow"),
    Group.ISLAND: Sentence("Île", "Island"),
    Group.DESERT: Sentence("Désert", "Desert"),
    Group.SNOW: Sentence("Neige", "Snow"),
    Group.THUNDER: Sentence("Tonnerre", "Thunder"),
}
