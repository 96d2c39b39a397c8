"""Mails of a worker that is killed: each arrives at most once, and what is unsure is known."""

import asyncio
import os
import random
import signal
import sys
from collections import Counter
from contextlib import suppress

import pytest
from sqlalchemy import text

from cloud.foundation.database import Database
from cloud.notifications.kinds import NotificationKind
from cloud.notifications.service import News, Recipient, Teller
from cloud.notifications.texts import Texts
from cloud.site.seed import seed_site
from tests.fakes.cloud_process import ROOT
from tests.fakes.mailbox import Mailbox

pytestmark = [pytest.mark.needs_postgres, pytest.mark.timeout(3600)]

_STAGES = "SELECT notification_id, stage FROM outgoing_mails"
_PER_CRASH = 8


async def _queue(database, clock, number):
    teller = Teller(Texts.load())
    kind = NotificationKind.ORDER_CANCELLED
    async with database.unit_of_work() as session:
        await seed_site(session)
        for one in range(number):
            news = News(f"race:{one}", kind, kind.value, {"number": f"SC-{one}"})
            guest = Recipient(None, f"guest-{one}@example.org")
            await teller.tell(session, news, guest, clock.now())


async def _arrivals(mailbox, number, within_s):
    """Return once so many more mails arrived, or none for a while: its sender may be done."""
    with suppress(TimeoutError):
        await mailbox.wait_for(number, within_s=within_s)


@pytest.fixture
async def mailbox(clock):
    mailbox = Mailbox(clock.now, kept=100_000)
    await mailbox.start()
    yield mailbox
    await mailbox.stop()


async def test_r39_a_mail_arrives_at_most_once_however_often_its_sender_is_killed(
    database_url, clock, mailbox, is_long_run
):
    crashes = 1000 if is_long_run else 4
    database = Database(database_url)
    await _queue(database, clock, crashes * _PER_CRASH)
    chance = random.Random(39)
    command = ("-m", "tests.fakes.mail_sender", database_url, str(mailbox.smtp_port))
    pipe = asyncio.subprocess.PIPE
    nursery = await asyncio.create_subprocess_exec(
        sys.executable, *command, cwd=ROOT, stdin=pipe, stdout=pipe
    )
    assert nursery.stdin is not None
    assert nursery.stdout is not None

    async def start():
        nursery.stdin.write(b"go\n")
        return int(await nursery.stdout.readline())

    for _ in range(crashes):
        sender = await start()
        await _arrivals(mailbox, len(mailbox.mails) + chance.randint(1, _PER_CRASH - 2), 5)
        await asyncio.sleep(chance.uniform(0, 0.004))  # noqa: TID251 - anywhere after a mail
        with suppress(ProcessLookupError):
            os.kill(sender, signal.SIGKILL)
    await start()
    arrived = -1
    while arrived != len(mailbox.mails):
        arrived = len(mailbox.mails)
        await _arrivals(mailbox, arrived + 1, 3)
    nursery.stdin.close()
    await nursery.wait()

    times = Counter(int(mail.message_id.split("-")[1].split("@")[0]) for mail in mailbox.mails)
    async with database.reading() as connection:
        rows = await connection.execute(text(_STAGES))
        stages = {row.notification_id: row.stage for row in rows}
    await database.close()
    claimed = [one for one, stage in stages.items() if stage == "claimed"]
    print(
        f"{crashes} crashes, {len(stages)} mails: {len(times)} arrived, "
        f"{sum(1 for count in times.values() if count == 1)} of them once; left claimed "
        f"{len(claimed)}, of which {sum(1 for one in claimed if times[one])} had arrived"
    )
    assert set(times.values()) == {1}
    assert set(stages.values()) <= {"sent", "claimed"}
    assert all(times[one] == 1 for one, stage in stages.items() if stage == "sent")
    assert claimed
