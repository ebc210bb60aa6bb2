"""What calls a mediator from wherever they are: a child, a machine, the battery, a noisy line."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from drivers.types import WAITS_FOR_HAND, DeviceState
from jobs.errors import Sentence
from kiosk.events import Moment
from kiosk.mediator.wishes import Wishes
from onboard.control.messages import BikeStatus, CallView, MachineView, Refusal

NOISY_PCT: Final = 10.0
"""Of all lines, sent again: the machine slows down, and a mill's program is in danger."""
ROBOTS: Final = "/mediateur/machines"
TOLD: Final = 3
"""So many tickets are named, the others counted."""
ON_JOB: Final = frozenset({DeviceState.RUNNING, DeviceState.PAUSED})


class Tone(StrEnum):
    """How it sounds: an alarm again and again until somebody has seen it, a care once."""

    ALARM = "alarm"
    CARE = "care"


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing that a person has to look at; the same `key` stands for the same trouble.

    `machine` is the one whose card tells the same, `page` the address that does, `call` who called. What
    stands for several, who come and go, has a key for each in `keys`: each is heard once.
    """

    key: str
    tone: Tone
    words: Sentence
    address: str
    machine: str = ""
    page: str = ""
    keys: tuple[str, ...] = ()
    call: CallView | None = None


def alerts_of(moment: Moment) -> tuple[Alert, ...]:
    """Everything that calls at a moment, alarms first; nothing while the bike does not answer."""
    if moment.status is None:
        return ()
    status = moment.status
    found = [*_calls(status), *_machines(status), *_battery(status), *_robots(moment.wishes)]
    return tuple(sorted(found, key=lambda alert: (alert.call is None, alert.tone is not Tone.ALARM)))


def _calls(status: BikeStatus) -> Iterator[Alert]:
    for call in status.calls:
        if not call.answered:
            words = Sentence(f"{call.ticket} vous appelle.", f"{call.ticket} calls you.")
            yield Alert(f"call-{call.job}", Tone.ALARM, words, "/mediateur/maintenant", call=call)


def _machines(status: BikeStatus) -> Iterator[Alert]:
    if status.stopped:
        words = Sentence(
            "Tout est arrêté : regardez les machines, puis réarmez.",
            "Everything is stopped: look at the machines, then re-arm.",
        )
        yield Alert("stopped", Tone.CARE, words, "/mediateur/maintenant")
    for machine in status.machines:
        if machine.state is DeviceState.STOPPED and status.stopped:
            continue
        if (found := _of_state(machine) or _of_work(machine)) is not None:
            what, tone, words = found
            address = f"/mediateur/machines/{machine.name}"
            yield Alert(f"{what}-{machine.name}", tone, words, address, machine.name)


def _of_state(machine: MachineView) -> tuple[str, Tone, Sentence] | None:
    """What is wrong with a machine itself."""
    name = machine.name
    match machine.state:
        case DeviceState.FAULT:
            words = Sentence(f"{name} est en panne : allez voir.", f"{name} has a fault: go and look.")
            return "fault", Tone.ALARM, words
        case DeviceState.STOPPED:
            words = Sentence(f"{name} est arrêtée : allez voir.", f"{name} is stopped: go and look.")
            return "stopped", Tone.CARE, words
        case DeviceState.OFFLINE:
            words = Sentence(
                f"{name} ne répond plus : vérifiez le câble et le courant.",
                f"{name} does not answer: check its cable and its power.",
            )
            return "offline", Tone.CARE, words
        case _:
            return None


def _of_work(machine: MachineView) -> tuple[str, Tone, Sentence] | None:
    """What keeps a machine that is well from its work."""
    name = machine.name
    if machine.state is DeviceState.PAUSED and machine.reason is not None:
        return "reason", Tone.ALARM, _named(name, machine.reason)
    if machine.state is DeviceState.PAUSED and machine.message.startswith(WAITS_FOR_HAND):
        words = Sentence(
            f"{name} attend quelqu'un : regardez son écran, par exemple pour remettre du filament.",
            f"{name} waits for somebody: look at its screen, for example for new filament.",
        )
        return "waits", Tone.ALARM, words
    if machine.hand is not None and machine.hand.errand is not None and machine.hand.errand.waits is not None:
        return "errand", Tone.CARE, _named(name, machine.hand.errand.waits)
    if machine.state in ON_JOB and (machine.resend_pct or 0.0) >= NOISY_PCT:
        words = Sentence(
            f"La liaison avec {name} est bruitée : vérifiez le câble.",
            f"The line to {name} is noisy: check its cable.",
        )
        return "noise", Tone.CARE, words
    return None


def _battery(status: BikeStatus) -> Iterator[Alert]:
    battery, address = status.battery, "/mediateur/energie"
    if not battery.known:
        if battery.age_s is not None:  # there was a reading before: it was lost
            words = Sentence(battery.sentence_fr, battery.sentence_en)
            yield Alert("battery-unknown", Tone.CARE, words, address)
        return
    reserve_pct = status.outlook.reserve_pct if status.outlook is not None else 0.0
    if battery.soc_pct <= reserve_pct:
        soc = round(battery.soc_pct)
        words = Sentence(
            f"Batterie à {soc} % : la réserve pour le retour est entamée.",
            f"Battery at {soc} %: it is eating into the reserve for the ride home.",
        )
        yield Alert("battery-low", Tone.ALARM, words, address)


def _robots(wishes: Wishes) -> Iterator[Alert]:
    """Who asks for a robot: one line for all of them, or a class would fill the screen."""
    if not wishes.robots:
        return
    count, tickets = len(wishes.robots), ", ".join(wish.ticket for wish in wishes.robots[:TOLD])
    more = ", …" if count > TOLD else ""
    words = Sentence(f"{tickets} demande un robot.", f"{tickets} asks for a robot.")
    if count > 1:
        words = Sentence(
            f"{count} tickets demandent un robot : {tickets}{more}",
            f"{count} tickets ask for a robot: {tickets}{more}",
        )
    keys = tuple(f"robot-{wish.key}" for wish in wishes.robots)
    yield Alert("robots", Tone.CARE, words, f"{ROBOTS}#robots", page=ROBOTS, keys=keys)


def _named(name: str, said: Refusal) -> Sentence:
    return Sentence(f"{name} : {said.text_fr}", f"{name}: {said.text_en}")
