"""What calls a mediator: which troubles, how loud, and nothing while all is well."""

from contextlib import closing

import pytest

from drivers.marlin.pausing import REASON
from drivers.types import WAITS_FOR_HAND, DeviceKind, DeviceState
from jobs.errors import Sentence
from jobs.store.queue import Store
from jobs.types import Design, DesignKind, JobState
from kiosk.events import Moment
from kiosk.mediator.alerts import Tone, alerts_of
from kiosk.mediator.wishes import NONE, RobotWish, Wishes, wishes_in
from kiosk.queue import Queue
from onboard.config import Config
from onboard.control.messages import (
    BatteryView,
    BikeStatus,
    CallView,
    ChargeView,
    ErrandView,
    HandView,
    MachineView,
    OutlookView,
    Refusal,
)

FULL = BatteryView(known=True, soc_pct=80.0, age_s=0.5)
SAID = Refusal(code="short", text_fr="Pas assez de batterie.", text_en="Not enough battery.")
JOB = "0" * 32


def machine(state: DeviceState = DeviceState.RUNNING, **more: object) -> MachineView:
    """A printer with a job."""
    fields: dict[str, object] = {
        "name": "prusa",
        "kind": DeviceKind.PRINTER,
        "profile": "i3",
        "state": state,
        "job": JOB,
    }
    return MachineView.model_validate(fields | more)


def moment(*machines: MachineView, **more: object) -> Moment:
    """A bike that is well but for what is told."""
    fields: dict[str, object] = {
        "bike": "b",
        "city": "c",
        "stopped": False,
        "plan_version": 1,
        "battery": FULL,
    }
    return Moment(BikeStatus.model_validate({"machines": machines or (machine(),), **fields, **more}))


def told(of: Moment) -> list[tuple[str, Tone]]:
    """Keys and tones."""
    return [(alert.key, alert.tone) for alert in alerts_of(of)]


def test_nothing_calls_while_all_is_well() -> None:
    """A machine at work, at rest, connecting, or paused by a mediator, and a bike that does not answer."""
    for state in (DeviceState.RUNNING, DeviceState.IDLE, DeviceState.CONNECTING, DeviceState.PAUSED):
        assert told(moment(machine(state))) == []
    assert told(Moment(None)) == []


@pytest.mark.parametrize(
    ("view", "key", "tone"),
    [
        (machine(DeviceState.FAULT), "fault-prusa", Tone.ALARM),
        (machine(DeviceState.OFFLINE), "offline-prusa", Tone.CARE),
        (machine(DeviceState.STOPPED), "stopped-prusa", Tone.CARE),
        (machine(DeviceState.PAUSED, reason=SAID), "reason-prusa", Tone.ALARM),
        (machine(DeviceState.PAUSED, message=REASON), "waits-prusa", Tone.ALARM),
        (machine(resend_pct=12.0), "noise-prusa", Tone.CARE),
        (machine(DeviceState.IDLE, resend_pct=12.0), None, None),
        (machine(resend_pct=9.0), None, None),
        (
            machine(
                DeviceState.IDLE,
                job=None,
                hand=HandView(errand=ErrandView(code="c", text_fr="f", text_en="e", ticket="", waits=SAID)),
            ),
            "errand-prusa",
            Tone.CARE,
        ),
    ],
)
def test_each_trouble_of_a_machine_calls_once(view: MachineView, key: str | None, tone: Tone | None) -> None:
    """By a key of its own that names the machine, with a way to its page, in both languages."""
    assert told(moment(view)) == ([] if key is None else [(key, tone)])
    for alert in alerts_of(moment(view)):
        assert (alert.machine, alert.address) == ("prusa", "/mediateur/machines/prusa")
        assert "prusa" in alert.words.fr
        assert "prusa" in alert.words.en


def test_a_stop_of_everything_is_told_once_for_all_machines() -> None:
    """Machines that were stopped with it add nothing; one with a fault does."""
    both = machine(DeviceState.STOPPED), machine(DeviceState.FAULT, name="fraiseuse")
    assert told(moment(*both, stopped=True)) == [
        ("fault-fraiseuse", Tone.ALARM),
        ("stopped", Tone.CARE),
    ]


def test_a_battery_that_is_lost_or_low_calls_and_one_that_never_was_does_not() -> None:
    """A bike without a monitor says so on its page, and does not ring for it all day."""
    lost = BatteryView(known=False, age_s=90.0, sentence_fr="Muette.", sentence_en="Silent.")
    assert told(moment(battery=lost)) == [("battery-unknown", Tone.CARE)]
    assert told(moment(battery=BatteryView(known=False))) == []
    point = ChargeView(minute=0, low_pct=1, middle_pct=2, high_pct=3)
    outlook = OutlookView(charge=(point,), reserve_pct=25.0, occupations=(), acceptances=())
    for soc_pct, wanted in ((25.4, []), (24.9, [("battery-low", Tone.ALARM)])):
        battery = FULL.model_copy(update={"soc_pct": soc_pct})
        assert told(moment(battery=battery, outlook=outlook)) == wanted


def test_a_child_comes_first_until_somebody_goes() -> None:
    """Before any machine; an answered call is none."""
    calls = (
        CallView(job=JOB, ticket="Renard 12", minutes=0, answered=False),
        CallView(job="1" * 32, ticket="Lynx 3", minutes=2, answered=True),
    )
    assert told(moment(machine(DeviceState.FAULT), calls=calls)) == [
        (f"call-{JOB}", Tone.ALARM),
        ("fault-prusa", Tone.ALARM),
    ]


def test_who_asks_for_a_robot_is_one_line_for_all() -> None:
    """Each has a key of its own; of a whole class some are named and the others counted."""
    bike = moment()
    assert told(Moment(bike.status, Wishes(objects=3))) == []
    one, *_ = wishes = tuple(RobotWish(f"Renard {number}", f"{number:032}-1") for number in range(1, 6))
    (alert,) = alerts_of(Moment(bike.status, Wishes(robots=(one,))))
    assert (alert.key, alert.tone, alert.keys) == ("robots", Tone.CARE, (f"robot-{one.key}",))
    assert alert.words == Sentence("Renard 1 demande un robot.", "Renard 1 asks for a robot.")
    (alert,) = alerts_of(Moment(bike.status, Wishes(robots=wishes)))
    assert len(alert.keys) == 5
    assert alert.words.en == "5 tickets ask for a robot: Renard 1, Renard 2, Renard 3, …"


def test_a_look_at_the_queue_tells_what_waits_and_is_silent_without_one(config: Config) -> None:
    """A queue that is not there yet is no trouble; what is written meanwhile is seen at the next look."""
    look = wishes_in(Queue(config.paths.jobs_database))
    assert look() == NONE
    config.paths.state.mkdir(parents=True, exist_ok=True)
    with closing(Store.open(config.paths.jobs_database, lambda: 7.0)) as store:
        assert look() == NONE
        job = store.create(Design(DesignKind.DRAWING, DeviceKind.MILL), "waits-0001")
        store.transition(job.id, JobState.READY)
        assert look() == NONE
        store.send(job.id)
        loan = store.ask_robot("{}", "robot-0001")
        assert look() == Wishes(1, (RobotWish(loan.ticket, f"{loan.id}-7"),))


def test_what_a_printer_says_when_it_waits_is_known_by_its_beginning() -> None:
    """The driver's sentence and what is looked for agree."""
    assert REASON.startswith(WAITS_FOR_HAND)
