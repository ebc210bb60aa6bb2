"""What the bike's robots have: which blocks a page offers, and the sentence about those in grey."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from drivers.robots.types import Abilities, Button, Sensor
from drivers.types import DeviceState
from jobs.errors import Sentence
from kiosk.events import Moment
from kiosk.participant.rehearsing import EVERYTHING
from onboard.robots.view import abilities_of

NO_ROBOT: Final = Sentence(
    "Ce vélo n'a pas de robot aujourd'hui : essaie ici, le dessin montre ce qu'il ferait.",
    "This bike has no robot today: try here, the drawing shows what it would do.",
)
_THINGS: Final[dict[str, Sentence]] = {
    "wheels": Sentence("roues", "wheels"),
    "pen": Sentence("stylo", "pen"),
    "light": Sentence("lampe", "lamp"),
    "sound": Sentence("son", "sound"),
    "sensors": Sentence("capteurs", "sensors"),
    "buttons": Sentence("boutons", "buttons"),
}
"""What whole blocks need; `robot_blocks.js` knows them by these names."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a program may ask for: of the robot that is lent, else of any that is here."""

    abilities: Abilities = EVERYTHING
    is_lent: bool = False
    is_nothing_here: bool = False

    @property
    def lacks(self) -> tuple[str, ...]:
        """What there is not: things that blocks need, then choices within blocks."""
        return (*self._things, *self._choices)

    @property
    def sentence(self) -> Sentence | None:
        """Why blocks are grey; None when none is."""
        if self.is_nothing_here:
            return NO_ROBOT
        if not (things := [_THINGS[name] for name in self._things]):
            return None
        french, english = ", ".join(one.fr for one in things), ", ".join(one.en for one in things)
        if self.is_lent:
            return Sentence(
                f"En gris : ce que ce robot n'a pas ({french}).",
                f"Grey: what this robot does not have ({english}).",
            )
        return Sentence(
            f"En gris : ce que les robots d'ici n'ont pas ({french}).",
            f"Grey: what the robots here do not have ({english}).",
        )

    @property
    def _things(self) -> tuple[str, ...]:
        has = self.abilities
        found = {
            "wheels": has.gauge is not None,
            "pen": has.has_pen,
            "light": has.has_light,
            "sound": has.has_sound,
            "sensors": bool(has.sensors),
            "buttons": bool(has.buttons),
        }
        return tuple(name for name in _THINGS if not found[name])

    @property
    def _choices(self) -> Iterator[str]:
        yield from (f"sensor-{sensor}" for sensor in Sensor if sensor not in self.abilities.sensors)
        yield from (f"button-{button}" for button in Button if button not in self.abilities.buttons)


def offer_of(moment: Moment, loan_id: str = "") -> Offer:
    """What there is now; everything while the bike does not answer."""
    if moment.status is None:
        return Offer()
    robots = moment.status.robots
    lent = next((robot for robot in robots if loan_id and robot.loan == loan_id), None)
    if lent is not None:
        return Offer(abilities_of(lent.abilities), is_lent=True)
    if not robots:
        return Offer(is_nothing_here=True)
    here = [robot for robot in robots if robot.state is not DeviceState.OFFLINE] or robots
    return Offer(_any_of([abilities_of(robot.abilities) for robot in here]))


def _any_of(robots: Sequence[Abilities]) -> Abilities:
    """What at least one of them has."""
    return Abilities(
        gauge=next((robot.gauge for robot in robots if robot.gauge), None),
        has_pen=any(robot.has_pen for robot in robots),
        has_light=any(robot.has_light for robot in robots),
        has_sound=any(robot.has_sound for robot in robots),
        sensors=frozenset(sensor for robot in robots for sensor in robot.sensors),
        buttons=frozenset(button for robot in robots for button in robot.buttons),
    )
