"""Orders that staff prepare: edited by two, sent, ordered once by their customer, and what ends."""

import asyncio
import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from cloud.foundation.identity import Role
from cloud.foundation.permits import ORDERS_CREATE
from tests.fakes.cloud_client import CloudClient
from tests.fakes.mailbox import Mailbox
from tests.fakes.market import Market
from tests.fakes.shopping import ADDRESS, words_of

pytestmark = pytest.mark.needs_postgres

HOME = "/admin/drafts"
API = "/api/v1/staff/drafts"
TYPED = {
    **ADDRESS,
    "email": "Grandma@example.org",
    "language": "en",
    "bottles": "cedber-50 2",
    "discount_minor": "5.00",
    "discount_reason": "For the long wait",
    "keep_days": "7",
}
WISH: dict[str, Any] = {
    "email": "grandma@example.org",
    "bottles": {"CEDBER-50": 2},
    "address": {**ADDRESS},
}


def link_in(mailbox: Mailbox) -> str:
    """Return the address that the latest mail about an offer leads to."""
    found = [re.search(r"/offers/D-\d+\?key=[\w-]+", mail.text) for mail in mailbox.mails]
    return [link[0] for link in found if link][-1]


def hidden(page: Any) -> dict[str, str]:
    """Return what a page's form sends by itself."""
    names = "key|version|seen_total_minor|form_key"
    return dict(re.findall(rf'name="({names})" value="([^"]*)"', page.text))


async def sent(staff: CloudClient, market: Market, **changed: Any) -> str:
    """Write a draft and send it; return its number."""
    made = await staff.post_json(API, {**WISH, **changed})
    assert made.status_code == 201, made.text
    number = str(made.json()["number"])
    answer = await staff.post_json(f"{API}/{number}/send", {"version": 1})
    assert answer.status_code == 200, answer.text
    await market.settle()
    return number


async def test_a_draft_is_written_by_two_sent_and_becomes_one_paid_order(
    staff: CloudClient, admin: CloudClient, client: CloudClient, market: Market, mailbox: Mailbox
) -> None:
    form = {**TYPED, **hidden(await staff.get(f"{HOME}/new"))}
    made = [await staff.post_form(f"{HOME}/new", form) for _ in range(2)]
    page = made[0].headers["location"].partition("?")[0]
    assert made[1].headers["location"] == made[0].headers["location"]
    assert "For the long wait \N{MINUS SIGN}€5.00" in words_of(await staff.get(page))
    assert "€52.80" in words_of(await staff.get(page))

    # Two tabs: the second keeps what it typed, sees what the first stored, and may insist.
    first = {**TYPED, "version": "1", "line2": "Second floor"}
    late = {**TYPED, "version": "1", "bottles": "CEDBER-50 3"}
    await admin.post_form(f"{page}/change", first)
    conflict = await staff.post_form(f"{page}/change", late)
    assert conflict.status_code == 412
    assert "Second floor" in words_of(conflict)
    assert re.search(r">\s*CEDBER-50 3\s*</textarea>", conflict.text)
    both = {**late, **hidden(conflict), "line2": "Second floor"}
    saved = await staff.post_form(f"{page}/change", both)
    assert saved.status_code == 303, words_of(saved)

    # Sent once, however often the button is pressed; nothing is set aside by it.
    step = hidden(await staff.get(page))
    sending = [await staff.post_form(f"{page}/send", step, form_at=page) for _ in range(2)]
    await market.settle()
    assert [one.status_code for one in sending] == [303, 412]
    prepared = [one for one in mailbox.mails if "prepared an order for you" in one.subject]
    assert [one.recipient for one in prepared] == ["grandma@example.org"]
    assert await market.scalar("SELECT count(*) FROM stock_reservations") == 0

    # Ordered by two clicks at once, and paid: one order, at the price that was shown.
    link = link_in(mailbox)
    offer = await client.get(link)
    assert "€81.70" in words_of(offer)
    wish = hidden(offer)
    path = f"{link.partition('?')[0]}/order"
    clicks = await asyncio.gather(
        *(client.post_form(path, wish, form_at=link) for _ in range(2)), return_exceptions=True
    )
    assert {getattr(one, "status_code", one) for one in clicks} == {303}
    assert await market.scalar("SELECT sum(quantity) FROM stock_reservations") == 3
    market.stripe.pay(clicks[0].headers["location"].rsplit("/", 1)[-1])
    await market.settle()

    (order,) = await market.rows("SELECT * FROM orders")
    again = await client.post_form(path, wish, form_at=link)
    assert (order.status, order.source, order.total_minor) == ("PAID", "staff", 8170)
    assert order.discounts[0]["name"] == "For the long wait"
    assert order.shipping_address["line2"] == "Second floor"
    assert f"/orders/{order.number}?key=" in again.headers["location"]
    assert "You have ordered this" in words_of(await client.get(link))
    assert await market.on_hand() == 7
    assert order.number in words_of(await staff.get(page))
    done = await market.rows("SELECT action FROM audit_entries WHERE subject = 'drafts'")
    assert [row.action for row in done] == ["create", "change", "change", "send"]
    listed = csv.DictReader(io.StringIO((await staff.get(f"{HOME}?format=csv")).text))
    assert [(row["state"], row["order_number"]) for row in listed] == [("ordered", order.number)]


