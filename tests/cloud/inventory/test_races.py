"""Many buyers at once, over real connections."""

import asyncio
import random
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from cloud.foundation.database import Database
from cloud.inventory.errors import MoreThanSold, OutOfStock, ReservationLapsed
from cloud.inventory.kinds import MovementKind
from cloud.inventory.models import StockLevel, StockMovement
from cloud.inventory.service import (
    StockLine,
    available,
    consume,
    list_unexplained,
    release,
    reserve,
    restock,
)
from tests.fakes.shelf import put_on_shelf

pytestmark = pytest.mark.needs_postgres

QUARTER = timedelta(minutes=15)


@pytest.fixture
async def shop(database_url):
    """A database that fifty buyers fit into."""
    database = Database(database_url, pool_size=25)
    yield database
    await database.close()


async def _stock(shop, *numbers):
    async with shop.unit_of_work() as session:
        return [
            (await put_on_shelf(session, f"SCENT-{at}", bottles=bottles)).id
            for at, bottles in enumerate(numbers)
        ]


async def _try_to_buy(shop, order_id, lines, now):
    """Reserve in one transaction and consume in the next, as a checkout does."""
    holder = f"order:{order_id}"
    try:
        async with shop.unit_of_work() as session:
            await reserve(session, holder, lines, QUARTER, now)
    except OutOfStock:
        return False
    async with shop.unit_of_work() as session:
        await consume(session, holder, order_id, now)
    return True


@pytest.mark.parametrize("race", range(3))
async def test_fifty_buyers_of_five_bottles_make_exactly_five_sales(shop, clock, race):
    (variant_id,) = await _stock(shop, 5)

    sales = await asyncio.gather(
        *(
            _try_to_buy(shop, order, [StockLine(variant_id, 1)], clock.now())
            for order in range(1, 51)
        )
    )

    assert Counter(sales) == {True: 5, False: 45}
    async with shop.unit_of_work() as session:
        assert await session.scalar(select(StockLevel.on_hand)) == 0
        assert await list_unexplained(session) == []


async def test_two_lines_of_one_variant_each_cannot_oversell(shop, clock):
    (variant_id,) = await _stock(shop, 7)
    lines = [StockLine(variant_id, 1), StockLine(variant_id, 1)]

    sales = await asyncio.gather(
        *(_try_to_buy(shop, order, lines, clock.now()) for order in range(1, 31))
    )

    assert sum(sales) == 3
    async with shop.unit_of_work() as session:
        assert await session.scalar(select(StockLevel.on_hand)) == 1


async def test_baskets_in_opposite_order_never_wait_for_each_other_in_a_circle(shop, clock):
    ids = await _stock(shop, *[200] * 6)
    chance = random.Random(7)
    baskets = [
        [StockLine(one, chance.randint(1, 3)) for one in chance.sample(ids, chance.randint(2, 6))]
        for _ in range(150)
    ]

    sales = await asyncio.gather(
        *(_try_to_buy(shop, at, basket, clock.now()) for at, basket in enumerate(baskets, 1))
    )

    wanted = Counter[int]()
    for basket, is_sold in zip(baskets, sales, strict=True):
        for line in basket if is_sold else ():
            wanted[line.variant_id] += line.quantity
    async with shop.unit_of_work() as session:
        rows = await session.execute(select(StockLevel.variant_id, StockLevel.on_hand))
        assert {row.variant_id: 200 - row.on_hand for row in rows} == dict(wanted)
        assert await list_unexplained(session) == []


async def test_an_order_consumed_by_ten_at_once_is_sold_once(shop, clock):
    (variant_id,) = await _stock(shop, 10)
    async with shop.unit_of_work() as session:
        await reserve(session, "order:1", [StockLine(variant_id, 2)], QUARTER, clock.now())

    async def one():
        async with shop.unit_of_work() as session:
            await consume(session, "order:1", 1, clock.now())

    await asyncio.gather(*(one() for _ in range(10)))

    async with shop.unit_of_work() as session:
        sold = select(func.count()).where(StockMovement.kind == MovementKind.SOLD)
        assert await session.scalar(sold) == 1
        assert await available(session, variant_id, clock.now()) == 8


async def test_consuming_and_releasing_at_once_do_one_or_the_other(shop, clock):
    (variant_id,) = await _stock(shop, 10)
    for order in range(1, 11):
        async with shop.unit_of_work() as session:
            await reserve(
                session, f"order:{order}", [StockLine(variant_id, 1)], QUARTER, clock.now()
            )

    async def give_up(order):
        async with shop.unit_of_work() as session:
            await release(session, f"order:{order}")

    await asyncio.gather(
        *(give_up(order) for order in range(1, 11)),
        *(_quietly(_consume(shop, order, clock.now())) for order in range(1, 11)),
    )

    async with shop.unit_of_work() as session:
        sold = await session.scalar(
            select(func.count()).where(StockMovement.kind == MovementKind.SOLD)
        )
        assert await available(session, variant_id, clock.now()) == 10 - sold
        assert await list_unexplained(session) == []


async def test_two_refunds_at_once_cannot_bring_back_more_than_was_sold(shop, clock):
    (variant_id,) = await _stock(shop, 10)
    assert await _try_to_buy(shop, 1, [StockLine(variant_id, 3)], clock.now())

    async def bring_back():
        async with shop.unit_of_work() as session:
            await restock(session, 1, [StockLine(variant_id, 2)], "returned")

    await asyncio.gather(*(_quietly(bring_back()) for _ in range(6)))

    async with shop.unit_of_work() as session:
        assert await available(session, variant_id, clock.now()) == 9


async def _consume(shop, order_id, now):
    async with shop.unit_of_work() as session:
        await consume(session, f"order:{order_id}", order_id, now)


async def _quietly(call):
    try:
        await call
    except (ReservationLapsed, MoreThanSold):
        return
