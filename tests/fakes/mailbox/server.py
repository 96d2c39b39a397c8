"""The mail server and its web page, both on the running event loop."""

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import datetime

from aiohttp import web
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.fakes.mailbox.letters import ReceivedMail
from tests.fakes.mailbox.pages import routes

HOST = "127.0.0.1"
_KEPT = 500


class Mailbox:
    """Takes mail for everybody.

    `refusal` makes it answer every mail with a line such as "451 busy" until it is set to None.
    """

    def __init__(self, now: Callable[[], datetime], *, kept: int = _KEPT) -> None:
        self._now = now
        self._mails: deque[ReceivedMail] = deque(maxlen=kept)
        self._count = 0
        self._arrived = asyncio.Condition()
        self._smtp: asyncio.Server | None = None
        self._web: web.AppRunner | None = None
        self.refusal: str | None = None
        self.smtp_port = 0
        self.http_port = 0

    @property
    def mails(self) -> list[ReceivedMail]:
        """What arrived, oldest first."""
        return list(self._mails)

    async def start(self, *, smtp_port: int = 0, http_port: int = 0) -> None:
        """Listen; port 0 takes a free one."""
        loop = asyncio.get_running_loop()
        self._smtp = await loop.create_server(
            lambda: SMTP(self, hostname="mailbox.test", ident="mailbox"), HOST, smtp_port
        )
        self.smtp_port = self._smtp.sockets[0].getsockname()[1]
        app = web.Application()
        app.add_routes(routes(self))
        self._web = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._web.setup()
        site = web.TCPSite(self._web, HOST, http_port)
        await site.start()
        self.http_port = self._web.addresses[0][1]

    async def stop(self) -> None:
        """Stop listening."""
        if self._smtp is not None:
            self._smtp.close()
            await self._smtp.wait_closed()
        if self._web is not None:
            await self._web.cleanup()

    async def wait_for(self, count: int, *, within_s: float = 10) -> list[ReceivedMail]:
        """Return all mails once there are at least `count`; TimeoutError after the deadline."""
        async with asyncio.timeout(within_s), self._arrived:
            await self._arrived.wait_for(lambda: len(self._mails) >= count)
        return self.mails

    async def handle_DATA(  # noqa: N802 - aiosmtpd looks for this name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.refusal is not None:
            return self.refusal
        content = envelope.content
        assert isinstance(content, bytes)
        async with self._arrived:
            for recipient in envelope.rcpt_tos:
                self._count += 1
                self._mails.append(ReceivedMail.parse(self._count, self._now(), recipient, content))
            self._arrived.notify_all()
        return "250 kept"
