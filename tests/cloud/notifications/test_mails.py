"""News is told once, mailed once, and read in the account."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from cloud.composition import mail_room
from cloud.foundation.mail import MailNotSent, Message
from cloud.notifications import service
from cloud.notifications.kinds import NotificationKind
from cloud.notifications.service import MailRoom, News, Recipient, Teller
from cloud.notifications.texts import Texts
from tests.fakes.cloud_client import CloudClient
from tests.fakes.mailbox import Mailbox
from tests.fakes.market import Market

pytestmark = pytest.mark.needs_postgres

NEWS = News(
    key="test:1",
    kind=NotificationKind.ORDER_SHIPPED,
    wording="ORDER_SHIPPED",
    facts={"number": "SC-1", "carrier": "DHL & Co <b>", "arrives_on": "Wednesday"},
    link="http://127.0.0.1/account/orders/SC-1",
    rows={"tracking": "JD1"},
)


async def tell(market: Market, recipient: Recipient, news: News = NEWS) -> int | None:
    teller = Teller(market.parts.texts)
    async with market.database.unit_of_work() as session:
        return await teller.tell(session, news, recipient, market.clock.now())


def room_of(market: Market, mailer: object = None) -> MailRoom:
    room = mail_room(market.parts)
    return room if mailer is None else replace(room, mailer=mailer)  # type: ignore[arg-type] # of the test


GUEST = Recipient(None, "guest@example.org")


async def test_the_same_news_is_told_to_a_person_once(market: Market, mailbox: Mailbox) -> None:
    first = await tell(market, GUEST)
    second = await tell(market, GUEST)
    other = await tell(market, Recipient(None, "other@example.org"))
    await market.do_jobs()

    assert first is not None
    assert second is None
    assert other is not None
    assert sorted(mail.recipient for mail in mailbox.mails) == [
        "guest@example.org",
        "other@example.org",
    ]


async def test_a_mail_has_words_in_both_parts_and_escapes_what_people_wrote(
    market: Market, mailbox: Mailbox
) -> None:
    await tell(market, GUEST)
    await market.do_jobs()

    (mail,) = mailbox.mails
    assert mail.subject == "Your order SC-1 is on its way"
    assert "DHL & Co <b> has your parcel" in mail.text
    assert "Tracking: JD1" in mail.text
    assert "http://127.0.0.1/account/orders/SC-1" in mail.text
    assert "DHL &amp; Co &lt;b&gt; has your parcel" in mail.html
    assert "<b>" not in mail.html


async def test_a_server_that_is_busy_is_tried_again_until_it_takes_the_mail_once(
    market: Market, mailbox: Mailbox
) -> None:
    notification_id = await tell(market, GUEST)
    assert notification_id is not None
    room = room_of(market)
    mailbox.refusal = "451 busy"
    for _ in range(2):
        with pytest.raises(MailNotSent):
            await service.send_mail(market.database, room, notification_id, market.clock)
    mailbox.refusal = None

    for _ in range(2):
        await service.send_mail(market.database, room, notification_id, market.clock)

    assert len(mailbox.mails) == 1
    row = await market.rows("SELECT stage, attempts FROM outgoing_mails")
    assert row == [("sent", 3)]


async def test_a_mail_that_is_refused_for_good_is_not_tried_again(
    market: Market, mailbox: Mailbox
) -> None:
    notification_id = await tell(market, GUEST)
    assert notification_id is not None
    mailbox.refusal = "550 nobody here"

    await service.send_mail(market.database, room_of(market), notification_id, market.clock)

    assert await market.scalar("SELECT stage FROM outgoing_mails") == "refused"
    assert "nobody here" in await market.scalar("SELECT problem FROM outgoing_mails")


_WELCOMED = "SELECT min(id) FROM notifications"


class Stuck:
    """A mailer whose process is killed after the server took the mail."""

    def __init__(self, market: Market) -> None:
        self._mailer = market.parts.mailer
        self.taken = asyncio.Event()

    async def send(self, message: Message) -> None:
        await self._mailer.send(message)
        self.taken.set()
        await asyncio.Event().wait()


async def test_a_worker_killed_after_the_server_took_the_mail_never_sends_it_twice(
    market: Market, mailbox: Mailbox, staff: CloudClient
) -> None:
    notification_id = await tell(market, GUEST)
    assert notification_id is not None
    mailer = Stuck(market)
    worker = asyncio.ensure_future(
        service.send_mail(market.database, room_of(market, mailer), notification_id, market.clock)
    )
    await mailer.taken.wait()
    worker.cancel()
    await asyncio.gather(worker, return_exceptions=True)

    await market.clock.advance(timedelta(hours=2))
    alert = f"Mail {notification_id} may not have gone out"
    await market.settle()

    to_guest = [mail for mail in mailbox.mails if mail.recipient == "guest@example.org"]
    assert len(to_guest) == 1
    assert [mail.subject for mail in mailbox.mails].count(alert) == 1

    await staff.post_json(f"/api/v1/staff/notifications/{notification_id}/mail")
    await market.do_jobs()
    to_guest = [mail for mail in mailbox.mails if mail.recipient == "guest@example.org"]
    assert [mail.message_id for mail in to_guest] == [to_guest[0].message_id] * 2


async def test_ten_workers_send_one_mail(market: Market, mailbox: Mailbox) -> None:
    notification_id = await tell(market, GUEST)
    assert notification_id is not None
    room = room_of(market)

    await asyncio.gather(
        *(
            service.send_mail(market.database, room, notification_id, market.clock)
            for _ in range(10)
        )
    )

    assert len(mailbox.mails) == 1


async def test_a_member_lists_counts_and_reads(
    market: Market, customer: CloudClient, staff: CloudClient
) -> None:
    user_id = await market.user_id()
    for number in range(3):
        facts = {"number": f"SC-{number}", "carrier": "DHL", "arrives_on": "Friday"}
        news = News(f"test:{number}", NEWS.kind, NEWS.wording, facts)
        await tell(market, Recipient(user_id, "customer@example.org"), news)
    path = "/api/v1/me/notifications"
    await customer.post_json(f"{path}/{await market.scalar(_WELCOMED)}/read")

    page = (await customer.get(path, params={"limit": 2})).json()
    rest = (await customer.get(path, params={"after": page["next"]})).json()
    newest = page["notifications"][0]["id"]
    await staff.post_json(f"{path}/{newest}/read")
    assert (await customer.get(f"{path}/unread")).json() == {"unread": 3}
    await customer.post_json(f"{path}/{newest}/read")
    assert (await customer.get(f"{path}/unread")).json() == {"unread": 2}
    await customer.post_json(f"{path}/read")

    listed = page["notifications"] + rest["notifications"]
    titles = [one["title"] for one in listed if one["kind"] == "ORDER_SHIPPED"]
    assert titles == [f"Your order SC-{number} is on its way" for number in (2, 1, 0)]
    assert (await customer.get(f"{path}/unread")).json() == {"unread": 0}
    assert "SC-" not in (await staff.get(path)).text


def test_every_kind_has_words_and_an_unknown_language_falls_back_to_english() -> None:
    texts = Texts.load()

    class Anything(dict[str, str]):
        def __missing__(self, key: str) -> str:
            return key

    for kind in NotificationKind:
        words = texts.wording(kind.value, "xx", Anything())
        assert words.title
        assert words.message
        assert words.button
    assert texts.problem("no such reason", "en") == texts.problem("other", "en")
    with pytest.raises(KeyError):
        texts.wording("ORDER_SHIPPED", "en", {})
