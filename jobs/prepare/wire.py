"""The JSON that crosses the border between the service and its preparing child, both ways."""

import json
import resource
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Final

from drivers.types import DeviceKind
from jobs.errors import DesignRefusedError, JobError, PreparationFailedError, ProgramRefusedError, Sentence
from jobs.prepare.request import PrepareRequest
from jobs.types import Design, DesignKind, Estimate, Prepared

PROGRAM: Final = "program.gcode"
PREVIEWS: Final = ("preview.stl", "preview.json")
PICTURES: Final = ("picture.png", "picture.svg")
PATHS: Final = "paths.dipp"
LAYERS: Final = "layers.png"
FILES: Final = frozenset({PROGRAM, PATHS, LAYERS, *PREVIEWS, *PICTURES})
"""Every name that may stand in the folder of a job."""

_KINDS: Final[dict[str, type[JobError]]] = {
    kind.__name__: kind for kind in (DesignRefusedError, ProgramRefusedError, PreparationFailedError)
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What the child and the slicer under it may use; `wall_s` is kept by the parent."""

    memory_bytes: int = 1_500_000_000
    cpu_s: int = 600
    file_bytes: int = 250_000_000
    wall_s: float = 900.0

    def apply(self) -> None:
        """Bind the calling process and all it starts, for good."""
        for kind, value in (
            (resource.RLIMIT_AS, self.memory_bytes),
            (resource.RLIMIT_FSIZE, self.file_bytes),
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_RTPRIO, 0),
        ):
            resource.setrlimit(kind, (value, value))
        # the soft limit comes first and names itself by its signal; the hard one kills without a word
        resource.setrlimit(resource.RLIMIT_CPU, (self.cpu_s, self.cpu_s + 1))


def ask(request: PrepareRequest, limits: Limits) -> bytes:
    """Write a request as one line."""
    source = str(request.source) if request.source else None
    whole = {
        "design": asdict(request.design),
        "profile": request.profile,
        "source": source,
        "out": str(request.out),
        "limits": asdict(limits),
    }
    return json.dumps(whole).encode() + b"\n"


def asked(line: bytes) -> tuple[PrepareRequest, Limits]:
    """Read a request that the parent wrote."""
    whole = json.loads(line)
    design = whole["design"]
    return PrepareRequest(
        Design(
            DesignKind(design["kind"]),
            DeviceKind(design["device"]),
            design["source"],
            design["parameters"],
        ),
        whole["profile"],
        Path(whole["source"]) if whole["source"] else None,
        Path(whole["out"]),
    ), Limits(**whole["limits"])


def tell(prepared: Prepared) -> dict[str, object]:
    """Write a result."""
    return {"result": asdict(prepared)}


def tell_error(error: JobError) -> dict[str, object]:
    """Write a refusal or a failure, with its class."""
    word = "failed" if isinstance(error, PreparationFailedError) else "refused"
    said = {
        "kind": type(error).__name__,
        "code": error.code,
        "fr": error.sentence.fr,
        "en": error.sentence.en,
    }
    return {word: said}


def told(whole: dict[str, dict[str, object]], out: Path) -> Prepared:
    """Read the last line of a child and trust only what fits: known names, files that are there.

    Raises:
        JobError: the child refused or failed.
        ValueError: the line is no result.
        KeyError: something is missing in it.
        TypeError: something in it has the wrong type.
    """
    said = whole.get("refused") or whole.get("failed")
    if said:
        kind = _KINDS[str(said["kind"])]
        raise kind(str(said["code"])[:64], _sentence(said))
    result = whole["result"]
    program, preview, picture = (str(result[key]) for key in ("program", "preview", "picture"))
    names = (program, preview, picture)
    if not FILES.issuperset(names) or not all(_is_plain_file(out / name) for name in names):
        raise ValueError("The child named a file that is not there.")
    warnings = result["warnings"]
    if not isinstance(warnings, list):
        raise TypeError("The warnings are no list.")
    said_before = tuple(_sentence(warning) for warning in warnings)
    return Prepared(program, preview, picture, _estimate(result["estimate"]), said_before)


def _estimate(values: object) -> Estimate:
    if not isinstance(values, dict) or values.keys() != {field.name for field in fields(Estimate)}:
        raise ValueError("The estimate is not of the known shape.")
    bounds = values.pop("bounds_mm")
    loads, heat_loads = (tuple(map(float, values.pop(name))) for name in ("loads", "heat_loads"))
    numbers = {str(name): float(value) for name, value in values.items()}
    layers = int(numbers.pop("layers"))
    room = None if bounds is None else tuple(bounds)
    return Estimate(**numbers, layers=layers, bounds_mm=room, loads=loads, heat_loads=heat_loads)


def _sentence(said: dict[str, object]) -> Sentence:
    return Sentence(str(said["fr"])[:500], str(said["en"])[:500], str(said.get("code", ""))[:64])


def _is_plain_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()
