"""Shows the live state of the bike to whoever asks on the control socket."""

from dataclasses import asdict
from typing import Final

from drivers.device import Device, Historian
from drivers.panel.types import WORDS, Hazard
from drivers.types import DeviceKind
from jobs.errors import Sentence
from jobs.planner.expected import Occupation
from onboard.bike import Bike
from onboard.byhand.outlines import TRACING
from onboard.byhand.view import hand_view
from onboard.control.messages import (
    AcceptanceView,
    BatteryView,
    BikeStatus,
    CallView,
    ChargeView,
    HaltView,
    HandView,
    HeaterView,
    HeldView,
    MachineView,
    OccupationView,
    OutlookView,
    Refusal,
    StartView,
    TelemetryView,
)
from onboard.energy.unknown_battery import why_unknown
from onboard.plan.outlook import Outlook
from onboard.plan.planning import fraction_done
from onboard.robots.view import robot_view
from onboard.station import Station

PAST_EVERY: Final = 5
"""A curve of ten minutes needs no more than every fifth reading."""


def bike_status(bike: Bike, preparing: dict[str, float], telemetry: TelemetryView | None) -> BikeStatus:
    """Gather everything that is live, without waiting for anything."""
    return BikeStatus(
        bike=bike.config.bike.id,
        city=bike.config.bike.city,
        stopped=bike.stopped,
        plan_version=bike.version,
        machines=tuple(machine_view(s, bike.clock(), hand_view(bike, s)) for s in bike.stations.values()),
        battery=battery_view(bike),
        budget_wh=bike.budget_wh,
        halt=halt_view(bike),
        held=tuple(
            HeldView(job=h.job, reason=h.reason, text_fr=h.sentence.fr, text_en=h.sentence.en)
            for h in bike.held
        ),
        starts=tuple(StartView(job=s.job, machine=s.device, start_min=s.start_min) for s in bike.starts),
        preparing=preparing,
        telemetry=telemetry,
        panel=panel_view(bike),
        outlook=outlook_view(bike.outlook),
        hold=hold_view(bike),
        calls=call_views(bike),
        robots=tuple(robot_view(robot) for robot in bike.robots.values()),
    )


def panel_view(bike: Bike) -> tuple[Refusal, ...] | None:
    """What is not safe about the panel, the gravest first; None without one."""
    state = bike.panel.state
    if state is None:
        return None
    found = [hazard for hazard in Hazard if hazard in state.hazards]
    return tuple(Refusal(code=h, text_fr=WORDS[h].fr, text_en=WORDS[h].en) for h in found)


def call_views(bike: Bike) -> tuple[CallView, ...]:
    """Which children asked for a mediator, the first ones first."""
    now_s = bike.clock()
    return tuple(
        CallView(
            job=call.job,
            ticket=call.ticket,
            minutes=int((now_s - call.since_s) / 60),
            answered=call.answered_s is not None,
        )
        for call in bike.calls.standing(now_s)
    )


def hold_view(bike: Bike) -> Refusal | None:
    """What keeps every job from starting until a person acts."""
    hold = bike.hold
    if hold is None:
        return None
    return Refusal(code=hold.code, text_fr=hold.sentence.fr, text_en=hold.sentence.en)


