"""A broker in Python for machines without mosquitto: the demo and the tests only, loopback only.

Run as `python -m tools.embedded_broker --port PORT [--passwords FILE]`; ends on SIGTERM.
Not for a household: it speaks MQTT 3.1.1 alone and its access control has holes.
"""

import argparse
import asyncio
import dataclasses
import hmac
import json
import signal
from pathlib import Path
from typing import Any

from amqtt.broker import Broker
from amqtt.contexts import BaseContext
from amqtt.plugins.base import BaseAuthPlugin
from amqtt.session import Session


class PasswordCheck(BaseAuthPlugin):
    """Admit only the users of a JSON file `{user: password}`."""

    @dataclasses.dataclass
    class Config:
        """What the plugin loader fills in from the broker's configuration."""

        file: str

    def __init__(self, context: BaseContext) -> None:
        super().__init__(context)
        self._passwords: dict[str, str] = json.loads(Path(self.config.file).read_text())

    async def authenticate(self, *, session: Session) -> bool:
        """Whether the session's user and password are in the file."""
        expected = self._passwords.get(session.username or "")
        return expected is not None and hmac.compare_digest(expected, session.password or "")


class ScopedBroker(Broker):
    """The embedded broker without its leak of retained messages."""

    async def _publish_retained_messages_for_subscription(
        self, subscription: tuple[str, int], session: Session
    ) -> None:
        # amqtt 0.12 replays the retained messages of everybody's filters to whoever connects.
        holders = self._subscriptions.get(subscription[0], [])
        if any(holder.client_id == session.client_id for holder, _ in holders):
            await super()._publish_retained_messages_for_subscription(subscription, session)


def configuration(port: int, passwords: Path | None) -> dict[str, Any]:
    """Return the broker's configuration: one loopback listener, open or with passwords."""
    if passwords is None:
        plugins: dict[str, Any] = {
            "amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}
        }
    else:
        plugins = {"tools.embedded_broker.PasswordCheck": {"file": str(passwords)}}
    return {
        "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{port}"}},
        "plugins": plugins,
    }


async def serve(port: int, passwords: Path | None) -> None:
    """Serve until SIGTERM or SIGINT."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    broker = ScopedBroker(configuration(port, passwords))
    await broker.start()
    await stopping.wait()
    await broker.shutdown()


def main() -> None:
    """Read the arguments and serve."""
    arguments = argparse.ArgumentParser(description="embedded MQTT broker")
    arguments.add_argument("--port", type=int, required=True)
    arguments.add_argument("--passwords", type=Path)
    parsed = arguments.parse_args()
    asyncio.run(serve(parsed.port, parsed.passwords))


if __name__ == "__main__":
    main()
