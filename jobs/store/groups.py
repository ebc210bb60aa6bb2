"""Words for a class: a closed list, so that no school, teacher or child is ever named."""

from enum import StrEnum


class Group(StrEnum):
    """The class of whoever comes; NOBODY stands for passers-by, who belong to none."""

    NOBODY = ""
    SUN = "soleil"
    MOON = "lune"
    STAR = "etoile"
    CLOUD = "nuage"
    RAINBOW = "arc-en-ciel"
    COMET = "comete"
    FOREST = "foret"
    RIVER = "riviere"
    OCEAN = "ocean"
    MOUNTAIN = "montagne"
    VOLCANO = "volcan"
    MEADOW = "prairie"
    ISLAND = "ile"
    DESERT = "desert"
    SNOW = "neige"
    THUNDER = "tonnerre"
