"""A parcel that a refill counts on has arrived when its order has, and not by the calendar."""

from datetime import timedelta

import pytest

from cloud.orders import service as orders
from cloud.orders.actors import SYSTEM
from cloud.orders.schemas import NewShipment
from cloud.refunds import service as refunds
from cloud.refunds.schemas import RefundRequest
from tests.fakes.club import Club
from tests.fakes.market import Home, Market
from tests.fakes.parcels import claimed, pass_days, stage
from tests.fakes.refills import bottle

pytestmark = pytest.mark.needs_postgres


async def charged(club: Club, home: Home) -> int:
    """Let the claimed parcel be charged, and its planned day pass by; return its order."""
    await claimed(club, home)
    await pass_days(club, 9)
    await pass_days(club, 7)
    await club.market.settle()
    return int(await club.market.scalar("SELECT id FROM orders ORDER BY id LIMIT 1"))


async def leave(market: Market, order_id: int) -> None:
    async with market.database.unit_of_work() as session:
        parcel = NewShipment(carrier="DHL", tracking="1")
        await orders.ship(session, order_id, parcel, actor=SYSTEM, now=market.clock.now())


async def test_a_claimed_parcel_has_arrived_when_its_order_was_delivered(
    market: Market, home: Home, club: Club
) -> None:
    order_id = await charged(club, home)
    before_it_left = await stage(market)
    await leave(market, order_id)
    await market.settle()
    on_its_way = await stage(market)

    async with market.database.unit_of_work() as session:
        await orders.mark_delivered(session, order_id, actor=SYSTEM, now=market.clock.now())
    await market.settle()

    assert (before_it_left[0], on_its_way[0]) == ("claimed", "claimed")
    assert (await stage(market))[0] == "delivered"
    assert await market.scalar("SELECT bottles_on_hand FROM reorder_slots") == 1
    # It counts among the bottles that came by themselves, and as sent when it was.
    counted = "SELECT ordered_at IS NOT NULL AND shipped_at IS NOT NULL FROM reorders"
    assert await market.scalar(counted)
    asked_in = "SELECT ask_refill_at - stage_at FROM reorders"
    assert await market.scalar(asked_in) == timedelta(days=1)


@pytest.mark.parametrize("time_zone", ["UTC", "Pacific/Kiritimati"])
async def test_a_parcel_whose_carrier_tells_nothing_is_asked_about_days_after_it_was_due(
    market: Market, home: Home, club: Club, time_zone: str
) -> None:
    order_id = await charged(club, home)
    await market.run("UPDATE subscriptions SET time_zone = :zone", zone=time_zone)
    await leave(market, order_id)
    p90_days = await market.scalar("SELECT p90_days FROM orders WHERE id = :id", id=order_id)

    await pass_days(club, p90_days + 2)
    silent = await stage(market)
    await pass_days(club, 2)

    assert silent[0] == "claimed"
    assert await stage(market) == ("delivered", "carrier_silent")


async def test_a_new_bottle_is_the_parcels_once_that_has_left_and_another_before(
    market: Market, home: Home, club: Club
) -> None:
    order_id = await charged(club, home)

    await home.says("cartridge.fitted", bottle(market, 50_000, "install-2", 2))
    await market.settle()
    fitted_early = await stage(market)
    await leave(market, order_id)
    await home.says("cartridge.fitted", bottle(market, 50_000, "install-3", 3))
    await market.settle()

    # The bottle that was paid for still comes; what was fitted before it left was another one.
    assert fitted_early[0] == "claimed"
    assert (await stage(market))[0] == "fitted"


async def test_a_charged_parcel_that_is_given_back_is_counted_on_no_more(
    market: Market, home: Home, club: Club
) -> None:
    order_id = await charged(club, home)

    async with market.database.unit_of_work() as session:
        await refunds.refund_order(
            session,
            market.parts.gateway,
            order_id,
            RefundRequest(reason="lost in the house"),
            actor=SYSTEM,
            now=market.clock.now(),
        )
    await market.settle()
    await pass_days(club, 1)

    assert (await stage(market))[0] != "claimed"
    assert await market.scalar("SELECT count(*) FROM subscription_claims") == 0
