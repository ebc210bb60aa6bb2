"""Joins the Thymio protocol to the virtual robot by an injected clock: no thread, no wall clock."""

from collections.abc import Callable

from drivers.robots.events import Failed, KitEvent, Ready
from drivers.simulator import BlackBox
from drivers.thymio.protocol import ThymioProtocol
from drivers.thymio.sim import VirtualThymio
from drivers.thymio.sim_board import Board

STEP_S = 0.002
PATIENCE_S = 30.0


class Pair:
    """A robot, the protocol that talks to it, and what the protocol has told."""

    def __init__(
        self,
        board: Board | None = None,
        piece: int = 4096,
    ) -> None:
        """What is said travels in pieces of so many bytes."""
        self.box = BlackBox()
        self.robot = VirtualThymio(self.box, board)
        self.protocol = ThymioProtocol()
        self.events: list[KitEvent] = []
        self.now_s = 0.0
        self.is_cut = False
        self._piece = piece

    def connect(self) -> None:
        """Become acquainted."""
        self.meet()
        assert self.told(Ready), self.events

    def meet(self) -> None:
        """Go on until the robot is ready or given up."""
        self.robot.opened(self.now_s)
        self.events += self.protocol.connect(self.now_s)
        self.until(lambda: bool(self.told(Ready) or self.told(Failed)))

    def told(self, kind: type[KitEvent]) -> list[KitEvent]:
        """Return what was told of a kind."""
        return [event for event in self.events if isinstance(event, kind)]

    def of(self, *kinds: str) -> list[dict[str, object]]:
        """Return the entries of these kinds in the robot's black box."""
        return [entry for entry in self.box.entries if entry["kind"] in kinds]

    def until(self, is_so: Callable[[], bool]) -> None:
        """Let time pass until something holds."""
        end_s = self.now_s + PATIENCE_S
        while not is_so():
            assert self.now_s < end_s, self.events
            self.pass_time(STEP_S)

    def pass_time(self, duration_s: float) -> None:
        """Let both live for a while, in steps."""
        end_s = self.now_s + duration_s
        while self.now_s < end_s:
            self.now_s = min(end_s, self.now_s + STEP_S)
            self.exchange()

    def exchange(self) -> None:
        """Carry over what either has to say at this instant."""
        if self.is_cut:
            self.robot.advance(self.now_s)
            return
        due_s = self.protocol.deadline_s()
        if due_s is not None and due_s <= self.now_s:
            self.events += self.protocol.tick(self.now_s)
        while wire := self.protocol.take_output(self.now_s):
            self._carry(wire, lambda piece: self.robot.receive(piece, self.now_s))
        self._carry(self.robot.advance(self.now_s), self.hear)

    def hear(self, said: bytes) -> None:
        """Have the protocol take bytes that nobody needs to have said."""
        self.events += self.protocol.receive(said, self.now_s)

    def _carry(self, wire: bytes, take: Callable[[bytes], None]) -> None:
        for begin in range(0, len(wire), self._piece):
            take(wire[begin : begin + self._piece])
