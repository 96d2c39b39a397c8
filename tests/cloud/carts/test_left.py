"""Carts that were left: told once to who agreed, and found again on any device."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime, timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from cloud.carts.consents import EDITION, PROMISE, QUESTION
from cloud.carts.jobs import forget
from cloud.checkout.service import empty_cart
from cloud.foundation.errors import Unavailable
from cloud.foundation.identity import Role
from cloud.foundation.jobs import PeriodicRun
from cloud.foundation.words import say
from cloud.notifications.service import send_mail
from tests.cloud.conftest import PASSWORD
from tests.cloud.notifications.test_mails import room_of
from tests.fakes.cloud_client import CloudClient
from tests.fakes.mailbox import Mailbox
from tests.fakes.mailbox.letters import ReceivedMail
from tests.fakes.market import Market
from tests.fakes.shelf import put_on_shelf
from tests.fakes.shopping import FORM, check_out, pay_and_return, words_of

pytestmark = pytest.mark.needs_postgres

# What the box says in every language, by edition: whoever changes a word makes another edition.
TEXTS = {"2026-11": "8e4305"}
TITLE = "Your cart is still here"
HOUR = timedelta(hours=1)
PREFERENCES = "/api/v1/me/notifications/preferences"
ASKED = {"changes": [{"topic": "left_carts", "channel": "mail", "is_wanted": True}]}


class Guests:
    """Browsers of strangers, each with a cart of their own."""

    def __init__(self, app: FastAPI, market: Market, stack: AsyncExitStack) -> None:
        self._app, self._market, self._stack = app, market, stack

    async def come(self) -> CloudClient:
        """Return a browser that was never here."""
        return await self._stack.enter_async_context(CloudClient(self._app))

    async def choose(self, sku: str = "CEDBER-50", bottles: int = 2) -> CloudClient:
        """Return a guest with bottles in the cart."""
        guest = await self.come()
        await put(self._market, guest, sku, bottles)
        return guest

    async def leave(self, email: str, sku: str = "CEDBER-50") -> CloudClient:
        """Return a guest who ticked the box and went."""
        guest = await self.choose(sku)
        await tick(guest, email)
        return guest


async def put(market: Market, who: CloudClient, sku: str, bottles: int = 1) -> None:
    variant_id = await market.scalar("SELECT id FROM variants WHERE sku = :sku", sku=sku)
    answer = await who.post_json(
        "/api/v1/cart/items", {"variant_id": variant_id, "quantity": bottles}
    )
    assert answer.status_code == 200, answer.text


async def tick(guest: CloudClient, email: str, *, box: str = "yes") -> str:
    """Send the checkout's form as its script does when the box is ticked, or unticked."""
    fields = {**FORM, "email": email, "write_once": box, "seen_total_minor": "0", "act": "price"}
    return words_of(await guest.post_form("/checkout", fields))


@pytest.fixture
async def guests(app: FastAPI, market: Market) -> AsyncIterator[Guests]:
    """Strangers, and a second scent for them to choose."""
    async with market.database.unit_of_work() as session:
        await put_on_shelf(session, "WHTTEA-50", bottles=50, price_minor=1000)
        await session.execute(text("UPDATE stock_levels SET on_hand = on_hand + 100"))
    async with AsyncExitStack() as stack:
        yield Guests(app, market, stack)


def reminders(mailbox: Mailbox) -> list[ReceivedMail]:
    return [one for one in mailbox.mails if one.subject == TITLE]


def way_back(mail: ReceivedMail) -> str:
    link = next(one for one in mail.links if "/cart/left/" in one)
    return link.removeprefix("http://127.0.0.1")


async def rest(market: Market, hours: int = 11) -> None:
    """Let time pass, look for carts and send their mails, as the jobs do."""
    market.clock.step(hours * HOUR)
    await tell(market)
    await send(market)


async def send(market: Market) -> None:
    """Send the mails that wait."""
    waiting = "SELECT notification_id FROM outgoing_mails WHERE stage = 'waiting' ORDER BY 1"
    for row in await market.rows(waiting):
        await send_mail(market.database, room_of(market), row[0], market.clock)


async def tell(market: Market, now: datetime | None = None) -> None:
    """Look for carts that rest, and let no mail go out yet."""
    async with market.database.unit_of_work() as session:
        await market.parts.left_carts.tell_batch(session, now or market.clock.now(), 0)


