"""The city's line to the broker: a persistent session whose messages are confirmed after the commit."""

import logging
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from pydantic import BaseModel, ConfigDict, Field

from onboard.messages.topics import ROOT

_LOG: Final = logging.getLogger(__name__)
_HOME: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_SESSION_S: Final = 7 * 24 * 3600
_LIVE: Final = [(f"{ROOT}/+/+/{leaf}", 1) for leaf in ("status", "about", "state")]
_RECORDS: Final = f"{ROOT}/+/+/evt"
_MOST_UNCONFIRMED: Final = 1000
"""Messages that the broker may hand over before the first is committed; its own default of 20 is slow."""


class LinkSettings(BaseModel):
    """Where the broker is and who the city is there; without a word about TLS it is used except at home.

    Workers of one `group` share the records among them; only one of them is told what is `live`. Without
    `listens` the line only publishes.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: Annotated[str, Field(min_length=1, max_length=253)]
    port: Annotated[int, Field(ge=1, le=65535)] = 8883
    v3: bool = False
    client_id: Annotated[str, Field(min_length=1, max_length=64)] = "dipbike-city"
    tls: bool | None = None
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    username: str = ""
    password_file: Path | None = None
    group: Annotated[str, Field(max_length=32, pattern=r"^[a-z0-9-]*$")] = ""
    live: bool = True
    listens: bool = True

    @property
    def uses_tls(self) -> bool:
        """Whether the line is encrypted."""
        return self.host not in _HOME if self.tls is None else self.tls


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message, and the connection that it came over."""

    message: MQTTMessage
    connection: int


class CityLink:
    """Subscribes to every bike and publishes watermarks; `on_message` runs on paho's thread."""

    def __init__(self, settings: LinkSettings, on_message: Callable[[Incoming], None]) -> None:
        self._settings = settings
        self._v5 = not settings.v3
        self._connection = 0
        self._client = self._new_client()
        self._client.on_message = lambda _c, _d, message: on_message(Incoming(message, self._connection))
        self.connected = False

    def start(self) -> None:
        """Begin to connect, and keep at it."""
        settings = self._settings
        if self._v5:
            properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call] # paho
            properties.SessionExpiryInterval = _SESSION_S
            properties.ReceiveMaximum = _MOST_UNCONFIRMED
            self._client.connect_async(
                settings.host, settings.port, 30, clean_start=False, properties=properties
            )
        else:
            self._client.connect_async(settings.host, settings.port, 30)
        self._client.loop_start()

    def stop(self) -> None:
        """Disconnect; the session stays at the broker."""
        self._client.disconnect()
        self._client.loop_stop()

    def confirm(self, incoming: Incoming) -> None:
        """Tell the broker that a message is dealt with; numbers of an earlier connection mean nothing now."""
        if incoming.connection == self._connection:
            self._client.ack(incoming.message.mid, incoming.message.qos)

    def publish(self, topic: str, payload: str) -> None:
        """Publish a watermark, retained; a lost one is repaired by the next."""
        self._client.publish(topic, payload, qos=1, retain=True)

    def _new_client(self) -> Client:
        settings = self._settings
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=settings.client_id,
            clean_session=None if self._v5 else False,
            protocol=MQTTProtocolVersion.MQTTv5 if self._v5 else MQTTProtocolVersion.MQTTv311,
            manual_ack=True,
        )
        client.reconnect_delay_set(1, 30)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_socket_open = _send_at_once  # type: ignore[assignment] # a real socket
        if settings.uses_tls:
            context = ssl.create_default_context(cafile=str(settings.ca) if settings.ca else None)
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            if settings.certificate:
                context.load_cert_chain(settings.certificate, settings.key)
            client.tls_set_context(context)
        if settings.username:
            secret = (
                settings.password_file.read_text(encoding="utf-8").strip() if settings.password_file else None
            )
            client.username_pw_set(settings.username, secret)
        return client

    def _on_connect(
        self, client: Client, _data: object, _flags: ConnectFlags, code: ReasonCode, _props: Properties | None
    ) -> None:
        if code.is_failure:
            _LOG.error("The broker refuses the city: %s.", code)
            return
        self._connection += 1
        self.connected = True
        if not self._settings.listens:
            return
        records = f"$share/{self._settings.group}/{_RECORDS}" if self._settings.group else _RECORDS
        client.subscribe([(records, 1), *(_LIVE if self._settings.live else [])])
        _LOG.info("The city listens.")

    def _on_disconnect(
        self,
        _client: Client,
        _data: object,
        _flags: DisconnectFlags,
        code: ReasonCode,
        _props: Properties | None,
    ) -> None:
        self.connected = False
        _LOG.warning("The city's line to the broker is down: %s.", code)


def _send_at_once(_client: Client, _data: object, line: socket.socket) -> None:
    """Let watermarks and receipts go as they come: small packets wait for each other, 40 ms at a time."""
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
