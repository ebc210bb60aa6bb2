"""From a program back to the JSON that it was read from."""

from enum import StrEnum

from drivers.robots.program import RobotProgram, Step
from drivers.robots.shape import KINDS, NAMES, VERSION, Inner

Json = dict[str, object]


def written_program(program: RobotProgram) -> Json:
    """Return what `reading.checked_program` reads as this program."""
    return {"version": VERSION, "steps": _steps(program.steps)}


def _steps(steps: tuple[Step, ...]) -> list[Json]:
    return [_step(step) for step in steps]


def _step(step: Step) -> Json:
    name = NAMES[type(step)]
    said: Json = {"do": name}
    for key, (field, part) in KINDS[name].parts.items():
        value = getattr(step, field)
        if isinstance(part, Inner):
            if part.is_needed or value:
                said[key] = _steps(value)
        else:
            said[key] = value.value if isinstance(value, StrEnum) else value
    return said | ({"id": step.id} if step.id else {})
