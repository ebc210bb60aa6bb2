"""Shows robots to whoever asks, and what they have to whoever rehearses a program for them."""

from drivers.robots.types import Abilities, Gauge
from onboard.control.messages import AbilitiesView, GaugeView, RobotView
from onboard.robots.station import RobotStation


def robot_view(station: RobotStation) -> RobotView:
    """One robot with the loan that it is out on."""
    snapshot, loan = station.kit.snapshot, station.loan
    return RobotView(
        name=station.name,
        protocol=station.section.protocol,
        state=snapshot.state,
        stopped=station.stopped,
        abilities=abilities_view(snapshot.abilities),
        half_mm=station.section.area_mm / 2,
        speed_mm_s=station.section.speed_mm_s,
        battery_pct=snapshot.battery_pct,
        loan=loan.id if loan else None,
        ticket=loan.ticket if loan else None,
        left_s=station.left_s if loan else None,
        playing=station.is_playing,
        played_s=station.played_s,
        step=station.step,
        ended=station.ended,
        senses={sensor: round(value) for sensor, value in snapshot.senses.values.items()},
        firmware=snapshot.firmware,
        message=snapshot.message or station.trouble,
        degraded=snapshot.degraded,
    )


def abilities_view(abilities: Abilities) -> AbilitiesView:
    """What a robot has, as it is told."""
    gauge = abilities.gauge
    return AbilitiesView(
        gauge=GaugeView(track_mm=gauge.track_mm, top_mm_s=gauge.top_mm_s, slow_mm_s=gauge.slow_mm_s)
        if gauge
        else None,
        pen=abilities.has_pen,
        light=abilities.has_light,
        sound=abilities.has_sound,
        sensors=tuple(sorted(abilities.sensors)),
        buttons=tuple(sorted(abilities.buttons)),
    )


def abilities_of(view: AbilitiesView) -> Abilities:
    """What a robot has, as a rehearsal wants it."""
    gauge = view.gauge
    return Abilities(
        gauge=Gauge(gauge.track_mm, gauge.top_mm_s, gauge.slow_mm_s) if gauge else None,
        has_pen=view.pen,
        has_light=view.light,
        has_sound=view.sound,
        sensors=frozenset(view.sensors),
        buttons=frozenset(view.buttons),
    )
