"""What the participant's templates show of a job, as plain numbers and ready decisions."""

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import segno
from fastapi.responses import FileResponse
from markupsafe import Markup

from drivers.types import DeviceKind
from jobs.errors import Sentence, UnknownJobError
from jobs.machines import I3, MILL, PROFILES
from jobs.prepare.wire import LAYERS, PATHS
from jobs.types import ON_A_MACHINE, Estimate, Job
from kiosk.events import Moment
from kiosk.participant.cut import CutView, cut_view
from kiosk.participant.knobs import Panel, panel_of
from kiosk.participant.mending import Mend, cheaper, mends
from kiosk.participant.revising import shown
from kiosk.queue import Queue
from onboard.config import Config
from onboard.control.messages import BikeStatus, CallView, MachineView

BATTERY_WH: Final = 960.0
"""What the drawn battery holds when the settings name no pack."""
BATTERY_SLICES: Final = 20
_FILE_TYPES: Final = {
    ".stl": "model/stl",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".dipp": "application/octet-stream",
}
# Our pages use these files as pictures and by script, where a browser looks at neither header. Whoever opens
# one by its address keeps it as a file: what a child drew is never a page of the bike's own origin.
_FILE_HEADERS: Final = {
    "Cache-Control": "private, max-age=3600",
    "Content-Disposition": "attachment",
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
}


@dataclass(frozen=True, slots=True)
class Cost:
    """What an object costs: whole minutes and watt-hours from low to high, and its part of the drawn battery.

    `slices` and `charge` count slices of the battery: those the object takes, and those that are charged.
    """

    low_min: int
    high_min: int
    low_wh: int
    high_wh: int
    slices: float
    charge: float | None


@dataclass(frozen=True, slots=True)
class CheckView:
    """A draft: how far its preparation is (0 to 1), what may be changed, and what is shown of it.

    `shown` is the draft itself, or the one before it while this one is prepared; its cost, its room in
    millimetres and its cuts follow. None stands for a draft of which nothing was ready yet.
    """

    share: float
    panel: Panel
    bed_mm: tuple[float, float, float]
    shown: Job | None = None
    cost: Cost | None = None
    cut: CutView | None = None
    cheaper: tuple[Mend, ...] = ()
    mends: tuple[Mend, ...] = ()


@dataclass(frozen=True, slots=True)
class TicketView:
    """A sent object: its machine while it is made, else its place in the plan and why it waits.

    `share` is how much of its program is made, 1 for what is not on a machine: its picture is then whole.
    """

    machine: MachineView | None = None
    place: int | None = None
    start_min: int | None = None
    held: Sentence | None = None
    heating: bool = False
    left_min: int | None = None
    erasable: bool = False
    share: float = 1.0
    call: CallView | None = None


class FileWanted(StrEnum):
    """A file of a job that a page may show."""

    SHAPE = "shape"
    PICTURE = "picture"
    PATHS = "paths"
    LAYERS = "layers"


def carried(config: Config) -> frozenset[DeviceKind]:
    """The kinds of machine on this bike."""
    return frozenset(PROFILES[machine.profile].kind for machine in config.machines.values())


def bed_mm(config: Config, device: DeviceKind) -> tuple[float, float, float]:
    """The room of the bike's machine of a kind."""
    for machine in config.machines.values():
        profile = PROFILES[machine.profile]
        if profile.kind is device:
            return profile.bed_mm
    return (MILL if device is DeviceKind.MILL else I3).bed_mm


def check_view(config: Config, queue: Queue, job: Job, moment: Moment) -> CheckView:
    """A draft as it is now."""
    panel = panel_of(job.design, carried(config))
    share = moment.status.preparing.get(job.id, 0.0) if moment.status is not None else 0.0
    pictured = shown(queue, job)
    room_mm = bed_mm(config, pictured.design.device)
    if pictured.prepared is None:
        return CheckView(share, panel, room_mm, mends=mends(job, panel))
    cut = None
    if pictured.design.device is DeviceKind.MILL:
        cut = cut_view(config.paths.jobs / pictured.id / pictured.prepared.preview, room_mm)
    cost = cost_of(pictured.prepared.estimate, config, moment.status)
    return CheckView(share, panel, room_mm, pictured, cost, cut, cheaper(panel), mends(job, panel))


def cost_of(estimate: Estimate, config: Config, status: BikeStatus | None) -> Cost:
    """Round outwards, so that what is promised holds."""
    capacity_wh = config.battery.capacity_wh if config.battery is not None else BATTERY_WH
    slice_wh = capacity_wh / BATTERY_SLICES
    known = status is not None and status.battery.known
    return Cost(
        low_min=max(1, math.floor(estimate.duration_low_s / 60)),
        high_min=max(1, math.ceil(estimate.duration_high_s / 60)),
        low_wh=math.floor(estimate.energy_low_wh),
        high_wh=math.ceil(estimate.energy_high_wh),
        slices=estimate.energy_high_wh / slice_wh,
        charge=status.battery.soc_pct / 100 * BATTERY_SLICES if status is not None and known else None,
    )


def ticket_view(job: Job, moment: Moment) -> TicketView:
    """A sent object as it is now."""
    erasable = job.state not in ON_A_MACHINE
    status = moment.status
    if status is None:
        return TicketView(erasable=erasable)
    call = next((view for view in status.calls if view.job == job.id), None)
    machine = next((view for view in status.machines if view.job == job.id), None)
    if machine is not None:
        return replace(_on_machine(machine), erasable=erasable, call=call)
    order = sorted(status.starts, key=lambda start: start.start_min)
    place = next((number for number, start in enumerate(order, 1) if start.job == job.id), None)
    held = next((view for view in status.held if view.job == job.id), None)
    return TicketView(
        place=place,
        start_min=order[place - 1].start_min if place is not None else None,
        held=Sentence(held.text_fr, held.text_en) if held is not None else None,
        erasable=erasable,
        call=call,
    )


def _on_machine(machine: MachineView) -> TicketView:
    heating = any(h.target_c > 0 and h.actual_c < h.target_c - 5 for h in machine.heaters.values())
    left_min = math.ceil(machine.left_s / 60) if machine.left_s is not None else None
    return TicketView(machine, heating=heating, left_min=left_min, share=machine.fraction)


def qr(address: str) -> Markup:
    """A QR code to be drawn in the page itself."""
    code = segno.make(address, error="m", micro=False)
    return Markup(code.svg_inline(scale=4, border=2, dark="#1d3540", light="#fffdf8", omitsize=True))  # noqa: S704 - segno's own drawing


def job_file(config: Config, job: Job, wanted: FileWanted) -> FileResponse:
    """A file that we made for a job; never what was uploaded.

    Raises:
        UnknownJobError: the job has no such file (any more).
    """
    if job.prepared is not None:
        names = {
            FileWanted.SHAPE: job.prepared.preview,
            FileWanted.PICTURE: job.prepared.picture,
            FileWanted.PATHS: PATHS,
            FileWanted.LAYERS: LAYERS,
        }
        path = config.paths.jobs / job.id / names[wanted]
        if path.suffix in _FILE_TYPES and path.parent.name == job.id and path.is_file():
            return FileResponse(path, media_type=_FILE_TYPES[path.suffix], headers=_FILE_HEADERS)
    raise UnknownJobError("no-file", Sentence("Ce fichier a été effacé.", "This file was erased."))
