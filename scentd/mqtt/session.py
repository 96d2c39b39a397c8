"""One connection to the broker, from CONNECT to its end; never used twice.

paho's client speaks the protocol (sign-in, subscriptions, pings) without a thread: it reads when
the wire has control packets and writes at once. Messages themselves pass it by.
"""

import asyncio
import ssl
from collections.abc import Callable, Iterable
from typing import Any

from paho.mqtt.client import Client, DisconnectFlags
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from scentd.mqtt.errors import BrokerLost, BrokerTooOld, ended, refused, unreachable, unusable_files
from scentd.mqtt.outflow import UNANSWERED, Outflow
from scentd.mqtt.packets import Incoming, Splitter, puback_packet, publish_packet
from scentd.mqtt.settings import MqttSettings
from scentd.mqtt.wire import Wire
from scentd.ports import Publish

FILTERS_A_PACKET = 100
"""Topic filters in one SUBSCRIBE: far below the packet size that small brokers take."""
_TEND_S = 1.0
_VERSION_5_PATIENCE_S = 2.0
_GOODBYE_S = 0.5
_SPARE_BYTES = 70_000


class _Client(Client):
    """paho's client over a connection that already stands, since its own connecting blocks."""

    def __init__(self, wire: Wire, client_id: str, version: MQTTProtocolVersion) -> None:
        super().__init__(
            CallbackAPIVersion.VERSION2, client_id, protocol=version, reconnect_on_failure=False
        )
        self._wire = wire

    def _create_socket(self) -> Wire:
        return self._wire


