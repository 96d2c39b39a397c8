"""Run the stand-in beside the demo: `python -m tests.fakes.stripe --port N --webhook-url URL`."""

import argparse
import asyncio
import contextlib
import signal
import sys

from cloud.foundation.clock import SystemClock
from tests.fakes.stripe.server import WEBHOOK_SECRET, FakeStripe

_LOOK_EVERY_S = 1.0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fakes.stripe", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="loopback port; 0 takes a free one")
    parser.add_argument("--webhook-url", help="where events are delivered; none when absent")
    parser.add_argument("--webhook-secret", default=WEBHOOK_SECRET, help="signs the deliveries")
    return parser.parse_args()


async def _serve(arguments: argparse.Namespace) -> int:
    fake = FakeStripe(
        SystemClock().now,
        webhook_url=arguments.webhook_url,
        webhook_secret=arguments.webhook_secret,
    )
    try:
        await fake.start(arguments.port)
    except OSError as error:
        print(f"error: port {arguments.port} cannot be used: {error.strerror}", file=sys.stderr)
        print("hint: choose another with --port, or --port 0 for a free one", file=sys.stderr)
        return 1
    print(f"fake Stripe on {fake.base_url}", flush=True)
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    while not stop.is_set():
        # Renewals and late deliveries come by themselves, whether or not anybody calls.
        fake.account.tick()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _LOOK_EVERY_S)
    await fake.stop()
    return 0


if __name__ == "__main__":
    raise SystemExit(asyncio.run(_serve(_arguments())))
