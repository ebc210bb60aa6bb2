"""The line to the city's broker; the bike's only use of paho.

Paho runs its own network thread, reconnects with growing pauses, and hands every event to the asyncio loop,
so that neither a hanging name server nor a dead broker is ever felt there.
"""

import asyncio
import logging
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from onboard.config import MqttSection
from onboard.uplink.reach import tls_context

_LOG: Final = logging.getLogger(__name__)
KEEPALIVE_S: Final = 30
_PAUSES_S: Final = (1, 60)
_LEAVE_S: Final = 2.0
_MAX_ACK_BYTES: Final = 1024


class MqttError(Exception):
    """The way to the city is not set up correctly; the message says what to correct."""


@dataclass(frozen=True, slots=True)
class Session:
    """Who connects: its id, its will for when it falls silent (no topic: none), and its one subscription."""

    client_id: str
    will_topic: str
    will: bytes
    listen_topic: str


@dataclass(frozen=True, slots=True)
class Listener:
    """What the line calls on the asyncio loop.

    A message comes with whether the broker had kept it; `refused` gets a topic and the broker's reason,
    `trouble` why there is no line.
    """

    up: Callable[[], None]
    down: Callable[[], None]
    message: Callable[[bytes, bool], None]
    refused: Callable[[str, str], None] = lambda _topic, _why: None
    trouble: Callable[[str], None] = lambda _why: None


class MqttLine:
    """One broker connection, restored by itself until `leave`."""

    def __init__(self, settings: MqttSection, session: Session, listener: Listener) -> None:
        """Prepare the client without touching the network.

        Raises:
            MqttError: a certificate, key or password file cannot be used.
        """
        self._settings = settings
        self._session = session
        self._listener = listener
        self._loop = asyncio.get_running_loop()
        self._left = False
        self._complained = False
        self._v5 = settings.version == "5"
        self._on_way: dict[int, str] = {}
        self._said: set[str] = set()
        self._client = self._new_client()

    def enter(self) -> None:
        """Begin to connect, and keep at it."""
        if self._v5:
            self._client.connect_async(
                self._settings.host, self._settings.port, keepalive=KEEPALIVE_S, clean_start=True
            )
        else:
            self._client.connect_async(self._settings.host, self._settings.port, keepalive=KEEPALIVE_S)
        self._client.loop_start()

    def publish(
        self, topic: str, payload: bytes, *, qos: int, retain: bool, life_s: int | None = None
    ) -> bool:
        """Hand a message to the network thread; True says nothing about its arrival."""
        properties = None
        if self._v5 and life_s is not None:
            properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call] # paho
            properties.MessageExpiryInterval = life_s
        info = self._client.publish(topic, payload, qos=qos, retain=retain, properties=properties)
        if qos:
            self._on_way[info.mid] = topic
        return info.rc == MQTTErrorCode.MQTT_ERR_SUCCESS

    async def leave(self) -> None:
        """Disconnect politely; a network thread that hangs in a name look-up is left behind."""
        self._left = True
        self._client.disconnect()
        stopper = threading.Thread(target=self._client.loop_stop, name="mqtt-stop", daemon=True)
        stopper.start()
        await asyncio.to_thread(stopper.join, _LEAVE_S)

    def _new_client(self) -> Client:
        version = MQTTProtocolVersion.MQTTv5 if self._v5 else MQTTProtocolVersion.MQTTv311
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._session.client_id,
            clean_session=None if self._v5 else True,
            protocol=version,
        )
        client.connect_timeout = 10.0
        client.reconnect_delay_set(*_PAUSES_S)
        client.max_queued_messages_set(200)
        if self._session.will_topic:
            client.will_set(self._session.will_topic, self._session.will, qos=1, retain=True)
        client.on_connect = self._on_connect
        client.on_connect_fail = self._on_connect_fail
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.on_publish = self._on_publish
        client.on_subscribe = self._on_subscribe
        client.on_socket_open = _send_at_once  # type: ignore[assignment] # a real socket
        self._secure(client)
        return client

    def _secure(self, client: Client) -> None:
        """Set TLS, the bike's certificate and its password as configured."""
        settings = self._settings
        try:
            if settings.tls:
                client.tls_set_context(tls_context(settings))
            if settings.username:
                secret = (
                    settings.password_file.read_text(encoding="utf-8").strip()
                    if settings.password_file
                    else None
                )
                client.username_pw_set(settings.username, secret)
        except (OSError, ValueError) as error:
            raise MqttError(
                f"A certificate, key or password file of [mqtt] cannot be used: {error}."
            ) from error

    def _post(self, call: Callable[[], None]) -> None:
        """Run something on the loop, unless the bike is already leaving."""
        if not self._left:
            self._loop.call_soon_threadsafe(call)

    def _on_connect(
        self,
        client: Client,
        _data: object,
        _flags: ConnectFlags,
        code: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if code.is_failure:
            self._complain(f"the broker refuses the bike: {code}")
            return
        self._complained = False
        _LOG.info("The line to the city is up.")
        client.subscribe(self._session.listen_topic, qos=1)
        self._post(self._listener.up)

    def _on_connect_fail(self, _client: Client, _data: object) -> None:
        self._complain("the broker cannot be reached")

    def _on_disconnect(
        self,
        _client: Client,
        _data: object,
        _flags: DisconnectFlags,
        code: ReasonCode,
        _props: Properties | None,
    ) -> None:
        self._complain(str(code))
        self._post(self._listener.down)

    def _on_message(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        payload = bytes(message.payload)
        if message.topic == self._session.listen_topic and len(payload) <= _MAX_ACK_BYTES:
            self._post(lambda: self._listener.message(payload, message.retain))

    def _on_publish(
        self, _client: Client, _data: object, mid: int, code: ReasonCode, _properties: Properties | None
    ) -> None:
        topic = self._on_way.pop(mid, "one of its topics")
        if code.is_failure:
            self._refused(topic, code)

    def _on_subscribe(
        self,
        _client: Client,
        _data: object,
        _mid: int,
        codes: list[ReasonCode],
        _properties: Properties | None,
    ) -> None:
        for code in codes:
            if code.is_failure:
                self._refused(self._session.listen_topic, code)

    def _refused(self, topic: str, code: ReasonCode) -> None:
        """Say it once for each topic."""
        if topic not in self._said:
            self._said.add(topic)
            _LOG.warning("The broker refuses %s to this bike: %s.", topic, code)
        self._post(lambda: self._listener.refused(topic, str(code)))

    def _complain(self, why: str) -> None:
        """Say it once, not at every attempt."""
        if not self._complained and not self._left:
            _LOG.warning("The line to the city is down (%s); telemetry waits on disk.", why)
        self._complained = True
        self._post(lambda: self._listener.trouble(why))


def _send_at_once(_client: Client, _data: object, line: socket.socket) -> None:
    """Let a small packet go as it comes: it would wait up to 40 ms for the receipt of the one before."""
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
