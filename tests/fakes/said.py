"""Messages that a broker keeps, said by somebody who has left again."""

from collections.abc import Iterable

from paho.mqtt import publish

from tools.broker import Broker


def say_retained(broker: Broker, messages: Iterable[tuple[str, bytes]]) -> None:
    """Say them and return when the broker has them."""
    said = [
        {"topic": topic, "payload": payload, "qos": 1, "retain": True}
        for topic, payload in messages
    ]
    publish.multiple(said, hostname=broker.host, port=broker.port)
