"""Ready-made outlines for those who do not draw: a heart, a star, a flower, a cloud, a fir, an egg."""

from collections.abc import Callable
from typing import Final

import numpy as np
from manifold3d import CrossSection as Area
from manifold3d import OpType

from jobs.designs.area import centred, circle, size
from jobs.designs.settings import Option
from jobs.errors import Sentence

_STEPS: Final = 120


def heart() -> Area:
    """A heart."""
    t = np.linspace(0, 2 * np.pi, _STEPS, endpoint=False)
    y = 13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)
    return Area([np.column_stack((-16 * np.sin(t) ** 3, y))])


def star() -> Area:
    """A star with five points."""
    t = np.pi / 2 + np.arange(10) * np.pi / 5
    radius = np.where(np.arange(10) % 2, 0.5, 1.0)
    return Area([np.column_stack((radius * np.cos(t), radius * np.sin(t)))])


def flower() -> Area:
    """A flower with six petals."""
    turns = np.arange(6) * np.pi / 3
    petals = [circle(0.5, (float(np.cos(turn)), float(np.sin(turn)))) for turn in turns]
    return Area.batch_boolean([*petals, circle(1.0)], OpType.Add)


def cloud() -> Area:
    """A cloud."""
    puffs = ((0.0, 0.0, 1.0), (-1.2, -0.3, 0.7), (1.2, -0.3, 0.75), (-0.5, -0.5, 0.6), (0.5, -0.5, 0.6))
    return Area.batch_boolean([circle(radius, (x, y)) for x, y, radius in puffs], OpType.Add)


def fir() -> Area:
    """A fir tree."""
    steps = ((0.0, 3.0), (-0.8, 1.9), (-0.4, 1.9), (-1.1, 0.9), (-0.6, 0.9), (-1.4, -0.2), (-0.3, -0.2))
    left = [*steps, (-0.3, -0.8)]
    return Area([[*left, *[(-x, y) for x, y in reversed(left[1:])]]])


def egg() -> Area:
    """An egg."""
    t = np.linspace(0, 2 * np.pi, _STEPS, endpoint=False)
    return Area([np.column_stack(((1 - 0.18 * np.sin(t)) * np.cos(t), 1.3 * np.sin(t)))])


FORMS: Final[dict[str, Callable[[], Area]]] = {
    "heart": heart,
    "star": star,
    "flower": flower,
    "cloud": cloud,
    "fir": fir,
    "egg": egg,
}
OPTIONS: Final = (
    Option("heart", Sentence("cœur", "heart")),
    Option("star", Sentence("étoile", "star")),
    Option("flower", Sentence("fleur", "flower")),
    Option("cloud", Sentence("nuage", "cloud")),
    Option("fir", Sentence("sapin", "fir tree")),
    Option("egg", Sentence("œuf", "egg")),
)


def form(name: str, size_mm: float) -> Area:
    """A form round the origin, its longer side as long as asked."""
    made = FORMS[name]()
    factor = size_mm / max(size(made))
    return centred(made.scale((factor, factor)))
