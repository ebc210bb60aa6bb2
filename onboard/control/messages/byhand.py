"""What a person who stands at a machine at rest may have it do, and what is told of it."""

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from onboard.control.messages.base import Identifier, Key, MachineName, Message, Refusal

STEPS_MM: Final = (0.1, 1.0, 10.0, 50.0)


def _known_step(step_mm: float) -> float:
    if step_mm not in STEPS_MM:
        raise ValueError("no such step")
    return step_mm


AxisName = Literal["x", "y", "z"]
StepMm = Annotated[float, AfterValidator(_known_step)]


class PreheatPrinter(Message):
    """Heat an idle printer for a material of its profile; the heat goes off by itself after a while."""

    op: Literal["preheat"] = "preheat"
    machine: MachineName
    material: Annotated[str, Field(max_length=16)]
    part: Literal["all", "hotend", "bed"] = "all"


class CoolPrinter(Message):
    """Turn both heaters of an idle printer off, and let its motors go."""

    op: Literal["cool"] = "cool"
    machine: MachineName


class JogMachine(Message):
    """Move an idle machine by one step along one axis."""

    op: Literal["jog"] = "jog"
    machine: MachineName
    axis: AxisName
    step_mm: StepMm
    backwards: bool = False


class HoldJog(Message):
    """Move an idle mill for as long as this is said again, every 0.1 s: after 0.3 s without it stands still.

    `press` names one press of the finger; one that has ended never begins again, however late it arrives.
    """

    op: Literal["hold-jog"] = "hold-jog"
    machine: MachineName
    press: Key
    axis: AxisName
    backwards: bool = False


class ReleaseJog(Message):
    """The finger has left the button: stand still."""

    op: Literal["release-jog"] = "release-jog"
    machine: MachineName
    press: Key


class HomePrinter(Message):
    """Send an idle printer to its end stops, on all axes or on one."""

    op: Literal["home"] = "home"
    machine: MachineName
    axes: Literal["all", "x", "y", "z"] = "all"


class LevelPrinter(Message):
    """Have an idle printer that has a probe measure its bed."""

    op: Literal["level"] = "level"
    machine: MachineName


class MoveFilament(Message):
    """Heat, then push filament in or pull it out; a change does both and waits for a person between."""

    op: Literal["filament"] = "filament"
    machine: MachineName
    action: Literal["load", "unload", "change"]
    material: Annotated[str, Field(max_length=16)]


class ContinueErrand(Message):
    """A person has done what an errand waits for, for example put in the new filament."""

    op: Literal["continue-errand"] = "continue-errand"
    machine: MachineName


class EndErrand(Message):
    """End what a machine does by hand; heat and spindle go off at once."""

    op: Literal["end-errand"] = "end-errand"
    machine: MachineName


class AdjustPrint(Message):
    """Print faster or slower, push more or less plastic; None leaves a figure as it is."""

    op: Literal["adjust"] = "adjust"
    machine: MachineName
    speed_pct: Annotated[int, Field(ge=25, le=200)] | None = None
    flow_pct: Annotated[int, Field(ge=75, le=125)] | None = None


class ZeroMill(Message):
    """Where the tool of an idle mill stands is zero on these axes from now on."""

    op: Literal["zero"] = "zero"
    machine: MachineName
    axes: Annotated[tuple[AxisName, ...], Field(min_length=1, max_length=3)] = ("x", "y", "z")


class ProbeMill(Message):
    """Lower the tool of an idle mill slowly onto a touch plate of this thickness: there is zero below it."""

    op: Literal["probe"] = "probe"
    machine: MachineName
    plate_mm: Annotated[float, Field(ge=0, le=30)]


class CheckProgram(Message):
    """Have an idle mill read its next program in its own dry run (`$C`), in which nothing moves."""

    op: Literal["check-program"] = "check-program"
    machine: MachineName


HandRequest = (
    PreheatPrinter
    | CoolPrinter
    | JogMachine
    | HoldJog
    | ReleaseJog
    | HomePrinter
    | LevelPrinter
    | MoveFilament
    | ContinueErrand
    | EndErrand
    | AdjustPrint
    | ZeroMill
    | ProbeMill
    | CheckProgram
)


class ErrandView(Message):
    """What a machine does by hand now; `waits` says what a person has to do before ContinueErrand."""

    code: str
    text_fr: str
    text_en: str
    ticket: str = ""
    waits: Refusal | None = None


class PresetView(Message):
    """A material to preheat for, in degrees Celsius."""

    material: str
    hotend_c: int
    bed_c: int


class PointView(Message):
    """A point of the mill's list before arming; `done` is None when only a person can tell.

    Codes: clamp, tool, zero, lid, outline (traced in the air), program (read in a dry run).
    """

    code: Literal["clamp", "tool", "zero", "lid", "outline", "program"]
    done: bool | None = None


class HandView(Message):
    """What may be done by hand with a machine now.

    `refusal` is why nothing may; then every button but EndErrand is off. `homed` are the axes whose place is
    known; `off_s` is what is left before the heat goes off by itself; `levels` whether it can measure its
    bed; `result` how the last errand ended; `job` is what the list of a mill and its arming are about.
    """

    refusal: Refusal | None = None
    errand: ErrandView | None = None
    result: Refusal | None = None
    presets: tuple[PresetView, ...] = ()
    steps_mm: tuple[float, ...] = ()
    homed: tuple[AxisName, ...] = ()
    off_s: float | None = None
    levels: bool = False
    speed_pct: int = 100
    flow_pct: int = 100
    points: tuple[PointView, ...] = ()
    job: Identifier | None = None
