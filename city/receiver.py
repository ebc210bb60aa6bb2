"""From the broker into the store: check, commit, and only then tell the bike what is safe.

A message is confirmed to the broker after the commit as well (`manual_ack`), which holds the broker back when
the store is slow. Nothing rests on it: only the watermark empties a bike's outbox.
"""

import contextlib
import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from typing import Final, TypeVar

from paho.mqtt.client import MQTTMessage
from pydantic import BaseModel, ValidationError

from city.link import CityLink, LinkSettings
from city.store import Delivery, Receipt, Store, TooManyBikesError
from onboard.messages import About, Ack, Batch, Leaf, State, Status, Topic, parse_topic, topic

_LOG: Final = logging.getLogger(__name__)
MAX_EVT_BYTES: Final = 65_536
MAX_LIVE_BYTES: Final = 8192
_MAX_WAITING: Final = 10_000
_MESSAGES_A_COMMIT: Final = 500
_TROUBLE_S: Final = 2.0
_LIVE: Final[dict[Leaf, type[Status | About | State]]] = {
    Leaf.STATUS: Status,
    Leaf.ABOUT: About,
    Leaf.STATE: State,
}

Model = TypeVar("Model", bound=BaseModel)


class RefusedError(Exception):
    """A message that is not kept; its text is one of a few fixed words, used for counting."""


class Receiver:
    """Owns the city's line and the thread that writes what comes in."""

    def __init__(self, settings: LinkSettings, store: Store, utc_s: Callable[[], float] = time.time) -> None:
        self._store = store
        self._utc_s = utc_s
        self._waiting: queue.Queue[MQTTMessage] = queue.Queue(_MAX_WAITING)
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

    def _take(self, message: MQTTMessage) -> None:
        """On paho's thread: queue, or leave unconfirmed when there is no room."""
        try:
            self._waiting.put_nowait(message)
        except queue.Full:
            _LOG.warning("The city cannot follow; a message is left to be sent again.")

    def _work(self) -> None:
        while not self._stopping.is_set():
            messages = self._next_messages()
            while messages and not self._stopping.is_set():
                try:
                    self._keep(messages)
                except sqlite3.Error as error:
                    _LOG.error("The city's store refuses to write: %s.", error)
                    self._stopping.wait(_TROUBLE_S)
                else:
                    break

    def _next_messages(self) -> list[MQTTMessage]:
        """What has come in, at most one commit's worth."""
        messages: list[MQTTMessage] = []
        with contextlib.suppress(queue.Empty):
            messages.append(self._waiting.get(timeout=0.25))
            while len(messages) < _MESSAGES_A_COMMIT:
                messages.append(self._waiting.get_nowait())
        return messages

    def _keep(self, messages: list[MQTTMessage]) -> None:
        """Commit, tell the bikes, confirm to the broker: in this order."""
        deliveries = [found for message in messages if (found := self._sort(message)) is not None]
        for receipt in self._commit(deliveries) if deliveries else []:
            self._link.publish(topic(receipt.city, receipt.bike, Leaf.ACK), receipt.ack.model_dump_json())
        for message in messages:
            self._link.confirm(message)

    def _commit(self, deliveries: list[Delivery]) -> list[Receipt]:
        """All batches at once; without those of bikes that cannot exist."""
        try:
            return self._store.commit(deliveries)
        except TooManyBikesError:
            self._store.refuse("bikes", self._utc_s())
            return [receipt for one in deliveries for receipt in self._commit_one(one)]

    def _commit_one(self, delivery: Delivery) -> list[Receipt]:
        try:
            return self._store.commit([delivery])
        except TooManyBikesError as error:
            _LOG.warning("%s", error)
            return []

    def _sort(self, message: MQTTMessage) -> Delivery | None:
        """A batch to commit; a live message is kept at once, anything else is counted."""
        now_s = self._utc_s()
        try:
            where = _place(message.topic)
            if where.leaf is Leaf.EVT:
                return Delivery(where.city, where.bike, _checked(Batch, message, MAX_EVT_BYTES), now_s)
            self._show(where, message, now_s)
        except RefusedError as error:
            _LOG.warning("A message is refused (%s).", error)
            self._store.refuse(str(error), now_s)
        return None

    def _show(self, where: Topic, message: MQTTMessage, now_s: float) -> None:
        """Keep a retained message; only a fresh one shows that the bike is alive."""
        content = _checked(_LIVE[where.leaf], message, MAX_LIVE_BYTES)
        heard_s: float | None = None if message.retain else now_s
        match content:
            case Status(online=False):
                heard_s = None
            case State(utc_s=float(utc_s)) if message.retain:
                heard_s = min(utc_s, now_s)
            case Status(online=True, boot=str(boot)):
                self._greet(where, boot)
        try:
            payload = content.model_dump_json(exclude_none=True)
            self._store.show(where.city, where.bike, where.leaf, payload, heard_s)
        except TooManyBikesError as error:
            raise RefusedError("bikes") from error

    def _greet(self, where: Topic, boot: str) -> None:
        """Tell a bike that is there where the city stands, so that it need not wait for its next try."""
        upto = self._store.watermark(where.city, where.bike, boot)
        self._link.publish(
            topic(where.city, where.bike, Leaf.ACK), Ack(boot=boot, upto=upto).model_dump_json()
        )


def _place(text: str) -> Topic:
    """The topic, when it is one that a bike writes to."""
    where = parse_topic(text)
    if where is None or where.leaf is Leaf.ACK:
        raise RefusedError("topic")
    return where


def _checked(model: type[Model], message: MQTTMessage, limit: int) -> Model:
    """The message as its closed model."""
    if len(message.payload) > limit:
        raise RefusedError("size")
    try:
        return model.model_validate_json(bytes(message.payload), strict=True)
    except ValidationError as error:
        raise RefusedError("schema") from error
