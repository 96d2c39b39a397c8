"""The least an MQTT client can do: paho on the event loop, one message back for each that comes.

Run as `python -m tests.bench.bare_echo PORT ASK ANSWER`. No thread, TCP_NODELAY set.
"""

import asyncio
import socket
import sys

import paho.mqtt.client as mqtt

from scentd.clock import SystemClock
from tests.bench.children import tell

_MISC_EVERY_S = 1.0


async def main(port: int, ask: str, answer: str) -> None:
    """Echo until terminated."""
    loop = asyncio.get_running_loop()
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="bare-echo")

    def opened(client: mqtt.Client, _: object, wire: socket.socket) -> None:
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        loop.add_reader(wire, client.loop_read)

    def wants_write(client: mqtt.Client, _: object, wire: socket.socket) -> None:
        loop.add_writer(wire, client.loop_write)

    def wrote(_: mqtt.Client, __: object, wire: socket.socket) -> None:
        loop.remove_writer(wire)

    def connected(client: mqtt.Client, *_: object) -> None:
        client.subscribe(ask)

    def subscribed(*_: object) -> None:
        tell(now="ready")

    def heard(client: mqtt.Client, _: object, __: mqtt.MQTTMessage) -> None:
        client.publish(answer, b"on")

    client.on_socket_open = opened
    client.on_socket_register_write = wants_write
    client.on_socket_unregister_write = wrote
    client.on_connect = connected
    client.on_subscribe = subscribed
    client.on_message = heard
    client.connect("127.0.0.1", port)
    while True:
        client.loop_misc()
        await SystemClock().sleep(_MISC_EVERY_S)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], sys.argv[3]))
