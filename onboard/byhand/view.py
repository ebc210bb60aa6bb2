"""Shows what may be done by hand with a machine now."""

from typing import Final

from drivers.byhand import Axis, HandPrinter, Jogged
from drivers.types import DeviceKind
from jobs.errors import Sentence
from jobs.machines import PrinterProfile
from onboard.bike import Bike
from onboard.byhand.arming import points
from onboard.byhand.outlines import likely_jobs
from onboard.byhand.rules import refusal
from onboard.control.messages import STEPS_MM, ErrandView, HandView, PresetView, Refusal
from onboard.station import Station

AXES: Final = tuple(Axis)


def hand_view(bike: Bike, station: Station) -> HandView:
    """Gather it without waiting for anything."""
    device, hand = station.device, station.hand
    handy = isinstance(device, (HandPrinter, Jogged))
    speed_pct, flow_pct = device.overrides_pct if isinstance(device, HandPrinter) else (100, 100)
    why = refusal(bike, station)
    job = job_at_hand(bike, station)
    return HandView(
        refusal=_view(why) if why else None,
        errand=_errand(station),
        result=_view(hand.result) if hand.result else None,
        presets=_presets(station),
        steps_mm=STEPS_MM if handy else (),
        homed=tuple(axis.value for axis in AXES if isinstance(device, HandPrinter) and axis in device.homed),
        off_s=max(0.0, hand.rests_at_s - bike.clock()) if hand.is_hot else None,
        levels=isinstance(device, HandPrinter) and device.levels,
        speed_pct=speed_pct,
        flow_pct=flow_pct,
        points=points(bike, station, job) if station.kind is DeviceKind.MILL else (),
        job=job or None,
    )


def job_at_hand(bike: Bike, station: Station) -> str:
    """The job on a mill, else the one that would start next; empty without one."""
    if station.kind is not DeviceKind.MILL:
        return ""
    if station.order is not None:
        return station.order.job.id
    return next(iter(likely_jobs(bike, station)), "")


def _errand(station: Station) -> ErrandView | None:
    if (errand := station.errand) is None:
        return None
    waits = station.hand.waits
    return ErrandView(
        code=errand.words.code,
        text_fr=errand.words.fr,
        text_en=errand.words.en,
        ticket=errand.ticket,
        waits=_view(waits) if waits else None,
    )


def _presets(station: Station) -> tuple[PresetView, ...]:
    if not isinstance(station.profile, PrinterProfile) or not isinstance(station.device, HandPrinter):
        return ()
    return tuple(
        PresetView(material=preset.material, hotend_c=preset.hotend_c, bed_c=preset.bed_c)
        for preset in station.profile.presets
    )


def _view(sentence: Sentence) -> Refusal:
    return Refusal(code=sentence.code, text_fr=sentence.fr, text_en=sentence.en)
