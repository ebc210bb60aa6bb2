"""Which blocks a page offers: what the robots have that are here, or the one that is lent."""

import pytest

from drivers.robots.types import Abilities, Button, Gauge, Sensor
from drivers.types import DeviceState
from kiosk.events import Moment
from kiosk.participant.rehearsing import EVERYTHING
from kiosk.participant.robot_examples import EXAMPLES, examples_for
from kiosk.participant.robot_offer import NO_ROBOT, offer_of
from onboard.control.messages import BatteryView, BikeStatus, RobotView
from onboard.robots.view import abilities_view

LOAN = "a" * 32
ROLLS = Abilities(Gauge(95.0, 200.0), has_light=True, has_sound=True, sensors=frozenset({Sensor.DISTANCE}))
DRAWS = Abilities(Gauge(95.0, 200.0), has_pen=True)
SHINES = Abilities(None, has_light=True, buttons=frozenset({Button.A}))


def robot(
    name: str, has: Abilities, state: DeviceState = DeviceState.IDLE, loan: str | None = None
) -> RobotView:
    """A robot as the daemon tells of it."""
    return RobotView(
        name=name,
        protocol="thymio",
        state=state,
        stopped=False,
        abilities=abilities_view(has),
        half_mm=600,
        speed_mm_s=150,
        loan=loan,
    )


def moment(*robots: RobotView) -> Moment:
    """What the daemon said last."""
    battery = BatteryView(known=False, sentence_fr="?", sentence_en="?")
    return Moment(
        BikeStatus(
            bike="velo",
            city="creteil",
            stopped=False,
            plan_version=1,
            machines=(),
            battery=battery,
            robots=robots,
        )
    )


def test_without_news_everything_is_offered() -> None:
    """A daemon that does not answer takes no block away, nor does a bike without robots, which says so."""
    assert offer_of(Moment()).lacks == ()
    assert offer_of(Moment()).sentence is None
    assert offer_of(moment()).lacks == ()
    assert offer_of(moment()).sentence == NO_ROBOT


def test_what_one_of_the_robots_has_is_offered() -> None:
    """One draws, the other shines: both count, until one of them is lent."""
    both = moment(robot("a", ROLLS), robot("b", DRAWS, loan=LOAN))
    offered = offer_of(both)
    assert offered.abilities.has_pen
    assert offered.abilities.has_light
    assert offered.sentence is not None
    assert offered.sentence.fr == "En gris : ce que les robots d'ici n'ont pas (boutons)."
    assert offered.lacks[0] == "buttons"
    assert {"sensor-tilt", "button-a"} < set(offered.lacks)
    assert "sensor-distance" not in offered.lacks
    lent = offer_of(both, LOAN)
    assert lent.sentence is not None
    assert lent.sentence.en == "Grey: what this robot does not have (lamp, sound, sensors, buttons)."


def test_a_robot_that_is_away_counts_only_where_none_is_here() -> None:
    """A robot that is switched off draws for nobody; when all are off, anyone may come back."""
    away = robot("b", DRAWS, DeviceState.OFFLINE)
    assert "pen" in offer_of(moment(robot("a", ROLLS), away)).lacks
    assert "pen" not in offer_of(moment(away)).lacks


@pytest.mark.parametrize(
    ("has", "slugs"),
    [(EVERYTHING, ["carre", "mur"]), (ROLLS, ["carre", "mur"]), (DRAWS, ["carre"]), (SHINES, ["fete"])],
)
def test_examples_are_those_that_a_robot_can_play(has: Abilities, slugs: list[str]) -> None:
    """Without a pen the square is driven all the same; without wheels there is something else to do."""
    examples = examples_for(has)
    assert [example.slug for example in examples] == slugs
    asked = str([example.program for example in examples])
    assert ("'pen'" in asked) == (has.has_pen and "carre" in slugs)


def test_all_of_an_example_is_kept_where_everything_is_there() -> None:
    """Fitting takes nothing away from a robot that has all."""
    assert examples_for(EVERYTHING) == list(EXAMPLES[:2])
