"""The last use of a coupon and the last money of a gift card, through the doors of two servers."""

import asyncio
from collections import Counter

import pytest

from cloud.discounts.service import list_unexplained
from cloud.foundation.clock import SystemClock
from tests.fakes.promotions import give_card, promote

pytestmark = [pytest.mark.needs_postgres, pytest.mark.timeout(600)]

BUYERS = 50
USES = 5
BOTTLE = 7000  # delivered free


async def _coupon(town, code, **limits):
    async with town.database.unit_of_work() as session:
        return (await promote(session, code, **limits)).id


async def _order(buyer, variant_id, code, total_minor, **changed):
    """Order one bottle with a code; return what refused it, or "placed"."""
    await buyer.put(variant_id)
    entered = await buyer.client.post_json("/api/v1/cart/codes", {"code": code})
    assert entered.status_code == 200, entered.text
    answer = await buyer.check_out(total_minor, **changed)
    return "placed" if answer.status_code == 201 else answer.json()["code"]


async def _uses(town, promotion_id):
    return await town.scalar(
        "SELECT count(*) FROM redemptions WHERE promotion_id = :id AND ended_at IS NULL",
        id=promotion_id,
    )


async def test_r19_the_last_uses_of_a_coupon_go_to_exactly_so_many_of_fifty_buyers(town):
    variant_id = await town.stock(BUYERS, price_minor=BOTTLE)
    promotion_id = await _coupon(town, "LASTUSES", most_uses=USES)

    outcomes = Counter(
        await asyncio.gather(
            *(
                _order(town.buyer(), variant_id, "LASTUSES", 6300, email=f"b{at}@example.org")
                for at in range(BUYERS)
            )
        )
    )

    assert outcomes["placed"] == USES
    assert set(outcomes) <= {"placed", "discount_gone", "total_changed"}
    assert await _uses(town, promotion_id) == USES


async def test_r19_one_person_in_many_sessions_uses_a_coupon_once(town):
    variant_id = await town.stock(BUYERS, price_minor=BOTTLE)
    promotion_id = await _coupon(town, "ONCEEACH", most_uses_each=1)
    spellings = [f"Same.Person+{at}@Gmail.com" for at in range(20)]

    outcomes = Counter(
        await asyncio.gather(
            *(
                _order(town.buyer(), variant_id, "ONCEEACH", 6300, email=email)
                for email in spellings
            )
        )
    )

    assert outcomes["placed"] == 1
    assert await _uses(town, promotion_id) == 1


async def test_r19_the_money_on_a_gift_card_is_spent_once_by_many_at_the_same_time(town):
    variant_id = await town.stock(BUYERS, price_minor=BOTTLE)
    async with town.database.unit_of_work() as session:
        issued = await give_card(session, 2 * BOTTLE + 100, SystemClock().now())

    outcomes = Counter(
        await asyncio.gather(
            *(
                _order(town.buyer(), variant_id, issued.code, BOTTLE, seen_due_minor=0)
                for _ in range(20)
            )
        )
    )

    # Two orders that the card pays wholly; nobody else was shown what the rest of it could pay.
    assert outcomes["placed"] == 2
    await town.until("SELECT balance_minor FROM gift_cards WHERE id = :id", 100, id=issued.card.id)
    async with town.database.unit_of_work() as session:
        assert await list_unexplained(session) == []
