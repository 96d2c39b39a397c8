"""PUBLISH and PUBACK in bytes: all that passes at speed; the rest of MQTT is paho's.

Formulas from the MQTT 3.1.1 and 5.0 standards, sections 2 and 3.3. Pure.
"""

from typing import NamedTuple

PUBLISH, PUBACK = 0x30, 0x40
_MAX_LENGTH_BYTES = 4


class BadStream(ValueError):
    """The bytes are not MQTT; the connection cannot go on."""


class Incoming(NamedTuple):
    """A PUBLISH as it came. `mid` counts only with QoS 1. `payload` None: it was too large."""

    topic: str | None
    payload: bytes | None
    qos: int
    mid: int
    is_retained: bool


class Splitter:
    """Cut a stream into packets: PUBLISH decoded, all others as they came.

    A PUBLISH of more than `max_bytes` is never held in memory whole: its topic and number are
    read, the rest is passed over.
    """

    def __init__(self, *, is_version_5: bool, max_bytes: int) -> None:
        self._is_version_5 = is_version_5
        self._max_bytes = max_bytes
        self._rest = b""
        self._skip = 0

    def feed(self, data: bytes) -> list[Incoming | bytes]:
        """Give the packets that these bytes complete, in order; raises BadStream."""
        if self._skip:
            passed = min(self._skip, len(data))
            self._skip -= passed
            data = data[passed:]
        data = self._rest + data if self._rest else data
        packets: list[Incoming | bytes] = []
        at = 0
        while (found := self._packet(data, at)) is not None:
            packet, at = found
            packets.append(packet)
        self._rest = data[at:]
        return packets

    def _packet(self, data: bytes, at: int) -> tuple[Incoming | bytes, int] | None:
        head = _length(data, at + 1)
        if head is None:
            return None
        length, body = head
        end = body + length
        if data[at] & 0xF0 != PUBLISH:
            if length > self._max_bytes:
                raise BadStream("a control packet is too long")
            return (data[at:end], end) if end <= len(data) else None
        if end <= len(data):
            keep = length <= self._max_bytes
            return self._publish(data, at, body, end, keep_payload=keep), end
        if length <= self._max_bytes:
            return None
        return self._oversized(data, at, body, end)

    def _oversized(self, data: bytes, at: int, body: int, end: int) -> tuple[Incoming, int] | None:
        if len(data) < body + 2 or len(data) < body + 4 + _u16(data, body):
            return None
        self._skip = end - len(data)
        return self._publish(data, at, body, end, keep_payload=False), len(data)

    def _publish(
        self, data: bytes, at: int, body: int, end: int, *, keep_payload: bool
    ) -> Incoming:
        flags = data[at]
        qos = (flags >> 1) & 3
        start = body + 2
        after = start + _u16(data, body)
        mid = 0
        payload_at = after
        if qos:
            mid = _u16(data, after)
            payload_at += 2
        if after > end or payload_at > end or qos > 1:
            raise BadStream("a message is cut short or of a quality not asked for")
        payload = None
        if keep_payload:
            if self._is_version_5:
                payload_at = self._after_properties(data, payload_at, end)
            payload = data[payload_at:end]
        try:
            topic = data[start:after].decode()
        except UnicodeDecodeError:
            return Incoming(None, payload, qos, mid, bool(flags & 1))
        return Incoming(topic, payload, qos, mid, bool(flags & 1))

    def _after_properties(self, data: bytes, at: int, end: int) -> int:
        if at < end and not data[at]:
            return at + 1
        head = _length(data, at)
        if head is None or sum(head) > end:
            raise BadStream("the properties of a message are cut short")
        return sum(head)


def publish_packet(
    topic: str,
    payload: bytes,
    *,
    is_retained: bool,
    is_version_5: bool,
    mid: int = 0,
    expiry_s: int | None = None,
) -> bytes:
    """Write a PUBLISH, of QoS 1 with a number `mid`, of QoS 0 without (0).

    `expiry_s` is left out where the version has no place for it.
    """
    name = topic.encode()
    number = mid.to_bytes(2, "big") if mid else b""
    properties = b""
    if is_version_5:
        properties = b"\0" if expiry_s is None else b"\x05\x02" + expiry_s.to_bytes(4, "big")
    length = 2 + len(name) + len(number) + len(properties) + len(payload)
    head = bytes((PUBLISH | (2 if mid else 0) | is_retained,)) + _length_bytes(length)
    return b"".join((head, len(name).to_bytes(2, "big"), name, number, properties, payload))


def puback_mid(packet: bytes) -> int | None:
    """Give the number a whole packet acknowledges; None for one that is no PUBACK."""
    if packet[0] & 0xF0 != PUBACK:
        return None
    head = _length(packet, 1)
    return _u16(packet, head[1] if head else len(packet))


def puback_packet(mid: int) -> bytes:
    """Write the answer to a PUBLISH of QoS 1; the same bytes in both versions."""
    return b"\x40\x02" + mid.to_bytes(2, "big")


def _u16(data: bytes, at: int) -> int:
    if at + 2 > len(data):
        raise BadStream("a message is shorter than it says")
    return data[at] << 8 | data[at + 1]


def _length(data: bytes, at: int) -> tuple[int, int] | None:
    """Give a variable-length number and where it ends; None while bytes are missing."""
    value = 0
    for index in range(_MAX_LENGTH_BYTES):
        if at + index >= len(data):
            return None
        byte = data[at + index]
        value |= (byte & 127) << 7 * index
        if byte < 128:
            return value, at + index + 1
    raise BadStream("a length has more than four bytes")


def _length_bytes(value: int) -> bytes:
    written = bytearray()
    while value > 127:
        written.append(value & 127 | 128)
        value >>= 7
    written.append(value)
    return bytes(written)
