"""One model part of a 3MF: its objects, components and build items."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jobs.intake.mesh import Triangles
from jobs.intake.refusals import TRIANGLE_LIMIT, refused

UNIT_MM: Final = {
    "micron": 0.001,
    "millimeter": 1.0,
    "centimeter": 10.0,
    "inch": 25.4,
    "foot": 304.8,
    "meter": 1000.0,
}
"""Source: 3MF core specification, 3.2 Unit."""
CORNER_LIMIT: Final = 3 * TRIANGLE_LIMIT


@dataclass(frozen=True, slots=True)
class Placement:
    """An object put somewhere; `part` names another model part of the package or is empty."""

    object: str
    transform: tuple[float, ...] = ()
    part: str = ""

    def matrix(self) -> NDArray[np.float64]:
        """The transform as a 4×4 matrix for row vectors."""
        matrix = np.eye(4)
        if self.transform:
            matrix[:, :3] = np.array(self.transform).reshape(4, 3)
        return matrix


@dataclass(slots=True)
class Shape:
    """An object: corners with triangles, or components."""

    is_model: bool
    corners: list[tuple[float, float, float]] = field(default_factory=list)
    triangles: list[tuple[int, int, int]] = field(default_factory=list)
    components: list[Placement] = field(default_factory=list)

    def mesh(self) -> Triangles:
        """Triangles of this object alone, shape (n, 3, 3)."""
        indices = np.array(self.triangles, dtype=np.int64).reshape(-1, 3)
        if indices.size and (indices.min() < 0 or indices.max() >= len(self.corners)):
            raise refused("broken")
        return np.array(self.corners, dtype=np.float32).reshape(-1, 3)[indices]


@dataclass(slots=True)
class Model:
    """What one part says."""

    unit: str = "millimeter"
    objects: dict[str, Shape] = field(default_factory=dict)
    items: list[Placement] = field(default_factory=list)


class ModelReader:
    """Collects a model from XML events; anything it does not know is passed over."""

    def __init__(self) -> None:
        self.model = Model()
        self._shape: Shape | None = None
        self._corners = 0
        self._triangles = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take one opening tag."""
        try:
            self._take(name, attributes)
        except (KeyError, ValueError) as error:
            raise refused("broken") from error

    def end(self, name: str) -> None:
        """Take one closing tag."""
        if name == "object":
            self._shape = None

    def _take(self, name: str, attributes: dict[str, str]) -> None:
        match name:
            case "vertex" if self._shape is not None:
                self._add_corner(self._shape, attributes)
            case "triangle" if self._shape is not None:
                self._add_triangle(self._shape, attributes)
            case "component" if self._shape is not None:
                self._shape.components.append(_placement(attributes))
            case "object":
                self._shape = Shape(attributes.get("type", "model") == "model")
                self.model.objects[attributes["id"]] = self._shape
            case "item":
                self.model.items.append(_placement(attributes))
            case "model":
                self._set_unit(attributes.get("unit", "millimeter"))
            case _:
                return

    def _add_corner(self, shape: Shape, attributes: dict[str, str]) -> None:
        self._corners += 1
        if self._corners > CORNER_LIMIT:
            raise refused("too-detailed")
        shape.corners.append((float(attributes["x"]), float(attributes["y"]), float(attributes["z"])))

    def _add_triangle(self, shape: Shape, attributes: dict[str, str]) -> None:
        self._triangles += 1
        if self._triangles > TRIANGLE_LIMIT:
            raise refused("too-detailed")
        shape.triangles.append((int(attributes["v1"]), int(attributes["v2"]), int(attributes["v3"])))

    def _set_unit(self, unit: str) -> None:
        if unit not in UNIT_MM:
            raise refused("broken")
        self.model.unit = unit


def _placement(attributes: dict[str, str]) -> Placement:
    """Read an item or a component."""
    numbers = tuple(float(word) for word in attributes.get("transform", "").split())
    if len(numbers) not in {0, 12}:
        raise refused("broken")
    paths = [value for key, value in attributes.items() if key.rpartition(":")[2] == "path"]
    return Placement(attributes["objectid"], numbers, paths[0] if paths else "")