async def tell_and_be_killed(market: Market) -> None:
    """Lose the database after all was said and before it stands."""
    async with market.database.unit_of_work() as session:
        await market.parts.left_carts.tell_batch(session, market.clock.now(), 0)
        assert await session.scalar(text("SELECT count(*) FROM left_carts")) == 2
        mine = await session.scalar(text("SELECT pg_backend_pid()"))
        await market.scalar("SELECT pg_terminate_backend(:mine)", mine=mine)


async def clear_the_cart(market: Market) -> None:
    """Take what the newest order bought out of its cart, as the job does."""
    async with market.database.unit_of_work() as session:
        await empty_cart(session, await session.scalar(text("SELECT max(id) FROM orders")))


async def in_cart(who: CloudClient) -> dict[str, int]:
    lines = (await who.get("/api/v1/cart")).json()["lines"]
    return {line["sku"]: line["quantity"] for line in lines}


def test_other_words_are_another_edition() -> None:
    said = "".join(say(one, text) for one in ("en", "de", "es") for text in (QUESTION, PROMISE))

    assert hashlib.sha256(said.encode()).hexdigest()[:6] == TEXTS[EDITION]


async def test_a_guest_who_ticked_the_box_is_written_to_once_and_finds_the_cart_anywhere(
    market: Market, guests: Guests, mailbox: Mailbox
) -> None:
    guest = await guests.choose()
    asked = words_of(await guest.get("/checkout"))
    assert "Write to me once if I leave this unfinished" in asked
    assert "Write your e-mail address" in await tick(guest, "")
    assert "Noted for ada@example.org" in await tick(guest, "ada@example.org")
    row = (await market.rows("SELECT email, language, words, agreed_at FROM cart_consents"))[0]
    assert tuple(row) == ("ada@example.org", "en", EDITION, market.clock.now())
    assert "Noted for ada@example.org" in words_of(await guest.get("/checkout"))

    for hours, mails in ((9, 0), (2, 1), (48, 1)):
        market.clock.step(hours * HOUR)
        await market.do_jobs()
        assert len(reminders(mailbox)) == mails

    (mail,) = reminders(mailbox)
    assert mail.recipient == "ada@example.org"
    assert "2 \N{MULTIPLICATION SIGN} Cedber 50 50 ml" in mail.text
    assert "€57.80" in mail.text
    assert "you asked" in mail.text
    assert str(mail.message["List-Unsubscribe-Post"]) == "List-Unsubscribe=One-Click"
    link = way_back(mail)
    assert (await guest.get(link)).headers["location"] == "/cart"

    other = await guests.come()
    page = await other.get(link)
    assert "2 \N{MULTIPLICATION SIGN} Cedber 50 50 ml" in words_of(page)
    assert 'content="noindex"' in page.text
    assert await in_cart(other) == {}
    for _ in range(2):
        back = await other.post_form(link, {})
        assert back.headers["location"] == "/cart?back=all"
        assert await in_cart(other) == {"CEDBER-50": 2}
    assert "here again" in words_of(await other.get("/cart?back=all"))
    assert (await other.get("/api/v1/me")).status_code == 401

    await market.run("UPDATE variants SET price_minor = 3090 WHERE sku = 'CEDBER-50'")
    third = await guests.come()
    await put(market, third, "WHTTEA-50")
    assert "New price since our mail" in words_of(await third.get(link))
    await third.post_form(link, {})
    assert await in_cart(third) == {"CEDBER-50": 2, "WHTTEA-50": 1}
    assert "New price since you chose it" in words_of(await third.get("/cart"))
    await market.run(
        "UPDATE stock_levels SET on_hand = 1 WHERE variant_id IN"
        " (SELECT id FROM variants WHERE sku = 'CEDBER-50')"
    )
    fourth = await guests.come()
    assert "Only 1 left" in words_of(await fourth.get(link))
    assert (await fourth.post_form(link, {})).headers["location"] == "/cart?back=some"
    assert await in_cart(fourth) == {"CEDBER-50": 1}
    await market.run("UPDATE variants SET is_active = false")
    gone = words_of(await (await guests.come()).get(link))
    assert "No longer on sale" in gone
    assert "Nothing of it can be bought" in gone
    assert (await other.get(link[:-2] + "xx")).status_code == 404
    market.clock.step(timedelta(days=14))
    assert (await other.get(link)).status_code == 404


