"""Lets many virtual bikes work and tells how far the city follows."""

import asyncio
import heapq
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from onboard.fleet.rider import Rider, name_of
from onboard.fleet.wire import Broker, Wire
from onboard.messages import Ack, Leaf, Status, topic

STATE_S: Final = 45.0
CARE_S: Final = 2.0
TELL_S: Final = 10.0
_STEP_S: Final = 0.02
_BACK_S: Final = 30.0
_KEPT_TIMES: Final = 200_000


@dataclass(slots=True)
class Figures:
    """How it goes: seconds from a record to its receipt, and how many were made and confirmed."""

    bikes: int = 0
    connected: int = 0
    made: int = 0
    confirmed: int = 0
    p50_s: float = 0.0
    p99_s: float = 0.0
    max_s: float = 0.0

    def __str__(self) -> str:
        return (
            f"{self.connected} of {self.bikes} bikes connected, {self.made} records made,"
            f" {self.made - self.confirmed} on their way; to the receipt: median {self.p50_s:.2f} s,"
            f" p99 {self.p99_s:.2f} s, longest {self.max_s:.2f} s"
        )


class Virtual:
    """One bike with its line."""

    def __init__(self, number: int, broker: Broker, period_s: float, chance: random.Random) -> None:
        self.rider = Rider(name_of(number), chance, time.monotonic(), time.time())
        self.times_s: list[float] = []
        self.next_s = time.monotonic() + chance.uniform(0, period_s)
        self.state_s = time.monotonic() + chance.uniform(0, STATE_S)
        self.care_s = time.monotonic() + chance.uniform(0, CARE_S)
        self._period_s = period_s
        self._chance = chance
        self._topics = {leaf: topic(self.rider.name.city, self.rider.name.bike, leaf) for leaf in Leaf}
        self.wire = Wire(broker, self.rider.name.bike, self._topics[Leaf.STATUS], self._up, self._heard)
        self._back_s = 0.0

    def due_s(self) -> float:
        """When something is to be done next."""
        return min(self.next_s, self.state_s, self.care_s)

    def work(self, now_s: float) -> None:
        """Do what is due."""
        if now_s >= self.next_s:
            self.next_s += self._period_s
            self.rider.happen(now_s)
            self._send(now_s)
        if now_s >= self.state_s:
            self.state_s = now_s + STATE_S
            self._show()
        if now_s >= self.care_s:
            self.care_s = now_s + CARE_S
            self._care(now_s)

    def _care(self, now_s: float) -> None:
        """Keep the line, send again what was not confirmed, come back at a random time."""
        if self.wire.connected:
            self.wire.care()
            self._send(now_s)
        elif now_s >= self._back_s:
            self._back_s = now_s + self._chance.uniform(_BACK_S / 2, _BACK_S)
            self.wire.connect()

    def _up(self) -> None:
        status = Status(online=True, boot=self.rider.boot).model_dump_json(exclude_none=True)
        self.wire.subscribe(self._topics[Leaf.ACK])
        self.wire.publish(self._topics[Leaf.STATUS], status, qos=1, retain=True)
        self.rider.live()
        self._show()
        self._send(time.monotonic())

    def _show(self) -> None:
        if self.wire.connected:
            state = self.rider.state(time.time()).model_dump_json(exclude_none=True)
            self.wire.publish(self._topics[Leaf.STATE], state, qos=0, retain=True)

    def _send(self, now_s: float) -> None:
        if self.wire.connected:
            for batch in self.rider.batches(now_s):
                self.wire.publish(self._topics[Leaf.EVT], batch, qos=1, retain=False)

    def _heard(self, payload: bytes) -> None:
        try:
            ack = Ack.model_validate_json(payload, strict=True)
        except ValidationError:
            return  # as a bike does: what is no receipt is nothing
        now_s = time.monotonic()
        self.times_s += [now_s - at_s for at_s in self.rider.acknowledge(ack.boot, ack.upto)]
        self._send(now_s)


class Fleet:
    """All bikes on one loop."""

    def __init__(self, broker: Broker, bikes: int, records_min: float, first: int = 0) -> None:
        self._broker = broker
        self._numbers = range(first, first + bikes)
        self._period_s = 60.0 / records_min
        self._bikes: list[Virtual] = []

    async def run(self, until_s: float, say: Callable[[str], None]) -> Figures:
        """Work until a monotonic second and return the figures; they are said every ten seconds."""
        for number in self._numbers:
            chance = random.Random(f"{number} {time.time_ns()}")  # noqa: S311 - no secret; a new boot each time
            bike = Virtual(number, self._broker, self._period_s, chance)
            self._bikes.append(bike)
            bike.wire.connect()
            await asyncio.sleep(0)
        await self._work(until_s, say)
        figures = self.figures()
        for bike in self._bikes:
            bike.wire.disconnect()
        await asyncio.sleep(1)
        return figures

    def figures(self) -> Figures:
        """How it goes now."""
        times_s = sorted(
            at for bike in self._bikes for at in bike.times_s[-_KEPT_TIMES // len(self._bikes) :]
        )
        return Figures(
            len(self._bikes),
            sum(bike.wire.connected for bike in self._bikes),
            sum(bike.rider.made for bike in self._bikes),
            sum(bike.rider.confirmed for bike in self._bikes),
            *(_share(times_s, share) for share in (0.5, 0.99, 1.0)),
        )

    async def _work(self, until_s: float, say: Callable[[str], None]) -> None:
        calendar = [(bike.due_s(), i) for i, bike in enumerate(self._bikes)]
        heapq.heapify(calendar)
        tell_s = time.monotonic() + TELL_S
        while (now_s := time.monotonic()) < until_s:
            while calendar[0][0] <= now_s:
                _, i = calendar[0]
                self._bikes[i].work(now_s)
                heapq.heapreplace(calendar, (self._bikes[i].due_s(), i))
            if now_s >= tell_s:
                tell_s = now_s + TELL_S
                say(str(self.figures()))
            await asyncio.sleep(_STEP_S)


def _share(ascending: list[float], share: float) -> float:
    """The value below which a share of all lie."""
    return ascending[int(share * (len(ascending) - 1))] if ascending else 0.0