async def test_what_is_not_as_its_customer_saw_it_is_not_ordered(
    staff: CloudClient, client: CloudClient, market: Market, mailbox: Mailbox, do_jobs: Any
) -> None:
    async def order(**changed: str) -> Any:
        wish = {**hidden(offer), **changed}
        return await client.post_form(f"{link.partition('?')[0]}/order", wish, form_at="/cart")

    number = await sent(staff, market)
    link = link_in(mailbox)
    offer = await client.get(link)
    assert (await client.get(link.partition("?")[0])).status_code == 404
    assert (await order(key="guessed")).status_code == 404
    assert (await order(seen_total_minor="1")).status_code == 409

    # Dearer since: it is said beside today's total.
    await market.run("UPDATE variants SET price_minor = price_minor + 100")
    assert "When we wrote to you it came to €57.80" in words_of(await client.get(link))
    stale = await order()
    assert "total changed" in words_of(stale)
    offer = await client.get(link)
    await market.run("UPDATE stock_levels SET on_hand = 1")
    assert (await order()).status_code == 409
    await market.run("UPDATE stock_levels SET on_hand = 10")

    # Changed, so it waits until it is sent again; then withdrawn; then too late.
    change = {**WISH, "bottles": {"CEDBER-50": 1}, "version": 2}
    assert (await staff.put_json(f"{API}/{number}", change)).json()["state"] == "open"
    assert "We are changing this offer" in words_of(await client.get(link))
    assert "changed this offer meanwhile" in words_of(await order())
    stop = await staff.post_json(f"{API}/{number}/cancel", {"version": 3})
    assert stop.json()["state"] == "cancelled"
    assert "withdrawn this offer" in words_of(await client.get(link))
    closed = await staff.post_json(f"{API}/{number}/send", {"version": 4})
    assert closed.json()["code"] == "draft_closed"
    await sent(staff, market, keep_days=1)
    link = link_in(mailbox)
    offer = await client.get(link)
    await market.clock.advance(timedelta(days=1))
    late = await order()
    await do_jobs()
    assert (late.status_code, "time of this offer is over" in words_of(late)) == (409, True)
    assert await market.scalar("SELECT max(state) FROM order_drafts") == "expired"
    assert await market.scalar("SELECT count(*) FROM orders") == 0


async def test_a_discount_is_for_who_may_give_money_back_and_a_form_loses_nothing(
    staff: CloudClient, market: Market, sign_in_as: Any
) -> None:
    maker = await sign_in_as(Role.MANAGER, "maker@example.org")
    await market.run(
        "WITH made AS (INSERT INTO role_definitions (name, description, version) "
        "VALUES ('Maker', '', 1) RETURNING id), "
        "may AS (INSERT INTO role_permits (role_definition_id, permit) "
        "SELECT id, :permit FROM made) "
        "UPDATE users SET role_definition_id = (SELECT id FROM made) "
        "WHERE email = 'maker@example.org'",
        permit=str(ORDERS_CREATE),
    )
    plain = await maker.post_json(API, WISH)
    off = {"discount_minor": 100, "discount_reason": "A friend"}
    answers = [
        await maker.post_json(API, {**WISH, **off}),
        await maker.put_json(f"{API}/{plain.json()['number']}", {**WISH, **off, "version": 1}),
        await staff.post_json(API, {**WISH, "discount_minor": 100}),
        await maker.get(API),
    ]
    codes = [one.json()["code"] for one in answers]
    assert plain.status_code == 201
    assert codes == [
        "discount_not_yours",
        "discount_not_yours",
        "discount_unexplained",
        "permit_needed",
    ]

    for changed, words in (
        ({"bottles": "NOPE-1 1"}, "no bottle with the SKU NOPE-1"),
        ({"bottles": "CEDBER-50 many"}, "says no number of bottles: CEDBER-50 many"),
        ({"country": "Germany"}, "Some fields need another look"),
        ({"postcode": "ABC"}, "10115"),
        ({"discount_reason": ""}, "belong together"),
    ):
        answer = await staff.post_form(f"{HOME}/new", {**TYPED, **changed})
        assert answer.status_code == 422, changed
        assert words in words_of(answer), words_of(answer)
        assert 'value="Lindenweg 7"' in answer.text
    assert await market.scalar("SELECT count(*) FROM order_drafts") == 1
    for bad in (
        "state = 'ordered'",
        "state = 'sent'",
        "state = 'lost'",
        "discount_minor = 5",
        "discount_reason = 'None'",
        "keep_days = 31",
        "sent_at = now()",
    ):
        with pytest.raises(IntegrityError):
            await market.run(f"UPDATE order_drafts SET {bad}")


async def test_the_mail_speaks_its_readers_language_and_the_audit_knows_no_reader(
    staff: CloudClient, market: Market, mailbox: Mailbox, customer: CloudClient
) -> None:
    await market.run("""UPDATE site_settings SET languages = '["en", "de", "es"]'""")
    await market.run("UPDATE users SET language = 'es' WHERE email = 'customer@example.org'")
    for email, language in (
        ("oma@example.org", "de"),
        ("nan@example.org", "en"),
        ("customer@example.org", "en"),
    ):
        await sent(staff, market, email=email, language=language)

    subjects = {one.recipient: one.subject for one in mailbox.mails if "D-" in one.subject}
    assert subjects["oma@example.org"].startswith("Wir haben eine Bestellung")
    assert subjects["nan@example.org"].startswith("We have prepared")
    assert subjects["customer@example.org"].startswith("Le hemos preparado")
    audited = await market.rows("SELECT after::text FROM audit_entries WHERE subject = 'drafts'")
    assert not any("example.org" in row.after or "Lindenweg" in row.after for row in audited)
