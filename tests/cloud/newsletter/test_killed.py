"""A worker that is killed in the middle of an issue, in processes of their own."""

import asyncio
from collections import Counter

import pytest
from sqlalchemy import text

from cloud.foundation.clock import SystemClock
from cloud.newsletter.service.sending import begin_due
from tests.fakes.mailbox import Mailbox
from tests.fakes.victims import ShopWorker
from tests.fakes.waiting import eventually

pytestmark = [pytest.mark.needs_postgres, pytest.mark.timeout(900)]

# A process takes its time to start on a machine with other work.
_WITHIN_S = 240
_ISSUE = """
    WITH issue AS (
        INSERT INTO newsletter_issues (title, stage, send_at, version)
        VALUES ('Autumn', 'scheduled', now(), 1) RETURNING id)
    INSERT INTO newsletter_texts (issue_id, language, subject, body)
    SELECT id, 'en', 'Autumn is here', 'Smoke and cedar.' FROM issue
"""
_STAGES = """
    SELECT s.email, d.stage, d.attempts FROM newsletter_deliveries d
    JOIN newsletter_subscribers s ON s.id = d.subscriber_id ORDER BY s.id
"""
_TRY_NOW = """
    UPDATE procrastinate_jobs SET scheduled_at = now()
    WHERE status = 'todo' AND task_name = 'newsletter.send_batch' AND args ->> 'again' = 'true'
    RETURNING id
"""


class Choosy(Mailbox):
    """Puts off mails to some, and is slow to say yes to what it took for somebody."""

    def __init__(self, now, *, later, slow):
        super().__init__(now)
        self.later, self._slow, self.let_go = later, slow, asyncio.Event()

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd looks for this name
        if address in self.later:
            return "451 later"
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd looks for this name
        answer = await super().handle_DATA(server, session, envelope)
        if self._slow in envelope.rcpt_tos:
            await self.let_go.wait()
        return answer


@pytest.fixture
async def mailbox(clock):
    mailbox = Choosy(clock.now, later=["a@example.org"], slow="c@example.org")
    await mailbox.start()
    yield mailbox
    mailbox.let_go.set()
    await mailbox.stop()


async def test_an_issue_goes_on_after_kill_9_and_reaches_nobody_twice(shop, fill, mailbox):
    emails = [f"{one}@example.org" for one in "abcdef"]
    await fill(*emails)
    async with shop.database.unit_of_work() as session:
        await session.execute(text(_ISSUE))
        await session.execute(text("UPDATE newsletter_issues SET send_at = now()"))
        await begin_due(session, SystemClock().now())
    settings = shop.settings
    told = {
        "SCENT_DATABASE_URL": settings.database_url.get_secret_value(),
        "SCENT_PUBLIC_URL": settings.public_url,
        "SCENT_SESSION_SECRET": settings.session_secret.get_secret_value(),
        "SCENT_SMTP_PORT": str(settings.smtp_port),
        "SCENT_MAIL_FROM": settings.mail_from,
        "SCENT_DATABASE_POOL": "4",
    }

    async def stages():
        async with shop.database.reading() as connection:
            return [tuple(row) for row in await connection.execute(text(_STAGES))]

    async def try_now():
        async with asyncio.timeout(_WITHIN_S):
            while True:
                async with shop.database.unit_of_work() as session:
                    if (await session.execute(text(_TRY_NOW))).all():
                        return
                await asyncio.sleep(0.05)  # noqa: TID251 - looks again until the deadline

    def to():
        return [one.recipient for one in mailbox.mails]

    worker = ShopWorker(told)
    await worker.start()
    try:
        await eventually(lambda: "c@example.org" in to(), within_s=_WITHIN_S)
        await worker.kill()
        await worker.start()
        await eventually(lambda: "f@example.org" in to(), within_s=_WITHIN_S)
        mailbox.later.clear()
        await try_now()
        await eventually(lambda: "a@example.org" in to(), within_s=_WITHIN_S)
    finally:
        await worker.kill()

    assert Counter(to()) == Counter(emails)
    found = {email: (stage, attempts) for email, stage, attempts in await stages()}
    assert found["c@example.org"] == ("claimed", 1)
    assert found["a@example.org"][1] == 2
