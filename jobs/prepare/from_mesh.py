"""The preparing child for a shape that was brought: `python -m jobs.prepare.from_mesh`."""

import sys
from typing import Final

from jobs.errors import DesignRefusedError, Sentence
from jobs.intake.reading import read_mesh
from jobs.prepare.bench import Made, Workbench, read_upload
from jobs.prepare.child import run
from jobs.prepare.printing import print_mesh
from jobs.prepare.request import PrepareRequest
from jobs.types import Parameter

SMALLEST_SCALE: Final = 0.01
LARGEST_SCALE: Final = 1000.0


def make(request: PrepareRequest, bench: Workbench) -> Made:
    """Read, place and slice a mesh."""
    scale = _scale(request.design.parameters)
    return print_mesh(read_mesh(read_upload(request.source)).scaled(scale), bench)


def _scale(parameters: dict[str, Parameter]) -> float:
    """Take `scale` (0.01 to 1000): 1000 for a shape in metres, 25.4 for one in inches."""
    scale = parameters.get("scale", 1.0)
    fits = not isinstance(scale, str | bool) and SMALLEST_SCALE <= scale <= LARGEST_SCALE
    if parameters.keys() - {"scale"} or not fits:
        raise DesignRefusedError("parameters", Sentence("Un réglage est inconnu.", "A setting is unknown."))
    return float(scale)


if __name__ == "__main__":
    sys.exit(run(make))
