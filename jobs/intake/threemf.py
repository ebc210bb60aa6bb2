"""3MF: the shapes and where they stand; settings, scripts, names and pictures inside are never looked at."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from jobs.intake.mesh import Triangles
from jobs.intake.refusals import TRIANGLE_LIMIT, refused
from jobs.intake.threemf_model import UNIT_MM, Model, ModelReader, Placement
from jobs.intake.xml_events import parse_xml
from jobs.intake.zip_package import Package

DEFAULT_MODEL: Final = "3D/3dmodel.model"
SETTINGS_FOLDER: Final = "Metadata"
"""Where PrusaSlicer, Bambu Studio and Cura keep what they were told."""
DEPTH_LIMIT: Final = 8
PART_LIMIT: Final = 100
Matrix = NDArray[np.float64]


def read_3mf(data: bytes) -> Triangles:
    """Read every object that the build places, with its transforms, in millimetres."""
    return _Assembly(Package(data)).build()


def carries_settings(data: bytes) -> bool:
    """Tell whether a file brings a slicer's own settings, which may name programs to be run."""
    return data.startswith(b"PK") and Package(data).has_folder(SETTINGS_FOLDER)


class _Assembly:
    """Models of one package, read when something refers to them; triangles are counted before they exist."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._models: dict[str, Model] = {}
        self._left = TRIANGLE_LIMIT
        self._steps = 10_000
        self._found: list[Triangles] = []

    def build(self) -> Triangles:
        """Place every item of the build."""
        root = self._root()
        model = self._model(root)
        scale = np.diag([UNIT_MM[model.unit]] * 3 + [1.0])
        for item in model.items:
            self._place(item, root, scale, 0)
        if not self._found:
            raise refused("no-triangles")
        return np.concatenate(self._found)

    def _root(self) -> str:
        """Name of the part that holds the build, as the package's relations say."""
        if DEFAULT_MODEL in self._package:
            return DEFAULT_MODEL
        targets: list[str] = []

        def start(name: str, attributes: dict[str, str]) -> None:
            if name == "Relationship" and attributes.get("Type", "").endswith("/3dmodel"):
                targets.append(attributes.get("Target", ""))

        if "_rels/.rels" in self._package:
            parse_xml(self._package.chunks("_rels/.rels"), start, lambda _name: None)
        if not targets:
            raise refused("not-a-shape")
        return targets[0]

    def _model(self, part: str) -> Model:
        """Read one model part, once."""
        key = part.lstrip("/")
        if key not in self._models:
            if len(self._models) >= PART_LIMIT:
                raise refused("too-detailed")
            reader = ModelReader()
            parse_xml(self._package.chunks(key), reader.start, reader.end)
            self._models[key] = reader.model
        return self._models[key]

    def _place(self, placement: Placement, part: str, outer: Matrix, depth: int) -> None:
        """Add one object and its components; depth, steps and triangles are bounded against bombs."""
        self._steps -= 1
        if depth > DEPTH_LIMIT or self._steps < 0:
            raise refused("too-detailed")
        part = placement.part or part
        found = self._model(part).objects.get(placement.object)
        if found is None:
            raise refused("broken")
        matrix = placement.matrix() @ outer
        if found.is_model and len(found.triangles):
            self._left -= len(found.triangles)
            if self._left < 0:
                raise refused("too-detailed")
            self._found.append(_transformed(found.mesh(), matrix))
        for component in found.components:
            self._place(component, part, matrix, depth + 1)


def _transformed(triangles: Triangles, matrix: Matrix) -> Triangles:
    """Apply a 4×4 row-vector matrix; a mirroring one turns the triangles so that outside stays outside."""
    moved = triangles.astype(np.float64) @ matrix[:3, :3] + matrix[3, :3]
    if np.linalg.det(matrix[:3, :3]) < 0:
        moved = moved[:, ::-1]
    return moved.astype(np.float32)
