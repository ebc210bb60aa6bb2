"""The line to the city's broker; the bike's only use of paho.

Paho runs its own network thread, reconnects with growing pauses, and hands every event to the asyncio loop,
so that neither a hanging name server nor a dead broker is ever felt there.
"""

import asyncio
import logging
import ssl
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

_LOG: Final = logging.getLogger(__name__)
KEEPALIVE_S: Final = 30
_PAUSES_S: Final = (1, 60)
_LEAVE_S: Final = 2.0
_MAX_ACK_BYTES: Final = 1024


class MqttError(Exception):
    """The way to the city is not set up correctly; the message says what to correct."""


@dataclass(frozen=True, slots=True)
class Session:
    """Who connects: its id, its will for when it falls silent, and its one subscription."""

    client_id: str
    will_topic: str
    will: bytes
    listen_topic: str


@dataclass(frozen=True, slots=True)
class Listener:
    """What the line calls on the asyncio loop."""

    up: Callable[[], None]
    down: Callable[[], None]
    message: Callable[[bytes], None]


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
        client.will_set(self._session.will_topic, self._session.will, qos=1, retain=True)
        client.on_connect = self._on_connect
        client.on_connect_fail = self._on_connect_fail
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.on_publish = self._on_publish
        self._secure(client)
        return client

    def _secure(self, client: Client) -> None:
        """Set TLS, the bike's certificate and its password as configured."""
        settings = self._settings
        try:
            if settings.tls:
                context = ssl.create_default_context(cafile=str(settings.ca) if settings.ca else None)
                context.minimum_version = ssl.TLSVersion.TLSv1_2
                if settings.certificate:
                    context.load_cert_chain(settings.certificate, settings.key)
                client.tls_set_context(context)
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
            self._post(lambda: self._listener.message(payload))

    def _on_publish(
        self, _client: Client, _data: object, _mid: int, code: ReasonCode, _properties: Properties | None
    ) -> None:
        if code.is_failure:
            self._complain(f"the broker does not let this bike publish: {code}")

    def _complain(self, why: str) -> None:
        """Say it once, not at every attempt."""
        if not self._complained and not self._left:
            _LOG.warning("The line to the city is down (%s); telemetry waits on disk.", why)
        self._complained = True
