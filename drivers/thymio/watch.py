"""Polls a robot that runs our program, and notices when it does not any more."""

from typing import Final

from drivers.robots.events import Failed, Felt, KitEvent, Tripped
from drivers.thymio.memory import Memory
from drivers.thymio.messages import PROTOCOL_VERSION, Ask, ask
from drivers.thymio.senses import battery_pct, feel
from drivers.types import DeviceState

POLL_S: Final = 0.1
"""The robot itself looks at its sensors ten times a second."""
AGAIN_S: Final = 0.3
SILENCE_S: Final = 1.0
STUCK_S: Final = 1.0
"""Our program counts 20 times a second; when it does not for so long, nothing would stop the motors."""
OTHERS_S: Final = 2.0
"""Robots that came later are looked for: they would obey the same events."""
SILENT: Final = (
    "The robot answers no more: check its cable, its battery and its dongle, then connect it again."
)
RESTARTED: Final = "The robot restarted by itself: check its battery, then connect it again."
STANDS_STILL: Final = "The watchdog in the robot stands still: switch it off and on, then connect again."


class Watch:
    """What is asked when, and what the answers say about the robot itself."""

    def __init__(self, node: int = 0, memory: Memory | None = None, now_s: float = 0.0) -> None:
        self._memory = memory or Memory()
        length = self._memory.size - self._memory.first_felt
        self._question = ask(Ask.GET_VARIABLES, node, self._memory.first_felt, length)
        self._heard_s = self._ticked_s = self._called_s = now_s
        self._asked_s: float | None = None
        self._ticks = self._trips = 0

    def poll(self, now_s: float) -> tuple[float, list[bytes], list[KitEvent]]:
        """Return when to poll again, what to ask now, and whether the robot has fallen silent."""
        if now_s - self._heard_s >= SILENCE_S:
            return now_s, [], [Failed(DeviceState.OFFLINE, SILENT)]
        if self._asked_s is not None and now_s < self._asked_s + AGAIN_S:
            return self._asked_s + AGAIN_S, [], []
        messages = [self._question]
        if now_s - self._called_s >= OTHERS_S:
            self._called_s = now_s
            messages.append(ask(Ask.LIST_NODES, PROTOCOL_VERSION))
        self._asked_s = now_s
        return now_s + POLL_S, messages, []

    def take(self, now_s: float) -> list[KitEvent]:
        """Judge an answer that has just come into the memory."""
        memory = self._memory
        if not memory.is_marked:
            return [Failed(DeviceState.FAULT, RESTARTED)]
        self._heard_s, self._asked_s = now_s, None
        ticks, trips = memory.words[memory.own.ticks], memory.words[memory.own.trips]
        if ticks != self._ticks:
            self._ticks, self._ticked_s = ticks, now_s
        elif now_s - self._ticked_s >= STUCK_S:
            return [Failed(DeviceState.FAULT, STANDS_STILL)]
        events: list[KitEvent] = [Tripped()] if trips != self._trips else []
        self._trips = trips
        return [Felt(feel(memory.read, now_s), battery_pct(memory.read("_vbat"))), *events]
