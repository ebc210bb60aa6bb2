"""From a drawing to the files of a job for the mill."""

from dataclasses import replace
from typing import Final

from jobs.cam.drawing import MARGIN_MM, Drawing, Role, with_roles
from jobs.cam.picture import is_picture, read_picture
from jobs.cam.plan import number, read_plan, wrong_setting
from jobs.cam.svg import Reading, read_svg
from jobs.errors import Sentence
from jobs.machines import MillProfile
from jobs.prepare.cutting import Milled, engrave_picture, mill_drawing
from jobs.prepare.request import ProgressReport
from jobs.types import Parameter

SIZE_SETTINGS: Final = frozenset({"width_mm", "scale", "letters"})
PLAN_SETTINGS: Final = frozenset(
    {"material", "tool", "tabs", "tab_width_mm", "tab_height_mm", "pocket_mm", "engrave_mm"}
)
_ROLE: Final = "role"


def read_drawing(data: bytes, parameters: dict[str, Parameter]) -> Drawing:
    """Read an uploaded drawing at the size and with the roles that were asked for.

    `width_mm` or `scale` sets the size, `letters` is "outline" or "line", `role` is "cut", "pocket" or
    "engrave" for all lines and `role.N` for line N of the preview. Settings of the mill are left to it.

    Raises:
        DesignRefusedError: The drawing cannot be read, or a parameter is unknown or out of bounds.
    """
    drawing = read_svg(data, _reading(parameters))
    roles = {name: _role(name, value) for name, value in parameters.items() if name.split(".")[0] == _ROLE}
    for name in parameters.keys() - SIZE_SETTINGS - PLAN_SETTINGS - roles.keys():
        raise wrong_setting(name)
    single = {_index(name): role for name, role in roles.items() if name != _ROLE}
    return with_roles(drawing, roles.get(_ROLE), single)


def _reading(parameters: dict[str, Parameter]) -> Reading:
    letters = parameters.get("letters", "outline")
    if letters not in {"outline", "line"} or {"width_mm", "scale"} <= parameters.keys():
        raise wrong_setting("letters" if letters not in {"outline", "line"} else "width_mm")
    width_mm = number(parameters, "width_mm", 100.0, (1.0, 2000.0)) if "width_mm" in parameters else None
    return Reading(width_mm, number(parameters, "scale", 1.0, (0.01, 100.0)), one_line=letters == "line")


def _role(name: str, value: Parameter) -> Role:
    if value not in set(Role):
        raise wrong_setting(name)
    return Role(value)


def _index(name: str) -> int:
    index = name.removeprefix(f"{_ROLE}.")
    if not (index.isascii() and index.isdigit() and len(index) < 7):
        raise wrong_setting(name)
    return int(index)


def mill(
    data: bytes, parameters: dict[str, Parameter], profile: MillProfile, report: ProgressReport
) -> Milled:
    """Mill an uploaded drawing, or engrave a picture: `picture` is "ink" for lines, "depth" for a photo.

    Raises:
        DesignRefusedError: The drawing or its parameters cannot be milled.
        ProgramRefusedError: The program did not pass the checker or the gate.
    """
    if is_picture(data):
        return _engrave(data, parameters, profile, report)
    drawing = read_drawing(data, parameters)
    milled = mill_drawing(drawing, profile, report, read_plan(parameters))
    asked = {"width_mm", "scale"} & parameters.keys()
    return replace(milled, warnings=(*(() if asked else _size_note(drawing)), *milled.warnings))


def _engrave(
    data: bytes, parameters: dict[str, Parameter], profile: MillProfile, report: ProgressReport
) -> Milled:
    for name in parameters.keys() - {"width_mm", "picture"} - PLAN_SETTINGS:
        raise wrong_setting(name)
    wanted = parameters.get("picture", "ink")
    if wanted not in {"ink", "depth"}:
        raise wrong_setting("picture")
    width_mm = number(parameters, "width_mm", 80.0, (5.0, profile.bed_mm[0] - 2 * MARGIN_MM))
    dark = read_picture(data, ink=wanted == "ink")
    return engrave_picture(dark, width_mm, profile, report, read_plan(parameters))


def _size_note(drawing: Drawing) -> tuple[Sentence, ...]:
    if not drawing.unitless:
        return ()
    size = f"{drawing.width_mm:.0f} × {drawing.height_mm:.0f} mm"
    return (
        Sentence(
            f"Ce dessin ne dit pas sa taille. Je le lis comme {size} : change la largeur si ce n'est pas ça.",
            f"This drawing does not say its size. I read it as {size}: change the width if that is wrong.",
            "unitless",
        ),
    )
