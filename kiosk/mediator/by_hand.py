"""What mediators have a machine do by hand: one POST each, answered by the machine's own page."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from jobs.errors import Sentence
from kiosk.access.login import only_mediators
from kiosk.context import JobId, Kiosk, KioskHere
from kiosk.mediator.machines import MACHINES, points_of
from kiosk.mediator.orders import MachineName, order, trouble
from onboard.control.client import DaemonUnreachableError
from onboard.control.messages import (
    AdjustPrint,
    ArmMill,
    CheckProgram,
    ContinueErrand,
    CoolPrinter,
    EndErrand,
    HandRequest,
    HoldJog,
    HomePrinter,
    JogMachine,
    LevelPrinter,
    MoveFilament,
    PreheatPrinter,
    ProbeMill,
    ReleaseJog,
    Signed,
    TraceOutline,
    ZeroMill,
)
from onboard.control.messages import Request as Command

router = APIRouter(dependencies=[Depends(only_mediators)], prefix=MACHINES + "/{machine}")

_UNTICKED: Final = Sentence(
    "Cochez chaque point de la liste avant d'armer la fraiseuse.",
    "Tick every point of the list before you arm the mill.",
)
_UNKNOWN: Final = Sentence("Cet ordre n'existe pas.", "There is no such order.")
_SIMPLE: Final[
    dict[str, type[CoolPrinter | LevelPrinter | ContinueErrand | EndErrand | CheckProgram | TraceOutline]]
] = {
    "refroidir": CoolPrinter,
    "niveau": LevelPrinter,
    "suite": ContinueErrand,
    "fin": EndErrand,
    "relire": CheckProgram,
    "tracer": TraceOutline,
}

Move = Annotated[str, Form(pattern=r"^[xyz][+-]$")]
Press = Annotated[str, Form(pattern=r"^[A-Za-z0-9_-]{8,64}$")]


@router.post("/chauffer")
async def preheat(
    request: Request,
    machine: MachineName,
    kiosk: KioskHere,
    material: Annotated[str, Form()],
    part: Annotated[str, Form()] = "all",
) -> Response:
    """Heat an idle printer."""
    command = PreheatPrinter.model_validate({"machine": machine, "material": material, "part": part})
    return await _have_done(kiosk, request, command)


@router.post("/deplacer")
async def jog(
    request: Request, machine: MachineName, kiosk: KioskHere, step_mm: Annotated[str, Form()], move: Move
) -> Response:
    """Move by one step."""
    fields = {"machine": machine, "axis": move[0], "backwards": move[1] == "-", "step_mm": step_mm}
    return await _have_done(kiosk, request, JogMachine.model_validate(fields))


@router.post("/tenir")
async def hold(
    request: Request, machine: MachineName, kiosk: KioskHere, press: Press, move: Move
) -> Response:
    """Move a mill for as long as this comes again."""
    fields = {"machine": machine, "axis": move[0], "backwards": move[1] == "-", "press": press}
    return await _beat(kiosk, request, HoldJog.model_validate(fields))


@router.post("/lacher")
async def release(request: Request, machine: MachineName, kiosk: KioskHere, press: Press) -> Response:
    """The finger has left the button."""
    return await _beat(kiosk, request, ReleaseJog(machine=machine, press=press))


@router.post("/origine")
async def home(
    request: Request, machine: MachineName, kiosk: KioskHere, axes: Annotated[str, Form()] = "all"
) -> Response:
    """Send a printer to its end stops."""
    return await _have_done(kiosk, request, HomePrinter.model_validate({"machine": machine, "axes": axes}))


@router.post("/filament")
async def filament(
    request: Request,
    machine: MachineName,
    kiosk: KioskHere,
    material: Annotated[str, Form()],
    action: Annotated[str, Form()],
) -> Response:
    """Load, unload or change filament."""
    fields = {"machine": machine, "material": material, "action": action}
    return await _have_done(kiosk, request, MoveFilament.model_validate(fields))


@router.post("/reglage")
async def adjust(
    request: Request,
    machine: MachineName,
    kiosk: KioskHere,
    speed_pct: Annotated[int | None, Form()] = None,
    flow_pct: Annotated[int | None, Form()] = None,
) -> Response:
    """Print faster or slower, push more or less."""
    command = AdjustPrint(machine=machine, speed_pct=speed_pct, flow_pct=flow_pct)
    return await _have_done(kiosk, request, command)


@router.post("/zero")
async def zero(
    request: Request, machine: MachineName, kiosk: KioskHere, axes: Annotated[str, Form(pattern="^[xyz]+$")]
) -> Response:
    """Where the tool stands is zero."""
    command = ZeroMill.model_validate({"machine": machine, "axes": tuple(axes)})
    return await _have_done(kiosk, request, command)


@router.post("/palper")
async def probe(
    request: Request, machine: MachineName, kiosk: KioskHere, plate_mm: Annotated[str, Form()]
) -> Response:
    """Find the zero of the height with a touch plate."""
    fields = {"machine": machine, "plate_mm": plate_mm.replace(",", ".")}
    return await _have_done(kiosk, request, ProbeMill.model_validate(fields))


@router.post("/armer/{job_id}")
async def arm(request: Request, machine: MachineName, job_id: JobId, kiosk: KioskHere) -> Response:
    """A person has ticked the list for one object; the bike checks what it has to have seen itself."""
    ticks = frozenset((await request.form()).getlist("check"))
    back = f"{MACHINES}/{machine}"
    if not _to_tick(kiosk, machine) <= ticks:
        return trouble(kiosk, request, 422, _UNTICKED, back)
    return await order(kiosk, request, ArmMill(machine=machine, job=job_id), back)


@router.post("/{act}")
async def simple(request: Request, machine: MachineName, act: str, kiosk: KioskHere) -> Response:
    """Cool, level, go on, end or check: there is nothing more to tell."""
    if act not in _SIMPLE:
        return trouble(kiosk, request, 404, _UNKNOWN, f"{MACHINES}/{machine}")
    return await _have_done(kiosk, request, _SIMPLE[act](machine=machine))


def _to_tick(kiosk: Kiosk, machine: str) -> frozenset[str]:
    """The points of the list that only a person can tell."""
    status = kiosk.feed.latest.status
    found = [] if status is None else [each for each in status.machines if each.name == machine]
    return frozenset(point.code for each in found for point in points_of(each) if point.ticked)


async def _have_done(kiosk: Kiosk, request: Request, command: HandRequest | TraceOutline) -> Response:
    """Order it, and go back to the machine's page."""
    return await order(kiosk, request, command, f"{MACHINES}/{command.machine}")


async def _beat(kiosk: Kiosk, request: Request, command: Command) -> Response:
    """Ask without looking at the bike again: ten of these come each second."""
    try:
        reply = await kiosk.control.ask(Signed(by=request.state.who, request=command))
    except DaemonUnreachableError as error:
        return trouble(kiosk, request, 503, error.sentence, MACHINES)
    if reply.refusal is not None:
        sentence = Sentence(reply.refusal.text_fr, reply.refusal.text_en)
        return trouble(kiosk, request, 409, sentence, MACHINES)
    return Response(status_code=204)
