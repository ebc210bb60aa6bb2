"""Publishes one record and reads its receipt back: `dipbike enrol check`."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from onboard.clocks import Clocks
from onboard.config import BikeSection, MqttSection
from onboard.messages import About, Ack, Batch, Leaf, row, topic
from onboard.uplink.mqtt import Listener, MqttError, MqttLine, Session
from onboard.uplink.reach import why_not

_CONNECT_S: Final = 15.0
_ANSWER_S: Final = 15.0


@dataclass(frozen=True, slots=True)
class Step:
    """One part of the way, and whether it works."""

    well: bool
    sentence: str


class Check:
    """One visit at the broker, beside a daemon that may be running; nothing that it shows is changed."""

    def __init__(self, settings: MqttSection, bike: BikeSection, about: About) -> None:
        self._settings = settings
        self._topics = {leaf: topic(bike.city, bike.id, leaf) for leaf in Leaf}
        self._name = f"{bike.id}-check"
        self._about = about
        self._boot = secrets.token_hex(8)
        self._up = asyncio.Event()
        self._receipt = asyncio.Event()
        self._refused: dict[str, str] = {}
        self._trouble = ""

    async def steps(self) -> AsyncIterator[Step]:
        """Go as far as it works; the last step tells what to do."""
        if (why := await asyncio.to_thread(why_not, self._settings)) is not None:
            yield Step(well=False, sentence=why)
            return
        try:
            line = MqttLine(self._settings, self._session(), self._listener())
        except MqttError as error:
            yield Step(well=False, sentence=str(error))
            return
        line.enter()
        try:
            async for step in self._talk(line):
                yield step
        finally:
            await line.leave()

    async def _talk(self, line: MqttLine) -> AsyncIterator[Step]:
        if not await _happens(self._up, _CONNECT_S):
            why = self._trouble or "no answer"
            yield Step(well=False, sentence=f"The broker does not let this bike in: {why}.")
            return
        yield Step(well=True, sentence=f"The broker {self._settings.host} knows this bike.")
        about = self._about.model_dump_json(exclude_none=True).encode()
        line.publish(self._topics[Leaf.ABOUT], about, qos=1, retain=True)
        line.publish(self._topics[Leaf.EVT], self._record(), qos=1, retain=False)
        answered = await _happens(self._receipt, _ANSWER_S)
        for refused, why in sorted(self._refused.items()):
            yield Step(well=False, sentence=f"The broker refuses {refused}: {why}. Ask the city to allow it.")
        if answered:
            yield Step(well=True, sentence="The city has written a record down, and its receipt came back.")
        elif not self._refused:
            where = self._topics[Leaf.ACK]
            yield Step(
                well=False,
                sentence=f"A record was published, but no receipt came back in {_ANSWER_S:.0f} s: the city's"
                f" receiver does not run, or this bike may not read {where}. Ask the city.",
            )

    def _session(self) -> Session:
        return Session(self._name, "", b"", self._topics[Leaf.ACK])

    def _listener(self) -> Listener:
        return Listener(
            up=self._up.set,
            down=lambda: None,
            message=self._heard,
            refused=self._refused.__setitem__,
            trouble=lambda why: setattr(self, "_trouble", why),
        )

    def _record(self) -> bytes:
        """A clock reading, the one record that says nothing about what the bike did."""
        reading = Clocks().reading()
        rows = [row(1, reading.mono_s, reading)]
        batch = Batch.model_validate({"boot": self._boot, "sent_s": reading.mono_s, "r": rows})
        return batch.model_dump_json(exclude_none=True).encode()

    def _heard(self, payload: bytes, _was_kept: bool) -> None:  # noqa: FBT001 - as the line calls it
        try:
            ack = Ack.model_validate_json(payload, strict=True)
        except ValidationError:
            return  # whatever that is, it is no receipt for this record
        if ack == Ack(boot=self._boot, upto=1):
            self._receipt.set()


async def _happens(event: asyncio.Event, within_s: float) -> bool:
    try:
        async with asyncio.timeout(within_s):
            await event.wait()
    except TimeoutError:
        return False
    return True
