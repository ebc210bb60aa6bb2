"""What a child may change of a design: words, at most three sliders, a few choices, and the machine."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from drivers.types import DeviceKind
from jobs.cam.materials import MATERIALS
from jobs.cam.tools import TOOLS
from jobs.designs.catalogue import SHAPES
from jobs.designs.settings import Option, Setting, SettingKind, choice
from jobs.errors import Sentence
from jobs.prepare.wishes import FIT, ORIENTATION, QUALITY
from jobs.types import Design, DesignKind, Parameter

MOST_SLIDERS: Final = 3
PERCENT: Final = Setting(
    "percent", SettingKind.NUMBER, Sentence("Taille", "Size"), 100.0, 10.0, 300.0, 5.0, "%"
)
"""What a child sees of `scale`, which counts in ones."""
COPIES: Final = Setting("copies", SettingKind.NUMBER, Sentence("Combien", "How many"), 1.0, 1.0, 8.0)
MATERIAL: Final = choice(
    "material",
    Sentence("Matière", "Material"),
    *(Option(material.name, material.title) for material in MATERIALS.values()),
)
TOOL: Final = choice(
    "tool", Sentence("Fraise", "Bit"), *(Option(tool.name, tool.title) for tool in TOOLS.values())
)
_FOR_LINES: Final = frozenset({"line_mm"})
"""Settings that mean nothing without a drawing."""
_FOR_FEW: Final = frozenset({"material", "tool", "quality", "orientation", "size"})
"""Choices that stand behind "more settings"."""


@dataclass(frozen=True, slots=True)
class Knob:
    """One setting and its present value; the sliders of the page stretch to a value that lies outside."""

    setting: Setting
    value: str | float

    @property
    def low(self) -> float:
        """Where the slider begins."""
        return min(self.setting.low, float(self.value))

    @property
    def high(self) -> float:
        """Where the slider ends."""
        return max(self.setting.high, float(self.value))


@dataclass(frozen=True, slots=True)
class Panel:
    """Everything that may be changed, in the order of the page; `machines` are those that could make it."""

    device: DeviceKind
    machines: tuple[DeviceKind, ...]
    words: tuple[Knob, ...]
    sliders: tuple[Knob, ...]
    choices: tuple[Knob, ...]
    few: tuple[Knob, ...]

    @property
    def knobs(self) -> tuple[Knob, ...]:
        """All of them."""
        return (*self.words, *self.sliders, *self.choices, *self.few)


def panel_of(design: Design, carried: frozenset[DeviceKind]) -> Panel:
    """What may be changed of a design on a bike that carries some machines."""
    shown = shown_values(design)
    knobs = [Knob(each, _near(each, shown.get(each.key))) for each in settings_of(design)]
    words, sliders, choices = (
        tuple(knob for knob in knobs if knob.setting.kind is kind)
        for kind in (SettingKind.TEXT, SettingKind.NUMBER, SettingKind.CHOICE)
    )
    return Panel(
        device=design.device,
        machines=tuple(device for device in machines_for(design.kind) if device in carried),
        words=words,
        sliders=sliders,
        choices=tuple(knob for knob in choices if knob.setting.key not in _FOR_FEW),
        few=tuple(knob for knob in choices if knob.setting.key in _FOR_FEW),
    )


def machines_for(kind: DesignKind) -> tuple[DeviceKind, ...]:
    """The machines that can make a kind of design."""
    both = (DeviceKind.PRINTER, DeviceKind.MILL)
    if kind is DesignKind.DRAWING:
        return both
    shape = SHAPES.get(kind)
    return both if shape is not None and shape.milled is not None else (DeviceKind.PRINTER,)


def settings_of(design: Design) -> tuple[Setting, ...]:
    """The settings of a design that a child may change, sliders in the order of the catalogue."""
    milled = design.device is DeviceKind.MILL
    match design.kind:
        case DesignKind.GCODE:
            return ()
        case DesignKind.MESH:
            return (PERCENT, COPIES, FIT, ORIENTATION, QUALITY)
        case DesignKind.DRAWING:
            return (PERCENT, MATERIAL, TOOL) if milled else (PERCENT, COPIES, QUALITY)
        case _:
            return (*_of_shape(design), MATERIAL if milled else QUALITY)


def _of_shape(design: Design) -> tuple[Setting, ...]:
    """The settings of a shape of the catalogue, with no more than MOST_SLIDERS numbers."""
    shape = SHAPES[design.kind]
    milled = shape.milled if design.device is DeviceKind.MILL else None
    declared = (milled or shape.printed).settings
    useful = [each for each in declared if design.source is not None or each.key not in _FOR_LINES]
    numbers = [each for each in useful if each.kind is SettingKind.NUMBER][:MOST_SLIDERS]
    return tuple(
        _possible(each, drawn=design.source is not None)
        for each in useful
        if each.kind is not SettingKind.NUMBER or each in numbers
    )


def _possible(setting: Setting, *, drawn: bool) -> Setting:
    """A choice without the option that needs a drawing, where there is none."""
    if drawn or setting.key != "form":
        return setting
    return choice(setting.key, setting.label, *(each for each in setting.options if each.value != "drawing"))


def shown_values(design: Design) -> dict[str, Parameter]:
    """The parameters of a design as the page names them."""
    shown = dict(design.parameters)
    scale = shown.pop("scale", None)
    if isinstance(scale, int | float):
        shown[PERCENT.key] = scale * 100
    return shown


def _near(setting: Setting, value: Parameter | None) -> str | float:
    """A value that the page can show: the one that was chosen, or the usual one."""
    match setting.kind:
        case SettingKind.NUMBER:
            usable = isinstance(value, int | float) and not isinstance(value, bool)
            return float(value) if usable and value is not None else float(setting.default)
        case SettingKind.TEXT:
            return str(value or "")
        case SettingKind.CHOICE:
            known = {option.value for option in setting.options}
            return str(value) if value in known else setting.default


def changed(design: Design, device: DeviceKind, wishes: Mapping[str, Parameter]) -> Design:
    """A design with some settings changed; on another machine a size begins anew, for it has other bounds."""
    moved = Design(design.kind, device, design.source)
    known = {each.key: each for each in settings_of(moved)}
    same = device is design.device
    kept: dict[str, Parameter] = {}
    for key, value in {**shown_values(design), **wishes}.items():
        if key not in known:
            if same and key not in wishes:
                kept[key] = value  # what no slider shows, as the roles of a drawing's lines
        elif same or known[key].kind is not SettingKind.NUMBER or known[key] == PERCENT:
            kept[key] = _near(known[key], value)
    percent = kept.pop(PERCENT.key, PERCENT.default)
    if isinstance(percent, int | float) and percent != PERCENT.default:
        kept["scale"] = round(percent / 100, 4)
    return Design(design.kind, device, design.source, kept)