def machine_view(station: Station, now_s: float, hand: HandView | None = None) -> MachineView:
    """One machine with the job on it."""
    snapshot = station.device.snapshot
    job = station.order.job if station.order else None
    fraction = fraction_done(station)
    estimate = job.prepared.estimate if job and job.prepared else None
    return MachineView(
        name=station.name,
        kind=station.kind,
        profile=station.profile.name,
        state=snapshot.state,
        job=job.id if job else None,
        ticket=job.ticket if job else None,
        fraction=fraction,
        elapsed_s=now_s - station.started_s if job else 0.0,
        left_s=estimate.duration_s * (1.0 - fraction) if estimate else None,
        resends=snapshot.progress.resends if snapshot.progress else 0,
        resend_pct=snapshot.link.resend_pct if snapshot.link else None,
        heaters={
            name: HeaterView(
                actual_c=heater.actual_c, target_c=heater.target_c, past_c=past_c(station.device, name)
            )
            for name, heater in snapshot.temperatures.items()
        },
        position_mm=(
            (snapshot.position.x_mm, snapshot.position.y_mm, snapshot.position.z_mm)
            if snapshot.position
            else None
        ),
        spindle_on=snapshot.spindle_on,
        plate_clear=station.plate_clear or station.kind is DeviceKind.MILL,
        armed_s=station.armed_s,
        armed_job=station.armed_job if station.armed_s > 0 else None,
        traces=station.errand.ticket if station.errand and station.errand.words is TRACING else None,
        firmware=snapshot.firmware,
        message=snapshot.message or station.trouble,
        degraded=snapshot.degraded,
        reason=_reason(station.notice),
        hand=hand,
    )


def _reason(notice: Sentence | None) -> Refusal | None:
    return Refusal(code=notice.code, text_fr=notice.fr, text_en=notice.en) if notice else None


def past_c(device: Device, heater: str) -> tuple[float, ...]:
    """What a heater was like before, oldest first, where the machine remembers."""
    samples = device.temperature_history if isinstance(device, Historian) else ()
    readings = (sample.temperatures.get(heater) for sample in samples[::-PAST_EVERY])
    return tuple(round(reading.actual_c, 1) for reading in readings if reading)[::-1]


def battery_view(bike: Bike) -> BatteryView:
    """The pack, honestly unknown when it is."""
    report = bike.power.report()
    past_soc_pct, past_power_w = _past(bike)
    if report.reading is None:
        french, english = why_unknown(report.quality)
        return BatteryView(
            known=False,
            age_s=report.age_s,
            quality=report.quality,
            sentence_fr=f"{french}.",
            sentence_en=f"{english}.",
            past_soc_pct=past_soc_pct,
            past_power_w=past_power_w,
        )
    reading = report.reading
    return BatteryView(
        known=True,
        soc_pct=reading.soc_pct,
        power_w=reading.power_w,
        age_s=report.age_s,
        quality=report.quality,
        past_soc_pct=past_soc_pct,
        past_power_w=past_power_w,
    )


def _past(bike: Bike) -> tuple[tuple[float | None, ...], tuple[float | None, ...]]:
    """The charge and the power of before, rounded to what a chart shows."""
    past = tuple(bike.power.past)
    charge = tuple(None if one.soc_pct is None else round(one.soc_pct, 1) for one in past)
    return charge, tuple(None if one.power_w is None else round(one.power_w) for one in past)


def halt_view(bike: Bike) -> HaltView | None:
    """The open halt with what is left of it."""
    if bike.halt is None:
        return None
    return HaltView(
        id=bike.halt.id,
        place=bike.halt.place,
        host_city=bike.halt.host_city,
        ends_s=bike.halt.ends_s,
        left_s=bike.halt_left_s,
        reserve_wh=bike.halt.reserve_wh,
        group=bike.halt.group,
    )


def outlook_view(outlook: Outlook | None) -> OutlookView | None:
    """The band of the charge and the work under it."""
    if outlook is None:
        return None
    return OutlookView(
        charge=tuple(ChargeView.model_validate(asdict(point)) for point in outlook.forecast.points),
        reserve_pct=outlook.forecast.reserve_pct,
        occupations=(
            *(_occupation(each, running=True) for each in outlook.running),
            *(_occupation(each, running=False) for each in outlook.coming),
        ),
        acceptances=tuple(
            AcceptanceView(job=job, end_pct=each.end_pct, lacks=each.lacks)
            for job, each in outlook.acceptances.items()
        ),
    )


def _occupation(each: Occupation, *, running: bool) -> OccupationView:
    return OccupationView(
        job=each.job,
        machine=each.device,
        start_min=each.start_min,
        heated_min=each.heated_min,
        end_min=each.end_min,
        running=running,
        planned=each.is_planned,
    )
