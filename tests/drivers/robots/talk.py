"""A kit's protocol and a virtual robot at one clock, without a line between."""

from collections.abc import Sequence

from drivers.robots.body import Body
from drivers.robots.events import Failed, Felt, KitEvent, Ready, Tripped
from drivers.robots.interpreter import USUAL, Interpreter
from drivers.robots.tether import KitProtocol
from drivers.robots.types import Abilities, Senses
from drivers.simulator import Punctual
from tests.drivers.robots.programs import program

STEP_S = 0.001
LOOK_S = 0.05


class Talk:
    """Both live together; the line may be cut in either direction."""

    def __init__(self, protocol: KitProtocol, robot: Punctual, body: Body) -> None:
        self.protocol = protocol
        self.robot = robot
        self.body = body
        self.now_s = 0.0
        self.events: list[KitEvent] = []
        self.senses = Senses()
        self.is_deaf = self.is_mute = False
        robot.opened(0.0)
        self.note(protocol.connect(0.0))

    def live(self, duration_s: float) -> None:
        """Let time pass."""
        until_s = self.now_s + duration_s
        while self.now_s < until_s:
            self.now_s += STEP_S
            while said := self.protocol.take_output(self.now_s):
                if not self.is_deaf:
                    self.robot.receive(said, self.now_s)
            if (heard := self.robot.advance(self.now_s)) and not self.is_mute:
                self.note(self.protocol.receive(heard, self.now_s))
            due_s = self.protocol.deadline_s()
            if due_s is not None and due_s <= self.now_s:
                self.note(self.protocol.tick(self.now_s))

    def beat_for(self, duration_s: float) -> None:
        """Let time pass with signs of life."""
        until_s = self.now_s + duration_s
        while self.now_s < until_s:
            self.note(self.protocol.beat(self.now_s))
            self.live(0.2)

    def play(self, abilities: Abilities, steps: list[dict[str, object]]) -> list[list[tuple[float, float]]]:
        """Play a program as the player does, and return what the pen has drawn meanwhile."""
        before = len(self.body.strokes)
        interpreter = Interpreter(program(*steps), abilities, USUAL, self.now_s)
        while interpreter.end is None:
            for action in interpreter.advance(self.now_s, Senses(self.now_s)):
                self.note(self.protocol.act(action, self.now_s))
            interpreter.acted(self.now_s)
            self.note(self.protocol.beat(self.now_s))
            self.live(min(LOOK_S, max(STEP_S, interpreter.deadline_s - self.now_s)))
        return self.body.strokes[before:]

    def note(self, events: Sequence[KitEvent]) -> None:
        """Keep what the protocol told."""
        self.events += [event for event in events if isinstance(event, Ready | Tripped | Failed)]
        for event in events:
            if isinstance(event, Felt):
                self.senses = event.senses

    def kinds(self) -> list[type]:
        """Return what was told, by kind."""
        return [type(event) for event in self.events]
