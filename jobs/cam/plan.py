"""How one drawing is milled: the material, the bit, the tabs and the depths, within their bounds."""

from dataclasses import dataclass, replace
from typing import Final

from jobs.cam.drawing import Role
from jobs.cam.materials import MATERIALS, PLY_3, Material
from jobs.cam.tools import FLAT_3, TOOLS, Tool
from jobs.errors import DesignRefusedError, Sentence
from jobs.types import Parameter

THINNEST_FLOOR_MM: Final = 0.4
"""What a pocket or an engraving leaves of the sheet."""


@dataclass(frozen=True, slots=True)
class MillPlan:
    """What is in the machine and how it is used; `tabs` of 0 lets parts come loose."""

    material: Material
    tool: Tool
    tabs: int
    tab_width_mm: float
    tab_height_mm: float
    pocket_mm: float
    engrave_mm: float

    @property
    def feed_mm_min(self) -> float:
        """Speed of the bit in the material."""
        return self.material.feed_mm_min * self.tool.share

    @property
    def plunge_mm_min(self) -> float:
        """Speed of the bit going down."""
        return self.material.plunge_mm_min * self.tool.share

    @property
    def pass_mm(self) -> float:
        """How much deeper each pass may go."""
        return self.material.pass_mm * self.tool.share

    @property
    def through_mm(self) -> float:
        """How deep a cut through the sheet goes."""
        return self.material.thickness_mm + self.material.through_mm

    def depth_mm(self, role: Role) -> float:
        """Return how deep a role goes."""
        match role:
            case Role.CUT:
                return self.through_mm
            case Role.POCKET:
                return self.pocket_mm
            case Role.ENGRAVE:
                return self.engrave_mm


def plan_for(material: Material = PLY_3, tool: Tool = FLAT_3) -> MillPlan:
    """Return the usual plan for a material and a bit."""
    engrave_mm = material.engrave_mm
    if tool.pointed:
        # A V-bit carves as deep as the letters are wide: it may use half of the sheet.
        engrave_mm = min(tool.reach_mm, material.thickness_mm / 2)
    return MillPlan(
        material,
        tool,
        material.tabs,
        material.tab_width_mm,
        material.tab_height_mm,
        material.pocket_mm,
        engrave_mm,
    )


def read_plan(parameters: dict[str, Parameter]) -> MillPlan:
    """Take `material`, `tool`, `tabs`, `tab_width_mm`, `tab_height_mm`, `pocket_mm`, `engrave_mm`.

    Raises:
        DesignRefusedError: A name is unknown or a number out of bounds.
    """
    material = MATERIALS.get(str(parameters.get("material", PLY_3.name)))
    tool = TOOLS.get(str(parameters.get("tool", FLAT_3.name)))
    if material is None or tool is None:
        raise wrong_setting("material" if material is None else "tool")
    plan = plan_for(material, tool)
    deepest_mm = material.thickness_mm - THINNEST_FLOOR_MM
    return replace(
        plan,
        tabs=int(number(parameters, "tabs", plan.tabs, (0, 12))),
        tab_width_mm=number(parameters, "tab_width_mm", plan.tab_width_mm, (1.0, 20.0)),
        tab_height_mm=number(parameters, "tab_height_mm", plan.tab_height_mm, (0.3, material.thickness_mm)),
        pocket_mm=number(parameters, "pocket_mm", plan.pocket_mm, (0.1, deepest_mm)),
        engrave_mm=number(parameters, "engrave_mm", plan.engrave_mm, (0.1, deepest_mm)),
    )


def number(parameters: dict[str, Parameter], name: str, default: float, bounds: tuple[float, float]) -> float:
    """Return a number within its bounds.

    Raises:
        DesignRefusedError: It is not one, or out of bounds.
    """
    value = parameters.get(name, default)
    if isinstance(value, str | bool) or not bounds[0] <= value <= bounds[1]:
        raise wrong_setting(name, bounds)
    return float(value)


def wrong_setting(name: str, bounds: tuple[float, float] | None = None) -> DesignRefusedError:
    """Return the refusal of a setting that does not exist or is out of its bounds."""
    if bounds is None:
        return DesignRefusedError(
            "parameters",
            Sentence(f"Le réglage « {name} » est inconnu.", f"The setting “{name}” is unknown."),
        )
    low, high = bounds
    return DesignRefusedError(
        "parameters",
        Sentence(
            f"Le réglage « {name} » va de {low:g} à {high:g}.",
            f"The setting “{name}” goes from {low:g} to {high:g}.",
        ),
    )
