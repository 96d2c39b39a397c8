"""Many buyers of few bottles, through the front doors of two servers."""

import asyncio
import random
from collections import Counter

import pytest

pytestmark = [pytest.mark.needs_postgres, pytest.mark.timeout(600)]

BUYERS = 50
BOTTLES = 5


@pytest.fixture
def repeats(is_long_run):
    return 10 if is_long_run else 2


async def _buy(buyer, variant_id, total_minor):
    """Go the whole way; return the code that refused, or "paid"."""
    await buyer.put(variant_id)
    placed = await buyer.check_out(total_minor)
    if placed.status_code != 201:
        return placed.json()["code"]
    await buyer.pay(placed.json()["url"])
    return "paid"


async def test_r01_fifty_buyers_of_five_bottles_make_exactly_five_paid_orders(town, repeats):
    for _ in range(repeats):
        variant_id = await town.stock(BOTTLES)
        total = await town.buyer().total({variant_id: 1})
        buyers = [town.buyer() for _ in range(BUYERS)]

        outcomes = Counter(
            await asyncio.gather(*(_buy(buyer, variant_id, total) for buyer in buyers))
        )

        assert outcomes == {"paid": BOTTLES, "out_of_stock": BUYERS - BOTTLES}
        await town.until(
            "SELECT count(*) FROM orders o JOIN order_items i ON i.order_id = o.id"
            " WHERE i.variant_id = :id AND o.status = 'PAID'",
            BOTTLES,
            id=variant_id,
        )
        assert (
            await town.scalar(
                "SELECT on_hand FROM stock_levels WHERE variant_id = :id", id=variant_id
            )
            == 0
        )


async def test_r01_one_cart_checked_out_from_many_tabs_buys_once(town):
    variant_id = await town.stock(BOTTLES)
    buyer = town.buyer()
    total = await buyer.total({variant_id: 2})
    await buyer.put(variant_id, 2)

    answers = await asyncio.gather(*(buyer.check_out(total) for _ in range(10)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["order_number"] for answer in answers}) == 1
    assert (
        await town.scalar(
            "SELECT sum(quantity) FROM stock_reservations WHERE variant_id = :id", id=variant_id
        )
        == 2
    )


async def test_r04_baskets_in_any_order_of_lines_never_deadlock(town, is_long_run):
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    shelf = [await town.stock(10_000) for _ in range(8)]
    at_once = asyncio.Semaphore(16)

    async def order():
        basket = {id_: chance.randint(1, 3) for id_ in chance.sample(shelf, chance.randint(2, 6))}
        buyer = town.buyer()
        async with at_once:
            for variant_id, count in basket.items():
                await buyer.put(variant_id, count)
            placed = await buyer.check_out(await buyer.total(basket))
            if placed.status_code == 201:
                await buyer.pay(placed.json()["url"])
            return placed.status_code

    codes = Counter(await asyncio.gather(*(order() for _ in range(300 if is_long_run else 60))))

    assert set(codes) == {201}
    assert (
        await town.scalar(
            "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        )
        == 0
    )
