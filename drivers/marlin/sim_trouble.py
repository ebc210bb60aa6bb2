"""What a mishap does to a simulated board."""

from collections.abc import Callable
from typing import Final, Protocol, TypeAlias

from drivers.marlin.sim_body import Body
from drivers.marlin.sim_faults import Faults, Incident, Lie, Mishap, Wish
from drivers.simulator import BlackBox

REPLUG_S: Final = 2.0


class Victim(Protocol):
    """What a board lets a mishap do."""

    faults: Faults
    body: Body
    blackbox: BlackBox
    unplug: Callable[[float], None]

    def say(self, text: str) -> None:
        """Say whole lines."""

    def reset(self) -> None:
        """Start again."""

    def kill(self, reason: str) -> None:
        """Give up."""

    def push(self, command: str) -> None:
        """Execute a command of its own before the next of the host."""


Trouble: TypeAlias = Callable[[Victim, str], None]


def suffer(victim: Victim, mishap: Mishap) -> None:
    """Let it happen."""
    TROUBLES[mishap.incident](victim, mishap.value)


def _wish(wish: Wish) -> Trouble:
    def trouble(victim: Victim, _value: str) -> None:
        victim.faults.wish = wish

    return trouble


def _panel(word: str) -> Trouble:
    return lambda victim, _value: victim.say(f"//action:{word}\n")


def _kill(victim: Victim, value: str) -> None:
    victim.kill(value or "Heating failed, system stopped! Heater_ID: 0")


def _error(victim: Victim, value: str) -> None:
    victim.say(f"Error:{value or 'Endstops hit'}\n")


def _bang(victim: Victim, _value: str) -> None:
    victim.say("!!\n")


def _silence(victim: Victim, _value: str) -> None:
    victim.faults.silent = True


def _awol(victim: Victim, _value: str) -> None:
    victim.faults.silent = victim.faults.deaf = True


def _unplug(victim: Victim, value: str) -> None:
    victim.unplug(float(value or REPLUG_S))


def _runout(victim: Victim, _value: str) -> None:
    victim.say("//action:out_of_filament T0\n//action:paused filament_runout 0\n")
    victim.push("M600")


def _lose_ok(victim: Victim, value: str) -> None:
    victim.faults.lost_oks += int(value or 1)


def _lie(victim: Victim, value: str) -> None:
    victim.faults.lie = Lie(value)


def _cold(victim: Victim, _value: str) -> None:
    victim.body.hotend.is_dead = True


def _overheat(victim: Victim, _value: str) -> None:
    victim.body.hotend.is_stuck = True


TROUBLES: Final[dict[Incident, Trouble]] = {
    Incident.RESET: lambda victim, _value: victim.reset(),
    Incident.KILL: _kill,
    Incident.ERROR: _error,
    Incident.BANG: _bang,
    Incident.SILENCE: _silence,
    Incident.AWOL: _awol,
    Incident.UNPLUG: _unplug,
    Incident.RUNOUT: _runout,
    Incident.PANEL_PAUSE: _panel("pause"),
    Incident.PANEL_RESUME: _panel("resume"),
    Incident.PANEL_CANCEL: _panel("cancel"),
    Incident.LOSE_OK: _lose_ok,
    Incident.STORM: _wish(Wish.STORM),
    Incident.PAST: _wish(Wish.PAST),
    Incident.FUTURE: _wish(Wish.FUTURE),
    Incident.LIE: _lie,
    Incident.COLD: _cold,
    Incident.OVERHEAT: _overheat,
}