class Session:
    """Speak with the broker; `hear` gets every message, `lost` is set when the connection ends.

    `will` is what the broker says when the connection breaks; None: nothing.
    """

    def __init__(
        self,
        settings: MqttSettings,
        *,
        will: Publish | None,
        is_version_5: bool,
        hear: "Callable[[Session, list[Incoming]], None]",
        warn: Callable[[str], None],
    ) -> None:
        self._settings = settings
        self._is_version_5 = is_version_5
        self._hear = hear
        self._warn = warn
        # Room beside the payload for the topic, 64 KiB at most, and a few properties.
        longest_bytes = max(settings.max_payload_bytes, settings.max_announcement_bytes)
        self._max_packet_bytes = longest_bytes + _SPARE_BYTES
        splitter = Splitter(is_version_5=is_version_5, max_bytes=self._max_packet_bytes)
        self._wire = Wire(splitter, settings.outbox_bytes)
        version = MQTTProtocolVersion.MQTTv5 if is_version_5 else MQTTProtocolVersion.MQTTv311
        self._client = _Client(self._wire, f"scentd-{settings.name}", version)
        if will is not None:
            self._client.will_set(will.topic, will.payload, will.qos, will.retain)
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_socket_register_write = self._on_register_write
        self._outflow = Outflow(
            self._wire.write, is_version_5=is_version_5, expiry_s=settings.expiry_s
        )
        self._asked: dict[int, tuple[str, ...]] = {}
        self._goodbye: ReasonCode | None = None
        self._tending: asyncio.TimerHandle | None = None
        self.is_open = False
        self._is_leaving = False
        loop = asyncio.get_running_loop()
        self._welcome: asyncio.Future[None] = loop.create_future()
        self.lost: asyncio.Future[BrokerLost] = loop.create_future()

    async def open(self) -> None:
        """Connect and sign in; raises BrokerLost (BrokerTooOld: try MQTT 3.1.1)."""
        try:
            async with asyncio.timeout(self._settings.connect_timeout_s):
                await self._connect()
        except OSError as error:  # TimeoutError and ssl.SSLError are of this family
            raise unreachable(self._settings, error) from error
        self._sign_in()
        await self._wait_for_welcome()
        self.is_open = True
        self._tend()

    def publish(self, message: Publish) -> bool:
        """Hand a message over; False when the connection is gone or jammed."""
        if not self.is_open or self._wire.is_jammed:
            return False
        if message.qos == 0:
            self._wire.write(
                publish_packet(
                    message.topic,
                    message.payload,
                    is_retained=message.retain,
                    is_version_5=self._is_version_5,
                )
            )
            return True
        return self._outflow.send(message)

    def acknowledge(self, mid: int) -> None:
        """Tell the broker that a message of QoS 1 was taken in."""
        if self.is_open:
            self._wire.write(puback_packet(mid))

    def subscribe(self, filters: Iterable[str]) -> None:
        """Ask for the messages of these filters, retained ones first; at QoS 1 at most."""
        names = tuple(filters)
        for start in range(0, len(names), FILTERS_A_PACKET):
            part = names[start : start + FILTERS_A_PACKET]
            mid = self._send_subscribe(part)
            if mid is not None:
                self._asked[mid] = part

    def unsubscribe(self, filters: Iterable[str]) -> None:
        """Ask for no more of these filters."""
        names = list(filters)
        if names:
            self._client.unsubscribe(names)

    async def close(self, last_words: Publish | None = None) -> None:
        """Say goodbye, so that the broker keeps the last will to itself; at most half a second."""
        if not self.is_open:
            self.abandon()
            return
        self._is_leaving = True
        if last_words is not None:
            self._outflow.send_at_once(last_words)
        self._client.disconnect()
        try:
            async with asyncio.timeout(_GOODBYE_S):
                await asyncio.shield(self.lost)
        except TimeoutError:
            self.abandon()

    def abandon(self) -> None:
        """Drop the connection without a word."""
        self.end(None)
        self._wire.abort()

    def hear(self, messages: list[Incoming]) -> None:
        """Pass messages on; the wire calls this."""
        self._hear(self, messages)

    def answered(self, mid: int) -> None:
        """Let what waited go out; the wire calls this."""
        self._outflow.answered(mid)

    def read_control(self) -> None:
        """Let paho read what waits; the wire calls this."""
        while self._client.loop_read() == MQTTErrorCode.MQTT_ERR_SUCCESS and self._wire.has_control:
            pass

    def end(self, error: BaseException | None) -> None:
        """Learn that the connection is gone; the wire calls this, and it may be said twice."""
        self.is_open = False
        if self._tending is not None:
            self._tending.cancel()
        if not self._welcome.done():
            self._welcome.set_exception(self._ended_early(error))
            self._welcome.exception()  # seen: whoever opened may have gone already
        if not self.lost.done():
            self.lost.set_result(ended(self._settings, self._goodbye))

    def _ended_early(self, error: BaseException | None) -> BrokerLost:
        if self._is_version_5:
            # Brokers before MQTT 5 close without a word on its CONNECT, or wait for more of it.
            return BrokerTooOld("too_old", {}, "The broker takes no MQTT 5.", "Trying MQTT 3.1.1.")
        return unreachable(self._settings, error or ConnectionError("it closed the connection"))

    async def _connect(self) -> None:
        settings = self._settings
        # Reading files blocks, and loading a machine's authorities takes 20 ms.
        if settings.username is not None:
            password = await asyncio.to_thread(_password, settings)
            self._client.username_pw_set(settings.username, password)
        tls = await asyncio.to_thread(_tls, settings) if settings.tls else None
        self._wire.listen(self)
        await asyncio.get_running_loop().create_connection(
            lambda: self._wire,
            settings.host,
            settings.port,
            ssl=tls,
            server_hostname=settings.host if tls else None,
        )

    async def _wait_for_welcome(self) -> None:
        patience_s = self._settings.connect_timeout_s
        if self._is_version_5:
            patience_s = min(patience_s, _VERSION_5_PATIENCE_S)
        try:
            async with asyncio.timeout(patience_s):
                await self._welcome
        except TimeoutError as error:
            raise self._ended_early(error) from error

    def _sign_in(self) -> None:
        settings = self._settings
        options: dict[str, Any] = {}
        if self._is_version_5:
            properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho's
            # Memory's guard: brokers keep anything longer to themselves.
            properties.MaximumPacketSize = max(
                settings.max_payload_bytes * 16, self._max_packet_bytes
            )
            options = {"clean_start": True, "properties": properties}
        self._client.connect(settings.host, settings.port, settings.keepalive_s, **options)

    def _send_subscribe(self, names: tuple[str, ...]) -> int | None:
        if self._is_version_5:
            return self._client.subscribe([(name, SubscribeOptions(qos=1)) for name in names])[1]
        return self._client.subscribe([(name, 1) for name in names])[1]

    def _tend(self) -> None:
        # Pings, and notices when they stay unanswered.
        self._client.loop_misc()
        if self.is_open:
            self._tending = asyncio.get_running_loop().call_later(_TEND_S, self._tend)

    def _on_register_write(self, client: Client, *_: object) -> None:
        client.loop_write()

    def _on_connect(
        self, _c: Client, _u: object, _f: object, reason: ReasonCode, granted: object
    ) -> None:
        if self._welcome.done():
            return
        if reason.is_failure:
            self._welcome.set_exception(refused(self._settings, reason))
            return
        self._outflow.allow(getattr(granted, "ReceiveMaximum", UNANSWERED))
        self._welcome.set_result(None)

    def _on_disconnect(
        self, _c: Client, _u: object, flags: DisconnectFlags, reason: ReasonCode, _p: object
    ) -> None:
        if flags.is_disconnect_packet_from_server:
            self._goodbye = reason
        if not self._is_leaving:
            # A peer that stays silent takes no more bytes either: waiting for them could last.
            self._wire.abort()

    def _on_subscribe(
        self, _c: Client, _u: object, mid: int, reasons: list[ReasonCode], _p: object
    ) -> None:
        for name, reason in zip(self._asked.pop(mid, ()), reasons, strict=False):
            if reason.is_failure:
                self._warn(
                    f"The broker refuses the subscription to {name}: {reason.getName().lower()}. "
                    "Allow the hub's user to read it in the broker's access list."
                )


def _password(settings: MqttSettings) -> str | None:
    if settings.password_file is not None:
        try:
            return settings.password_file.read_text(encoding="utf-8").partition("\n")[0]
        except OSError as error:
            raise unusable_files(error) from error
    return settings.password.get_secret_value() if settings.password else None


def _tls(settings: MqttSettings) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=settings.ca_file)
        if settings.client_cert_file is not None:
            context.load_cert_chain(settings.client_cert_file, settings.client_key_file)
    except OSError as error:
        raise unusable_files(error) from error
    return context
