"""`python -m tests.fakes.mail_sender URL SMTP_PORT`: senders of mail that may be killed.

Everything is imported once; each line on the input forks a process that sends all mails that wait,
as the worker does, and its id is written out. A test can kill a thousand of them in minutes.
"""

import asyncio
import os
import signal
import sys

from sqlalchemy import text

from cloud.composition import Parts, build_parts, mail_room
from cloud.foundation.clock import SystemClock
from cloud.notifications import service
from cloud.settings import CloudSettings

_WAITING = text("SELECT notification_id FROM outgoing_mails WHERE stage = 'waiting' ORDER BY 1")
_AT_ONCE = 2


def _parts(url: str, smtp_port: int) -> Parts:
    """Return the parts of a shop; nothing connects before a process uses them."""
    settings = CloudSettings(
        database_url=url,
        public_url="http://127.0.0.1",
        session_secret="s" * 32,
        smtp_port=smtp_port,
        mail_from="The Scent <shop@scent.test>",
        database_pool=_AT_ONCE + 1,
    )
    return build_parts(settings, SystemClock(), name="mail-sender")


async def _send_all(parts: Parts) -> None:
    async with parts.database.reading() as connection:
        waiting = list(await connection.scalars(_WAITING))
    turns = asyncio.Semaphore(_AT_ONCE)
    room = mail_room(parts)

    async def send(notification_id: int) -> None:
        async with turns:
            await service.send_mail(parts.database, room, notification_id, parts.clock)

    await asyncio.gather(*(send(one) for one in waiting))
    await parts.close()


def _main() -> None:
    parts = _parts(sys.argv[1], int(sys.argv[2]))
    # The killed need not be buried by us.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _ in sys.stdin:
        process_id = os.fork()
        if process_id == 0:
            asyncio.run(_send_all(parts))
            os._exit(0)
        print(process_id, flush=True)


if __name__ == "__main__":
    _main()
