"""Whoever is forgotten while others are at work on what is theirs: each waits, and none in a ring.

Two connections, in an order that is held to: what one has locked, the other asks for.
"""

import asyncio

import pytest
from sqlalchemy import text

from cloud.foundation.identity import Role, SignedIn
from cloud.orders import service as orders
from cloud.orders.actors import SYSTEM
from cloud.refunds import service as refunds
from cloud.refunds.schemas import RefundRequest
from cloud.subscriptions import service as subscriptions
from cloud.subscriptions.schemas import PauseAsked
from cloud.subscriptions.service.locking import lock
from tests.cloud.privacy.test_erasing import EMAIL, buy, complete, member
from tests.fakes.club import open_club
from tests.fakes.market import Market

__all__ = ["member"]

pytestmark = pytest.mark.needs_postgres

_WAITING = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'
"""
# One of the many rows that point to an account, and so hold its row a little.
_NOTE = text("""
    INSERT INTO customer_notes (user_id, body, author_name, at) VALUES (:id, 'Called', 'Sam', now())
""")
_FORGOTTEN = "SELECT erased_at IS NOT NULL FROM users WHERE id = :id"


async def _wish(market: Market, email: str = EMAIL) -> int:
    """Have somebody wish to be forgotten; return their account."""
    user_id = int(await market.scalar("SELECT id FROM users WHERE email = :email", email=email))
    await market.run(
        "INSERT INTO erasures (user_id, asked_at, waits_for) VALUES (:id, now(), '')", id=user_id
    )
    return user_id


async def _forget(market: Market, user_id: int) -> None:
    async with market.database.unit_of_work() as session:
        await market.parts.privacy.forget(session, user_id)


async def _somebody_waits(market: Market) -> None:
    async with asyncio.timeout(30):
        while not await market.scalar(_WAITING):
            pass


async def test_whoever_gives_an_orders_money_back_and_whoever_forgets_its_buyer_both_succeed(
    market, member, parts
):
    await complete(market, parts, await buy(market, member))
    user_id, now = await _wish(market), market.clock.now()
    order_id = await market.scalar("SELECT id FROM orders")

    async with asyncio.TaskGroup() as tasks, market.database.unit_of_work() as session:
        await orders.lock(session, order_id)
        tasks.create_task(_forget(market, user_id), name="forget")
        await _somebody_waits(market)
        asked = RefundRequest(reason="late")
        await refunds.refund_order(session, parts.gateway, order_id, asked, actor=SYSTEM, now=now)
        await session.execute(_NOTE, {"id": user_id})

    # The money is on its way by then, which the wish waits for.
    await market.settle()
    async with market.database.unit_of_work() as session:
        await parts.privacy.look_after_person(session, user_id)

    assert await market.scalar(_FORGOTTEN, id=user_id)
    assert await market.scalar("SELECT status FROM orders") == "REFUNDED"
    assert await market.scalar("SELECT count(*) FROM customer_notes") == 0


async def test_whoever_wrote_of_a_person_before_asks_for_their_order_without_a_ring(
    market, member, parts
):
    await complete(market, parts, await buy(market, member))
    user_id = await _wish(market)
    order_id = await market.scalar("SELECT id FROM orders")

    async with asyncio.timeout(30), market.database.unit_of_work() as session:
        await session.execute(_NOTE, {"id": user_id})
        await _forget(market, user_id)
        await orders.lock(session, order_id)

    assert await market.scalar(_FORGOTTEN, id=user_id)


async def test_whoever_pauses_a_subscription_and_whoever_forgets_its_owner_both_succeed(
    market, customer
):
    club = await open_club(market, customer)
    made = await club.subscribe(first_on="2026-03-20")
    now = market.clock.now()
    me = SignedIn(club.user_id, "customer@example.org", "Ada", Role.CUSTOMER, 1, now)
    user_id = await _wish(market, me.email)

    async with asyncio.TaskGroup() as tasks, market.database.unit_of_work() as session:
        await lock(session, made)
        tasks.create_task(_forget(market, user_id), name="forget")
        await _somebody_waits(market)
        await subscriptions.pause_own(session, me, made, PauseAsked(), now)

    assert await market.scalar(_FORGOTTEN, id=user_id)
    assert await market.scalar("SELECT status FROM subscriptions") == "CANCELLED"
