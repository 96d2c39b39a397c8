"""The PUBLISH packets we read and write ourselves, judged by paho's own code for them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt import _packet
from paho.mqtt.enums import MQTTProtocolVersion

from scentd.mqtt.packets import (
    BadStream,
    Incoming,
    Splitter,
    puback_mid,
    puback_packet,
    publish_packet,
)

topics = st.text(st.characters(blacklist_characters="+#\0", codec="utf-8"), min_size=1, max_size=40)
PINGRESP = b"\xd0\x00"


def splitter(*, is_version_5: bool = False, max_bytes: int = 100_000) -> Splitter:
    return Splitter(is_version_5=is_version_5, max_bytes=max_bytes)


def version(*, is_version_5: bool) -> MQTTProtocolVersion:
    return MQTTProtocolVersion.MQTTv5 if is_version_5 else MQTTProtocolVersion.MQTTv311


def body_of(packet: bytes) -> bytes:
    end_of_length = next(i for i in range(1, 5) if packet[i] < 128) + 1
    return packet[end_of_length:]


@given(topics, st.binary(max_size=20_000), st.booleans(), st.booleans())
def test_paho_reads_what_we_write(
    topic: str, payload: bytes, is_retained: bool, is_version_5: bool
) -> None:
    packet = publish_packet(topic, payload, is_retained=is_retained, is_version_5=is_version_5)

    read = _packet.decode_publish(packet[0], body_of(packet), version(is_version_5=is_version_5))

    assert (read.topic.decode(), read.payload) == (topic, payload)
    assert (read.retain, read.qos, read.dup) == (is_retained, 0, False)


@given(st.lists(st.tuples(topics, st.binary(max_size=300)), max_size=6), st.booleans(), st.data())
def test_a_stream_cut_anywhere_gives_the_same_messages(
    messages: list[tuple[str, bytes]], is_version_5: bool, data: st.DataObject
) -> None:
    stream = b"".join(
        publish_packet(topic, payload, is_retained=False, is_version_5=is_version_5) + PINGRESP
        for topic, payload in messages
    )
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    reader = splitter(is_version_5=is_version_5)

    packets = []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        packets += reader.feed(stream[start:end])

    wanted: list[object] = []
    for topic, payload in messages:
        wanted += [Incoming(topic, payload, 0, 0, is_retained=False), PINGRESP]
    assert packets == wanted


@given(topics, st.binary(max_size=300), st.integers(1, 65_535), st.integers(1, 3_600))
def test_paho_reads_number_and_expiry_of_what_we_want_acknowledged(
    topic: str, payload: bytes, mid: int, expiry_s: int
) -> None:
    for is_version_5 in (True, False):
        packet = publish_packet(
            topic,
            payload,
            is_retained=False,
            is_version_5=is_version_5,
            mid=mid,
            expiry_s=expiry_s,
        )

        read = _packet.decode_publish(
            packet[0], body_of(packet), version(is_version_5=is_version_5)
        )

        assert (read.topic.decode(), read.payload) == (topic, payload)
        assert (read.qos, read.mid) == (1, mid)
        found = getattr(read.properties, "MessageExpiryInterval", None)
        assert found == (expiry_s if is_version_5 else None)


def test_an_acknowledgement_names_its_number_and_nothing_else_does() -> None:
    assert puback_mid(puback_packet(0x0102)) == 0x0102
    assert puback_mid(b"\x40\x82\x01" + b"\x01\x02" + b"x" * 128) == 0x0102
    assert puback_mid(PINGRESP) is None
    with pytest.raises(BadStream):
        puback_mid(b"\x40\x00")


def test_an_acknowledged_message_carries_its_number() -> None:
    packet = bytes([0x33, 9]) + b"\x00\x03a/b" + b"\x01\x02" + b"hi"

    assert splitter().feed(packet) == [Incoming("a/b", b"hi", 1, 0x0102, is_retained=True)]
    assert puback_packet(0x0102) == b"\x40\x02\x01\x02"


def test_properties_of_mqtt_5_are_passed_over() -> None:
    properties = b"\x07" + b"\x02\x00\x00\x00\x3c" + b"\x01\x01"
    body = b"\x00\x01a" + properties + b"text"
    packet = bytes([0x30, len(body)]) + body

    assert splitter(is_version_5=True).feed(packet) == [
        Incoming("a", b"text", 0, 0, is_retained=False)
    ]


@given(st.integers(1_001, 5_000), st.lists(st.integers(1, 400), min_size=1, max_size=40))
def test_a_message_too_long_is_named_and_passed_over(size: int, pieces: list[int]) -> None:
    after = publish_packet("next", b"1", is_retained=False, is_version_5=False)
    stream = publish_packet("big", b"x" * size, is_retained=False, is_version_5=False) + after
    reader = splitter(max_bytes=1_000)

    packets, at = [], 0
    for piece in [*pieces, len(stream)]:
        packets += reader.feed(stream[at : at + piece])
        at += piece

    assert packets == [
        Incoming("big", None, 0, 0, is_retained=False),
        Incoming("next", b"1", 0, 0, is_retained=False),
    ]


def test_a_topic_that_is_not_utf_8_is_told_without_its_name() -> None:
    packet = bytes([0x30, 5]) + b"\x00\x02\xff\xfe" + b"1"

    assert splitter().feed(packet) == [Incoming(None, b"1", 0, 0, is_retained=False)]


@given(st.binary(max_size=200), st.booleans())
def test_arbitrary_bytes_never_raise_anything_else(data: bytes, is_version_5: bool) -> None:
    reader = splitter(is_version_5=is_version_5, max_bytes=1_000)

    try:
        packets = reader.feed(data)
    except BadStream:
        return

    assert all(isinstance(packet, Incoming | bytes) for packet in packets)


@pytest.mark.parametrize(
    "bad", [b"\x30\xff\xff\xff\xff\x01", b"\x36\x05\x00\x01a\x00\x01", b"\x30\x01\x00"]
)
def test_bytes_that_cannot_be_a_message_end_the_stream(bad: bytes) -> None:
    with pytest.raises(BadStream):
        splitter().feed(bad)
