"""Stock in several places, sets of bottles, and news of what runs low."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from cloud.foundation.database import Database
from cloud.foundation.events import EventBook
from cloud.inventory.errors import NestedSet, OutOfStock, StockNegative
from cloud.inventory.events import StockCameBack, StockRanLow
from cloud.inventory.models import StockLocation, StockReservation
from cloud.inventory.service import (
    StockLine,
    availability,
    available,
    carry,
    consume,
    correct,
    list_unexplained,
    make_set,
    receive,
    reserve,
    restock,
    watch,
)
from tests.fakes.shelf import LONG_AGO, put_on_shelf

pytestmark = pytest.mark.needs_postgres

QUARTER = timedelta(minutes=15)
MAIN = 1


@pytest.fixture
async def annex(database):
    """A second place, asked after the first."""
    async with database.unit_of_work() as session:
        place = StockLocation(code="annex", name="Annex", priority=5, is_active=True)
        session.add(place)
        await session.flush()
        return place.id


@pytest.fixture
async def variant_id(database, annex):
    """A variant with four bottles in the main place and six in the annex."""
    async with database.unit_of_work() as session:
        variant_id = (await put_on_shelf(session, bottles=4)).id
        await receive(session, variant_id, 6, "moved in", location_id=annex)
        return variant_id


async def _held(session):
    rows = await session.execute(
        select(StockReservation.location_id, StockReservation.quantity).order_by(
            StockReservation.location_id
        )
    )
    return [tuple(row) for row in rows]


async def test_all_places_together_can_be_bought(database, clock, variant_id):
    async with database.unit_of_work() as session:
        assert await available(session, variant_id, clock.now()) == 10


async def test_what_an_inactive_place_holds_cannot_be_bought(database, clock, variant_id, annex):
    async with database.unit_of_work() as session:
        (await session.get(StockLocation, annex)).is_active = False
        await session.flush()

        assert await available(session, variant_id, clock.now()) == 4
        with pytest.raises(OutOfStock):
            await reserve(session, "order:1", [StockLine(variant_id, 5)], QUARTER, clock.now())


@pytest.mark.parametrize(("bottles", "taken_from"), [(3, "main"), (6, "annex"), (9, "both")])
async def test_the_preferred_place_sends_unless_another_has_it_all(
    database, clock, variant_id, annex, bottles, taken_from
):
    wanted = {"main": [(MAIN, 3)], "annex": [(annex, 6)], "both": [(MAIN, 4), (annex, 5)]}

    async with database.unit_of_work() as session:
        await reserve(session, "order:1", [StockLine(variant_id, bottles)], QUARTER, clock.now())

        assert await _held(session) == wanted[taken_from]


async def test_sold_bottles_go_back_where_they_came_from(database, clock, variant_id):
    async with database.unit_of_work() as session:
        await reserve(session, "order:1", [StockLine(variant_id, 9)], QUARTER, clock.now())
        await consume(session, "order:1", 1, clock.now())
        await restock(session, 1, [StockLine(variant_id, 9)], "sent back")

        levels = await session.execute(
            text("SELECT on_hand FROM stock_levels ORDER BY location_id")
        )
        assert [row.on_hand for row in levels] == [4, 6]
        assert await list_unexplained(session) == []


async def test_carrying_changes_no_sum_and_takes_no_more_than_there_is(
    database, clock, variant_id, annex
):
    async with database.unit_of_work() as session:
        await carry(session, variant_id, 4, source=MAIN, target=annex, note="")

        assert await available(session, variant_id, clock.now()) == 10
        assert await list_unexplained(session) == []
        with pytest.raises(StockNegative):
            await carry(session, variant_id, 1, source=MAIN, target=annex, note="")


@pytest.fixture
async def the_set(database):
    """A set of two of the first bottle and one of the second; ten and three are there."""
    async with database.unit_of_work() as session:
        first = (await put_on_shelf(session, "FIRST", bottles=10)).id
        second = (await put_on_shelf(session, "SECOND", bottles=3)).id
        the_set = (await put_on_shelf(session, "SET", bottles=0)).id
        await make_set(session, the_set, [StockLine(first, 2), StockLine(second, 1)])
        return the_set, first, second


async def test_a_set_can_be_bought_as_often_as_its_scarcest_part_allows(database, clock, the_set):
    set_id, first, second = the_set
    async with database.unit_of_work() as session:
        assert await availability(session, [set_id, first, second], clock.now()) == {
            set_id: 3,
            first: 10,
            second: 3,
        }


async def test_r03_a_set_and_its_part_in_one_order_count_together(database, clock, the_set):
    set_id, first, second = the_set
    async with database.unit_of_work() as session:
        lines = [StockLine(set_id, 2), StockLine(second, 2)]
        with pytest.raises(OutOfStock) as caught:
            await reserve(session, "order:1", lines, QUARTER, clock.now())
        (shortage,) = caught.value.shortages
        assert (shortage.variant_id, shortage.asked, shortage.available) == (second, 4, 3)

        await reserve(
            session, "order:1", [StockLine(set_id, 2), StockLine(second, 1)], QUARTER, clock.now()
        )
        left = await availability(session, [set_id, first, second], clock.now())
        assert left == {set_id: 0, first: 6, second: 0}


async def test_r03_buyers_of_sets_and_of_parts_at_once_never_oversell(
    database_url, database, clock, the_set
):
    set_id, first, second = the_set
    shop = Database(database_url, pool_size=20)

    async def buy(number, line):
        try:
            async with shop.unit_of_work() as session:
                await reserve(session, f"order:{number}", [line], QUARTER, clock.now())
                await consume(session, f"order:{number}", number, clock.now())
        except OutOfStock:
            return 0
        return line.quantity

    lines = [StockLine(set_id, 1)] * 8 + [StockLine(second, 1)] * 8 + [StockLine(first, 1)] * 8
    bought = await asyncio.gather(*(buy(n, line) for n, line in enumerate(lines, 1)))
    await shop.close()

    assert sum(bought[:8]) + sum(bought[8:16]) == 3
    async with database.unit_of_work() as session:
        assert await list_unexplained(session) == []


async def test_a_returned_set_puts_its_parts_back(database, clock, the_set):
    set_id, first, second = the_set
    async with database.unit_of_work() as session:
        await reserve(session, "order:1", [StockLine(set_id, 2)], QUARTER, clock.now())
        await consume(session, "order:1", 1, clock.now())
        await restock(session, 1, [StockLine(set_id, 2)], "sent back")

        left = await availability(session, [first, second], clock.now())
        assert left == {first: 10, second: 3}


async def test_a_set_in_a_set_is_refused_from_both_sides(database, the_set):
    set_id, first, second = the_set
    async with database.unit_of_work() as session:
        other = (await put_on_shelf(session, "OTHER", bottles=1)).id

        for outer, inner in ((other, set_id), (first, other), (other, other)):
            with pytest.raises(NestedSet):
                await make_set(session, outer, [StockLine(inner, 1)])
        assert (await availability(session, [second], LONG_AGO))[second] == 3


@pytest.fixture
def told(database_url):
    """A database whose news of stock is kept."""
    news = []

    async def keep(_session, event):
        news.append(event)

    book = EventBook({StockRanLow: [keep], StockCameBack: [keep]})
    return Database(database_url, events=book, pool_size=2), news


async def test_what_runs_low_is_told_once_and_again_after_it_recovered(told, clock):
    database, news = told
    async with database.unit_of_work() as session:
        variant_id = (await put_on_shelf(session, bottles=10)).id
        await watch(session, clock.now())
        assert news == []

        await correct(session, variant_id, -6, "counted")
        await watch(session, clock.now())
        await watch(session, clock.now())
        assert [(type(one), one.available) for one in news] == [(StockRanLow, 4)]

        await correct(session, variant_id, -4, "counted")
        await watch(session, clock.now())
        await receive(session, variant_id, 20, "delivery")
        await watch(session, clock.now())
        assert [type(one) for one in news] == [StockRanLow, StockCameBack]

        await correct(session, variant_id, -18, "counted")
        await watch(session, clock.now())
        assert [type(one) for one in news] == [StockRanLow, StockCameBack, StockRanLow]
    await database.close()


async def test_bottles_set_aside_count_as_gone_until_their_time_is_over(told, clock):
    database, news = told
    async with database.unit_of_work() as session:
        variant_id = (await put_on_shelf(session, bottles=10)).id
        await watch(session, clock.now())
        await reserve(session, "order:1", [StockLine(variant_id, 10)], QUARTER, clock.now())
        await watch(session, clock.now())
        clock.step(timedelta(minutes=16))
        await watch(session, clock.now())

    assert [type(one) for one in news] == [StockRanLow, StockCameBack]
    await database.close()
