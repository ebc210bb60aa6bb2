"""Lines of every quality between a device and a simulated machine."""

import math
import os
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from drivers.errors import LinkLostError
from drivers.loopback import Loopback
from drivers.simulator import Punctual
from drivers.transport import SocketTransport, Transport


class Quality(StrEnum):
    """What may be wrong with a line, one thing at a time."""

    CLEAN = "clean"
    LOSSY = "lossy"
    SLOW = "slow"
    BYTEWISE = "bytewise"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Nature:
    """What a quality means; `speed` is how much faster than life machine and line run together.

    `longest_delay_s` holds back each piece of either direction for a time that chance chooses, in order.
    Damage is not here: what may be damaged is for the dialect to say.
    """

    baud_bps: int = 115_200
    speed: float = 10.0
    latency_s: float = 0.001
    longest_delay_s: float = 0.0
    is_bytewise: bool = False


NATURES: Final = {
    Quality.CLEAN: Nature(),
    Quality.LOSSY: Nature(),
    Quality.SLOW: Nature(baud_bps=19_200, speed=4.0),
    Quality.BYTEWISE: Nature(speed=3.0, is_bytewise=True),
    Quality.LATE: Nature(speed=4.0, latency_s=0.016, longest_delay_s=0.03),
}


class Pipe:
    """A simulated machine at the far end of a line of one quality."""

    def __init__(
        self,
        machine: Punctual,
        quality: Quality,
        seed: int,
        hurt: Callable[[bytes], bytes] = bytes,
    ) -> None:
        """Let the machine live; `hurt` damages what it says."""
        self.nature = NATURES[quality]
        self._joint = Joint(machine, self.nature, seed, hurt)
        nature = self.nature
        self._line = Loopback(self._joint, nature.baud_bps, nature.speed, latency_s=nature.latency_s)

    @property
    def wire_bps(self) -> int:
        """Bits a second of this world."""
        return round(self.nature.baud_bps * self.nature.speed)

    @property
    def machine_s(self) -> float:
        """The machine's own clock."""
        return self._line.machine_s

    def open(self) -> Transport:
        """Open the machine's port."""
        link = self._line.open()
        return Bytewise(link) if self.nature.is_bytewise else link

    def befall(self, mishap: Callable[[], None]) -> None:
        """Let something happen to the machine, in its own thread."""
        self._joint.mishaps.append(mishap)

    def strike(self, word: bytes) -> None:
        """Flip a bit of a word the next time that it is said to the machine."""
        self._joint.words.append(word)

    def unplug(self) -> None:
        """Pull the cable."""
        self._line.unplug()

    def plug(self) -> None:
        """Put the cable back."""
        self._line.plug()

    def close(self) -> None:
        """End the machine."""
        self._line.close()


class Joint:
    """A `Punctual` simulator around another, with what its line does to the bytes of both directions."""

    def __init__(
        self, machine: Punctual, nature: Nature, seed: int, hurt: Callable[[bytes], bytes] = bytes
    ) -> None:
        self.mishaps: deque[Callable[[], None]] = deque()
        self.words: deque[bytes] = deque()
        self._machine = machine
        self._hurt = hurt
        self._step = 1 if nature.is_bytewise else None
        self._inward = Lag(nature.longest_delay_s, seed)
        self._outward = Lag(nature.longest_delay_s, seed + 1)

    @property
    def power_w(self) -> float:
        """What the machine draws."""
        return self._machine.power_w

    def opened(self, now_s: float) -> None:
        """Somebody opened the port: what an old connection left on its way is gone."""
        self._inward.clear()
        self._outward.clear()
        self._machine.opened(now_s)

    def receive(self, data: bytes, now_s: float) -> None:
        """Take bytes off the wire, to be handed over at once or later."""
        if self.words and (at := data.find(self.words[0])) >= 0:
            self.words.popleft()
            data = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        self._inward.put(data, now_s)
        self._hand_over(now_s)

    def advance(self, now_s: float) -> bytes:
        """Live up to an instant and return what has got through by then."""
        while self.mishaps:
            self.mishaps.popleft()()
        self._hand_over(now_s)
        self._say(now_s)
        return b"".join(data for data, _ in self._outward.due(now_s))

    def next_s(self) -> float:
        """The next instant at which the machine acts or a piece arrives."""
        return min(self._machine.next_s(), self._inward.next_s, self._outward.next_s)

    def _hand_over(self, now_s: float) -> None:
        for data, at_s in self._inward.due(now_s):
            self._say(at_s)
            size = self._step or len(data)
            for begin in range(0, len(data), size):
                self._machine.receive(data[begin : begin + size], at_s)

    def _say(self, now_s: float) -> None:
        if said := self._machine.advance(now_s):
            self._outward.put(self._hurt(said), now_s)


class Lag:
    """Pieces in order, each held back for a time that chance chooses."""

    def __init__(self, longest_s: float, seed: int) -> None:
        self._longest_s = longest_s
        self._dice = random.Random(seed)  # noqa: S311 - a dice, no secret
        self._pieces: deque[tuple[bytes, float]] = deque()
        self._latest_s = 0.0

    @property
    def next_s(self) -> float:
        """When the next piece arrives."""
        return self._pieces[0][1] if self._pieces else math.inf

    def put(self, data: bytes, now_s: float) -> None:
        """Send a piece on its way."""
        self._latest_s = max(self._latest_s, now_s + self._dice.uniform(0, self._longest_s))
        self._pieces.append((data, self._latest_s))

    def due(self, now_s: float) -> list[tuple[bytes, float]]:
        """Return the pieces that have arrived, each with its instant."""
        arrived = []
        while self._pieces and self._pieces[0][1] <= now_s:
            arrived.append(self._pieces.popleft())
        return arrived

    def clear(self) -> None:
        """Lose what is on its way."""
        self._pieces.clear()


class Bytewise:
    """A transport that takes and gives one byte at a time."""

    def __init__(self, link: SocketTransport) -> None:
        self._link = link

    def fileno(self) -> int:
        """The descriptor of the link."""
        return self._link.fileno()

    def read(self) -> bytes:
        """Return one byte; the rest of what came waits in the socket."""
        try:
            data = os.read(self._link.fileno(), 1)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise LinkLostError from error
        if not data:
            raise LinkLostError
        return data

    def write(self, data: bytes) -> int:
        """Hand over one byte."""
        return self._link.write(data[:1])

    def output_waiting(self) -> int:
        """A socket does not tell."""
        return self._link.output_waiting()

    def discard_output(self) -> None:
        """A socket keeps what it has taken."""

    def close(self) -> None:
        """Close the link."""
        self._link.close()
