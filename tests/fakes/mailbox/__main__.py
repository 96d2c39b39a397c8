"""`python -m tests.fakes.mailbox --smtp-port 2525 --http-port 8025`: the demo's mailbox."""

import argparse
import asyncio
import signal

from cloud.foundation.clock import SystemClock
from tests.fakes.mailbox.server import HOST, Mailbox


async def _run(smtp_port: int, http_port: int) -> None:
    mailbox = Mailbox(SystemClock().now)
    await mailbox.start(smtp_port=smtp_port, http_port=http_port)
    print(
        f"Mailbox at http://{HOST}:{mailbox.http_port}, SMTP port {mailbox.smtp_port}", flush=True
    )
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await stopped.wait()
    await mailbox.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smtp-port", type=int, default=0)
    parser.add_argument("--http-port", type=int, default=0)
    arguments = parser.parse_args()
    asyncio.run(_run(arguments.smtp_port, arguments.http_port))


if __name__ == "__main__":
    main()
