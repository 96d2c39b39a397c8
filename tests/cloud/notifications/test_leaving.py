"""Ending mails: with one click, without signing in, and looked at again before they go."""

import pytest
from fastapi import FastAPI

from cloud.notifications import service
from cloud.notifications.kinds import NotificationKind
from cloud.notifications.service import News, Recipient
from tests.cloud.notifications.test_mails import GUEST, room_of, tell
from tests.fakes.cloud_client import CloudClient
from tests.fakes.mailbox import Mailbox
from tests.fakes.mailbox.letters import ReceivedMail
from tests.fakes.market import Market

pytestmark = pytest.mark.needs_postgres

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def header(mail: ReceivedMail, name: str) -> str:
    return str(mail.message.get(name, ""))


def way_out(mail: ReceivedMail) -> str:
    return header(mail, "List-Unsubscribe").strip("<>").removeprefix("http://127.0.0.1")


@pytest.mark.parametrize("is_member", [True, False], ids=["member", "guest"])
async def test_one_click_ends_mails_of_a_topic_even_those_that_wait(
    is_member: bool, market: Market, customer: CloudClient, app: FastAPI, mailbox: Mailbox
) -> None:
    who = Recipient(await market.user_id(), "customer@example.org") if is_member else GUEST
    assert await tell(market, who) is not None
    await market.do_jobs()
    mail = next(one for one in mailbox.mails if "on its way" in one.subject)
    again = News("test:2", NotificationKind.ORDER_SHIPPED, "ORDER_SHIPPED", _FACTS)
    queued = await tell(market, who, again)
    assert queued is not None
    assert header(mail, "List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"

    async with CloudClient(app) as stranger:
        looked = await stranger.get(way_out(mail))
        assert await market.scalar("SELECT count(*) FROM mail_refusals") == 0
        clicked = await stranger.post(way_out(mail), data=ONE_CLICK)
    await service.send_mail(market.database, room_of(market), queued, market.clock)

    assert (looked.status_code, clicked.status_code) == (200, 303)
    stage = "SELECT stage FROM outgoing_mails WHERE notification_id = :id"
    assert await market.scalar(stage, id=queued) == "unwanted"
    assert len([one for one in mailbox.mails if "on its way" in one.subject]) == 1
    third = News("test:3", NotificationKind.ORDER_SHIPPED, "ORDER_SHIPPED", _FACTS)
    told = await tell(market, who, third)
    assert (told is not None) == is_member
    waiting = "SELECT count(*) FROM outgoing_mails WHERE stage = 'waiting'"
    assert await market.scalar(waiting) == 0


async def test_a_wrong_key_and_a_needed_mail_open_nothing(
    market: Market, client: CloudClient
) -> None:
    notification_id = await tell(market, GUEST)
    kind = NotificationKind.ORDER_CANCELLED
    needed = await tell(market, GUEST, News("test:9", kind, kind.value, {"number": "SC-1"}))
    assert notification_id is not None
    assert needed is not None
    leaving = market.parts.leaving

    for path in (
        f"/unsubscribe/{notification_id}/{leaving.key_of(needed)}",
        f"/unsubscribe/{needed}/{leaving.key_of(needed)}",
        f"/unsubscribe/{notification_id}/x",
    ):
        assert (await client.get(path)).status_code == 404
        assert (await client.post(path, data=ONE_CLICK)).status_code == 404
    assert await market.scalar("SELECT count(*) FROM mail_refusals") == 0


async def test_needed_mail_has_no_way_out(market: Market, mailbox: Mailbox) -> None:
    kind = NotificationKind.ORDER_CANCELLED
    await tell(market, GUEST, News("test:9", kind, kind.value, {"number": "SC-1"}))
    await market.do_jobs()

    (mail,) = mailbox.mails
    assert header(mail, "List-Unsubscribe") == ""
    assert "unsubscribe" not in mail.text + mail.html


async def test_news_wanted_by_mail_alone_is_not_listed_and_not_counted(
    market: Market, customer: CloudClient
) -> None:
    change = {"topic": "parcels", "channel": "app", "is_wanted": False}
    await customer.patch_json("/api/v1/me/notifications/preferences", {"changes": [change]})
    before = (await customer.get("/api/v1/me/notifications/unread")).json()

    await tell(market, Recipient(await market.user_id(), "customer@example.org"))

    assert (await customer.get("/api/v1/me/notifications/unread")).json() == before
    assert "SC-1" not in (await customer.get("/api/v1/me/notifications")).text
    assert await market.scalar("SELECT count(*) FROM outgoing_mails") == 1


async def test_the_bell_counts_and_opening_reads(market: Market, customer: CloudClient) -> None:
    await customer.post_json("/api/v1/me/notifications/read")
    assert "nothing new" in (await customer.get("/account/notifications/bell")).text

    link = "http://127.0.0.1/account/orders/SC-1"
    news = News("test:1", NotificationKind.ORDER_SHIPPED, "ORDER_SHIPPED", _FACTS, link)
    told = await tell(market, Recipient(await market.user_id(), "customer@example.org"), news)
    assert "Notifications: 1 unread" in (await customer.get("/products")).text
    opened = await customer.get(f"/account/notifications/{told}")

    assert opened.headers["location"] == link
    assert "nothing new" in (await customer.get("/account/notifications/bell")).text


@pytest.mark.usefixtures("customer")
async def test_nobody_reads_the_news_of_others(market: Market, staff: CloudClient) -> None:
    member = Recipient(await market.user_id("customer@example.org"), "customer@example.org")
    told = await tell(market, member)

    opened = await staff.get(f"/account/notifications/{told}")

    assert opened.headers["location"] == "/account/notifications"
    assert await market.scalar("SELECT read_at FROM notifications WHERE id = :id", id=told) is None


_FACTS = {"number": "SC-2", "carrier": "DHL", "arrives_on": "Friday"}