async def test_a_member_who_asked_among_their_preferences_is_told_and_hears_no_more_once_they_leave(
    market: Market, guests: Guests, customer: CloudClient, mailbox: Mailbox
) -> None:
    await put(market, customer, "CEDBER-50")
    await rest(market)
    await customer.patch_json(PREFERENCES, ASKED)
    await rest(market, 1)
    assert reminders(mailbox) == []
    await market.run("UPDATE users SET email_verified_at = now()")
    await rest(market, 1)

    (mail,) = reminders(mailbox)
    stranger = await guests.come()
    await stranger.post_form(way_back(mail), {})
    assert await in_cart(stranger) == {"CEDBER-50": 1}
    assert (await stranger.get("/api/v1/me")).status_code == 401
    await put(market, customer, "WHTTEA-50")
    await rest(market, 24 * 6)
    assert len(reminders(mailbox)) == 1

    async def leaves_another_cart() -> None:
        market.clock.step(timedelta(days=31))
        person = {"email": "customer@example.org", "password": PASSWORD}
        await customer.post_json("/api/v1/auth/sign-in", person)
        await put(market, customer, "WHTTEA-50")
        await rest(market)

    await leaves_another_cart()
    assert len(reminders(mailbox)) == 2
    one_click = str(mail.message["List-Unsubscribe"]).strip("<>").removeprefix("http://127.0.0.1")
    await stranger.post(one_click, data={"List-Unsubscribe": "One-Click"})
    await leaves_another_cart()
    assert len(reminders(mailbox)) == 2


async def test_nobody_is_written_to_who_did_not_agree_or_bought_or_may_not_be(
    market: Market, guests: Guests, sign_in_as, admin: CloudClient, mailbox: Mailbox
) -> None:
    await guests.leave("control@example.org", "WHTTEA-50")
    await tick(await guests.choose("WHTTEA-50"), "unticked@example.org", box="")
    again = await guests.leave("withdrawn@example.org", "WHTTEA-50")
    await tick(again, "withdrawn@example.org", box="")
    buyer = await guests.leave("ada@example.org", "WHTTEA-50")
    await pay_and_return(market, buyer, await check_out(buyer, write_once="yes"))
    await guests.leave("ada@example.org", "WHTTEA-50")
    waiting = await guests.leave("waiting@example.org", "WHTTEA-50")
    await check_out(waiting, email="waiting@example.org", write_once="yes")
    await sign_in_as(Role.CUSTOMER, "blocked@example.org")
    await guests.leave("BLOCKED@example.org", "WHTTEA-50")
    no = await sign_in_as(Role.CUSTOMER, "said-no@example.org")
    await no.patch_json(
        PREFERENCES,
        {"changes": [{"topic": "left_carts", "channel": "mail", "is_wanted": False}]},
    )
    await guests.leave("said-no@example.org", "WHTTEA-50")
    await guests.leave("left@example.org", "WHTTEA-50")
    await guests.leave("gone@example.org", "CEDBER-50")
    emptied = await guests.leave("emptied@example.org", "WHTTEA-50")
    variant_id = await market.scalar("SELECT id FROM variants WHERE sku = 'WHTTEA-50'")
    await emptied.remove(f"/api/v1/cart/items/{variant_id}")
    await market.run("UPDATE users SET blocked_at = now() WHERE email = 'blocked@example.org'")
    await market.run("INSERT INTO mail_refusals VALUES ('left@example.org', 'left_carts')")
    await market.run(
        "UPDATE stock_levels SET on_hand = 1 WHERE variant_id IN"
        " (SELECT id FROM variants WHERE sku = 'CEDBER-50')"
    )
    member = await sign_in_as(Role.CUSTOMER, "not-asked@example.org")
    await market.run("UPDATE users SET email_verified_at = now()")
    await put(market, member, "WHTTEA-50")
    page = "/admin/settings/left-carts"
    version = await market.scalar("SELECT version FROM site_settings")
    wish = {"is_on": "yes", "after_hours": "6", "version": str(version)}
    assert (await admin.post_form(page, wish | {"after_hours": "1"})).status_code == 422
    await admin.post_form(page, wish)
    await market.run("UPDATE site_settings SET is_closed = true")
    await tell(market, market.clock.now() + 7 * HOUR)
    assert await market.scalar("SELECT count(*) FROM left_carts") == 0
    await market.run("UPDATE site_settings SET is_closed = false")
    # Placed, and waiting for its payment, until it is given up.
    await market.run(
        "UPDATE orders SET pay_until = pay_until + interval '20 hours'"
        " WHERE status = 'AWAITING_PAYMENT'"
    )

    await rest(market, 7)

    assert [one.recipient for one in reminders(mailbox)] == ["control@example.org"]
    # Who went away at the payment page left the cart there.
    await market.run("UPDATE orders SET status = 'FAILED' WHERE status = 'AWAITING_PAYMENT'")
    await rest(market)
    assert [one.recipient for one in reminders(mailbox)][1:] == ["waiting@example.org"]


