"""Just enough of MQTT 3.1.1 to make load and to measure: it costs less than what is measured."""

import asyncio

from scentd.mqtt.packets import Incoming, Splitter, publish_packet

_MAX_BYTES = 65_536


class Connection(asyncio.Protocol):
    """Introduce ourselves as `name` and hear a topic filter, all at quality 0.

    `hear` is for those who inherit.
    """

    def __init__(self, name: str, topic_filter: str) -> None:
        self._hello = _connect_packet(name) + _subscribe_packet(topic_filter)
        self._splitter = Splitter(is_version_5=False, max_bytes=_MAX_BYTES)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Sign in and subscribe at once."""
        self._transport = transport
        transport.write(self._hello)

    def data_received(self, data: bytes) -> None:
        """Pass on the messages that came."""
        packets = self._splitter.feed(data)
        self.hear([packet for packet in packets if isinstance(packet, Incoming)])

    def hear(self, messages: list[Incoming]) -> None:
        """Take the messages that came in one piece."""

    def say(self, topic: str, payload: bytes, *, is_retained: bool = False) -> None:
        """Say one message."""
        self.write(publish_packet(topic, payload, is_retained=is_retained, is_version_5=False))

    def write(self, packet: bytes) -> None:
        """Send what was prepared before."""
        self._transport.write(packet)

    def leave(self) -> None:
        """End the connection."""
        self._transport.close()


def _connect_packet(name: str) -> bytes:
    body = b"\x00\x04MQTT\x04\x02\x00\x3c" + _text(name)
    return bytes((0x10, len(body))) + body


def _subscribe_packet(topic_filter: str) -> bytes:
    body = b"\x00\x01" + _text(topic_filter) + b"\x00"
    return bytes((0x82, len(body))) + body


def _text(words: str) -> bytes:
    return len(words.encode()).to_bytes(2, "big") + words.encode()
