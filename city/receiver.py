"""From the broker into the store: check, commit, and only then tell the bike what is safe.

A message is checked while the one before is being committed. It is confirmed to the broker after its commit
(`manual_ack`), which holds the broker back when the store is slow. Nothing rests on it: only the watermark
empties a bike's outbox.
"""

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from city.link import CityLink, Incoming, LinkSettings
from city.sorting import Greeting, Sorted, sort
from city.store import Delivery, Live, Refusal, Store, StoreError
from onboard.messages import Ack, Leaf, topic

_LOG: Final = logging.getLogger(__name__)
_MOST_WAITING: Final = 10_000
_MESSAGES_A_COMMIT: Final = 500
_TROUBLE_S: Final = 2.0


class _Checked(NamedTuple):
    """A message, what it is, and whom to greet for it."""

    incoming: Incoming
    thing: Sorted
    greeting: Greeting | None


class Receiver:
    """Owns one of the city's lines and the thread that writes what comes in."""

    def __init__(self, settings: LinkSettings, store: Store, utc_s: Callable[[], float] = time.time) -> None:
        self._store = store
        self._utc_s = utc_s
        self._waiting: queue.SimpleQueue[_Checked] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._link = CityLink(settings, self._take)
        self._thread = threading.Thread(target=self._work, name="city-receiver", daemon=True)

    @property
    def connected(self) -> bool:
        """Whether the broker is reached."""
        return self._link.connected

    def start(self) -> None:
        """Listen until `stop`."""
        self._thread.start()
        self._link.start()

    def stop(self) -> None:
        """Finish what is at hand and leave; what is not confirmed comes again."""
        self._stopping.set()
        self._thread.join(timeout=10)
        self._link.stop()

    def _take(self, incoming: Incoming) -> None:
        """On paho's thread: the broker waits with records itself, live messages are dropped in a flood."""
        if incoming.message.qos or self._waiting.qsize() < _MOST_WAITING:
            self._waiting.put(_Checked(incoming, *sort(incoming.message, self._utc_s())))

    def _work(self) -> None:
        while not self._stopping.is_set():
            arrived = self._next()
            while arrived and not self._stopping.is_set():
                try:
                    self._keep(arrived)
                except StoreError as error:
                    _LOG.error("%s What came in waits.", error)
                    self._stopping.wait(_TROUBLE_S)
                else:
                    break

    def _next(self) -> list[_Checked]:
        """What has come in, at most one commit's worth."""
        arrived: list[_Checked] = []
        with contextlib.suppress(queue.Empty):
            arrived.append(self._waiting.get(timeout=0.25))
            while len(arrived) < _MESSAGES_A_COMMIT:
                arrived.append(self._waiting.get_nowait())
        return arrived

    def _keep(self, arrived: Sequence[_Checked]) -> None:
        """Commit, tell the bikes, confirm to the broker: in this order."""
        things = [one.thing for one in arrived]
        kept = self._store.keep(
            [thing for thing in things if isinstance(thing, Delivery)],
            [thing for thing in things if isinstance(thing, Live)],
            [thing for thing in things if isinstance(thing, Refusal)],
        )
        if kept.refused:
            reasons = ", ".join(sorted({refusal.reason for refusal in kept.refused}))
            _LOG.warning("%d messages are refused (%s).", len(kept.refused), reasons)
        for receipt in kept.receipts:
            self._tell(receipt.city, receipt.bike, receipt.ack)
        for one in arrived:
            if one.greeting is not None:
                self._greet(one.greeting)
        for one in arrived:
            self._link.confirm(one.incoming)

    def _greet(self, greeting: Greeting) -> None:
        """Tell a bike that is there where the city stands, so that it need not wait for its next try."""
        upto = self._store.watermark(greeting.city, greeting.bike, greeting.boot)
        self._tell(greeting.city, greeting.bike, Ack(boot=greeting.boot, upto=upto))

    def _tell(self, city: str, bike: str, ack: Ack) -> None:
        self._link.publish(topic(city, bike, Leaf.ACK), ack.model_dump_json())
