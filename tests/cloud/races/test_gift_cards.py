"""Gift cards that are sold, through the doors of two servers at once."""

import asyncio
import itertools
import re

import pytest
from sqlalchemy import text

from cloud.discounts.service import list_unexplained
from tests.fakes.two_servers import ADDRESS

pytestmark = [pytest.mark.needs_postgres, pytest.mark.timeout(600)]

CARD_MINOR = 7000  # What one bottle costs, delivered free.
_people = itertools.count(1)
_CODE = re.compile(r"\b(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}\b")


async def _ordered_card(town):
    """Order a gift card for oneself; return its buyer and the answer of checkout."""
    buyer = town.buyer(at=0)
    put = await buyer.client.post_json(
        "/api/v1/cart/gift-cards", {"amount_minor": CARD_MINOR, "is_for_self": True}
    )
    assert put.status_code == 200, put.text
    placed = await buyer.client.post_json(
        "/api/v1/checkout", {"email": "giver@example.org", "seen_total_minor": CARD_MINOR}
    )
    assert placed.status_code == 201, placed.text
    return buyer, placed.json()


async def _sold_card(town):
    """Buy a gift card; return its order's number and its code."""
    buyer, placed = await _ordered_card(town)
    number = placed["order_number"]
    await buyer.pay(placed["url"])
    await town.until("SELECT status FROM orders WHERE number = :n", "COMPLETED", n=number)
    page = await buyer.client.get(placed["order_url"].removeprefix(town.servers.urls[0]))
    return number, _CODE.search(page.text)[0]


async def _staff(town):
    client = town.buyer(at=1).client
    email = f"giver-staff-{next(_people)}@example.org"
    await client.post_json(
        "/api/v1/auth/sign-up",
        {"email": email, "name": "Clerk", "password": "correct horse battery staple"},
    )
    async with town.database.unit_of_work() as session:
        await session.execute(
            text("UPDATE users SET role = 'ADMIN' WHERE email = :email"), {"email": email}
        )
    return client


async def test_a_gift_card_paid_by_webhook_and_returns_at_once_is_issued_once(town):
    buyer, placed = await _ordered_card(town)
    number = placed["order_number"]
    back = f"/checkout/return?session={placed['url'].rsplit('/', 1)[-1]}"
    visitors = [town.buyer(at=at % 2) for at in range(8)]

    await asyncio.gather(
        buyer.pay(placed["url"]), *(visitor.client.get(back) for visitor in visitors)
    )
    # Whoever came before the money did comes again with it.
    await asyncio.gather(*(visitor.client.get(back) for visitor in visitors))

    await town.until("SELECT status FROM orders WHERE number = :n", "COMPLETED", n=number)
    assert await town.scalar("SELECT count(*) FROM gift_cards WHERE note = :n", n=number) == 1
    sent = "SELECT sendings FROM sold_gifts g JOIN orders o ON o.id = g.order_id WHERE number = :n"
    assert await town.scalar(sent, n=number) == 1


async def test_a_card_is_either_refunded_or_spent_when_both_are_asked_at_once(town):
    variant_id = await town.stock(20, price_minor=CARD_MINOR)
    staff = await _staff(town)
    outcomes = set()

    for _ in range(6):
        number, code = await _sold_card(town)
        spender = town.buyer(at=0)
        await spender.put(variant_id)
        await spender.client.post_json("/api/v1/cart/codes", {"code": code})
        order = {
            "email": "spender@example.org",
            "shipping_address": ADDRESS,
            "seen_total_minor": CARD_MINOR,
            "seen_due_minor": 0,
        }

        spent, refunded = await asyncio.gather(
            spender.client.post_json("/api/v1/checkout", order),
            staff.post_json(f"/api/v1/staff/orders/{number}/refunds", {}),
        )

        outcome = (spent.status_code == 201, refunded.status_code == 201)
        assert outcome in ((True, False), (False, True)), (spent.text, refunded.text)
        if not outcome[1]:
            assert refunded.json()["code"] == "gift_card_spent"
        outcomes.add(outcome)
        left = await town.scalar("SELECT balance_minor FROM gift_cards WHERE note = :n", n=number)
        assert left == 0

    assert outcomes
    async with town.database.unit_of_work() as session:
        assert await list_unexplained(session) == []
