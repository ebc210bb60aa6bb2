"""Thousands of MQTT connections on one asyncio loop: paho without its threads."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

KEEPALIVE_S = 60


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker is; with `keys`, each bike has NAME.pem and NAME.key in that folder."""

    host: str
    port: int
    ca: Path | None = None
    keys: Path | None = None

    def context(self, name: str) -> ssl.SSLContext | None:
        """TLS for one bike, when there is an authority to trust."""
        if self.ca is None:
            return None
        context = ssl.create_default_context(cafile=str(self.ca))
        if self.keys is not None:
            context.load_cert_chain(self.keys / f"{name}.pem", self.keys / f"{name}.key")
        return context


class _Socket(Protocol):
    """What paho tells of a connection."""

    def fileno(self) -> int:
        """Its number at the kernel."""


class Wire:
    """One bike's connection; `up` and `heard` are called on the loop."""

    def __init__(
        self,
        broker: Broker,
        name: str,
        will_topic: str,
        up: Callable[[], None],
        heard: Callable[[bytes], None],
    ) -> None:
        self._broker = broker
        self._loop = asyncio.get_running_loop()
        self._up = up
        self._heard = heard
        self.connected = False
        client = Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=MQTTProtocolVersion.MQTTv5)
        client.will_set(will_topic, b'{"v":1,"online":false}', qos=1, retain=True)
        client.max_inflight_messages_set(100)
        if (context := broker.context(name)) is not None:
            client.tls_set_context(context)
        client.on_socket_open = self._opened
        client.on_socket_close = self._closed
        client.on_socket_register_write = self._wants_to_write
        client.on_socket_unregister_write = self._has_written
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        self._client = client

    def connect(self) -> bool:
        """Begin to connect; False when nobody listens there."""
        try:
            self._client.connect(self._broker.host, self._broker.port, KEEPALIVE_S, clean_start=True)
        except OSError:
            return False
        return True

    def publish(self, topic: str, payload: str, *, qos: int, retain: bool) -> None:
        """Send a message."""
        self._client.publish(topic, payload, qos=qos, retain=retain)

    def subscribe(self, topic: str) -> None:
        """Listen to one topic."""
        self._client.subscribe(topic, qos=1)

    def care(self) -> None:
        """Keep the connection alive; to be called every few seconds."""
        if self._client.loop_misc() != MQTTErrorCode.MQTT_ERR_SUCCESS:
            self.connected = False

    def disconnect(self) -> None:
        """Leave politely."""
        self._client.disconnect()

    def _opened(self, client: Client, _data: object, sock: _Socket) -> None:
        self._loop.add_reader(sock.fileno(), self._read, client, sock)

    def _read(self, client: Client, sock: _Socket) -> None:
        """Read a message; TLS may hold more of them, of which the kernel says nothing."""
        client.loop_read()
        while isinstance(sock, ssl.SSLSocket) and sock.fileno() >= 0 and sock.pending():
            client.loop_read()

    def _closed(self, _client: Client, _data: object, sock: _Socket) -> None:
        self._loop.remove_reader(sock.fileno())
        self._loop.remove_writer(sock.fileno())

    def _wants_to_write(self, client: Client, _data: object, sock: _Socket) -> None:
        self._loop.add_writer(sock.fileno(), client.loop_write)

    def _has_written(self, _client: Client, _data: object, sock: _Socket) -> None:
        self._loop.remove_writer(sock.fileno())

    def _on_connect(
        self,
        _client: Client,
        _data: object,
        _flags: ConnectFlags,
        code: ReasonCode,
        _props: Properties | None,
    ) -> None:
        self.connected = not code.is_failure
        if self.connected:
            self._up()

    def _on_disconnect(
        self,
        _client: Client,
        _data: object,
        _flags: DisconnectFlags,
        _code: ReasonCode,
        _props: Properties | None,
    ) -> None:
        self.connected = False

    def _on_message(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        self._heard(bytes(message.payload))