async def test_what_changed_between_telling_and_sending_keeps_the_mail_back(
    market: Market, guests: Guests, sign_in_as, mailbox: Mailbox
) -> None:
    await guests.leave("control@example.org")
    withdrawn = await guests.leave("withdrawn@example.org")
    back = await guests.leave("back@example.org")
    buyer = await guests.leave("ada@example.org")
    await guests.leave("blocked@example.org")
    market.clock.step(11 * HOUR)
    await tell(market)
    assert await market.scalar("SELECT count(*) FROM left_carts") == 5

    await tick(withdrawn, "withdrawn@example.org", box="")
    await put(market, back, "WHTTEA-50")
    await check_out(buyer)
    await sign_in_as(Role.CUSTOMER, "blocked@example.org")
    await market.run("UPDATE users SET blocked_at = now() WHERE email = 'blocked@example.org'")
    await send(market)

    assert [one.recipient for one in reminders(mailbox)] == ["control@example.org"]
    stages = await market.rows(
        "SELECT stage FROM outgoing_mails JOIN notifications n ON n.id = notification_id"
        " WHERE n.kind = 'CART_LEFT' ORDER BY stage"
    )
    assert [row.stage for row in stages] == ["sent", *["unwanted"] * 4]
    assert await market.scalar("SELECT count(mailed_at) FROM left_carts") == 1


async def test_an_order_under_way_two_workers_and_a_killed_one_tell_nobody_twice(
    market: Market, guests: Guests, mailbox: Mailbox
) -> None:
    await guests.leave("ada@example.org")
    await guests.leave("ADA@example.org", "WHTTEA-50")
    await guests.leave("busy@example.org")
    market.clock.step(11 * HOUR)
    busy = "SELECT id FROM carts WHERE id = (SELECT max(cart_id) FROM cart_consents) FOR UPDATE"
    with pytest.raises(Unavailable):
        await tell_and_be_killed(market)
    assert await market.scalar("SELECT count(*) FROM left_carts") == 0
    assert await market.scalar("SELECT count(*) FROM notifications WHERE kind = 'CART_LEFT'") == 0

    async with market.database.unit_of_work() as checkout:
        # Somebody's checkout holds the cart while workers look.
        await checkout.execute(text(busy))
        await asyncio.gather(*(tell(market) for _ in range(4)))
        assert await market.scalar("SELECT count(*) FROM left_carts") == 1
        await checkout.execute(
            text("UPDATE carts SET used_at = :now WHERE id = (SELECT max(id) FROM carts)"),
            {"now": market.clock.now()},
        )
    await asyncio.gather(*(tell(market) for _ in range(4)))
    await send(market)

    assert [one.recipient for one in reminders(mailbox)] == ["ada@example.org"]
    await rest(market)
    assert [one.recipient for one in reminders(mailbox)][1:] == ["busy@example.org"]


async def test_a_cart_that_came_back_becomes_an_order_and_what_is_held_on_people_goes(
    market: Market, guests: Guests, mailbox: Mailbox, customer: CloudClient
) -> None:
    await guests.leave("ada@example.org")
    await guests.leave("lost@example.org")
    await rest(market)
    mail = next(one for one in reminders(mailbox) if one.recipient == "ada@example.org")
    other = await guests.come()
    await other.post_form(way_back(mail), {})
    # The one who follows the link turns out to be a member: the cart is poured into theirs.
    customer.cookies.set("scent_cart", other.cookies["scent_cart"])
    await customer.get("/cart")
    await pay_and_return(market, customer, await check_out(customer))
    await clear_the_cart(market)

    counted = "SELECT count(mailed_at), count(returned_at), count(ordered_at) FROM left_carts"
    assert tuple((await market.rows(counted))[0]) == (2, 1, 1)
    consented = await market.rows("SELECT email FROM cart_consents ORDER BY 1")
    assert [row.email for row in consented] == ["ada@example.org", "lost@example.org"]
    guest = await guests.leave("third@example.org")
    await pay_and_return(market, guest, await check_out(guest, email="third@example.org"))
    await clear_the_cart(market)
    assert await market.scalar("SELECT count(*) FROM cart_consents") == 2

    market.clock.step(timedelta(days=31))
    async with market.database.unit_of_work() as session:
        await forget(session, PeriodicRun(market.clock.now(), None))
    assert await market.scalar("SELECT count(*) FROM cart_consents") == 0
    held = await market.rows("SELECT email, user_id, lines FROM left_carts")
    assert [tuple(row) for row in held] == [(None, None, []), (None, None, [])]
    assert tuple((await market.rows(counted))[0]) == (2, 1, 1)
