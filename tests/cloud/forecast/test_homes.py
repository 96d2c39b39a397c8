"""What homes hold, as the forecast reads it: a home that reports, agrees and refills."""

from datetime import date, timedelta

import pytest

from cloud.reorders.fleet import FleetReader
from tests.fakes.market import fake_stripe, market, place, relay, settings
from tests.fakes.refills import agree, bottle, confirm, home, runs_low, the_refill

__all__ = ["fake_stripe", "home", "market", "place", "relay", "settings"]
pytestmark = pytest.mark.needs_postgres


async def _fleet(market):
    variant_id = await market.scalar("SELECT id FROM variants")
    now = market.clock.now()
    async with market.database.unit_of_work() as session:
        found = await FleetReader().fleet(
            session, [variant_id], now - timedelta(weeks=26), now, "UTC"
        )
    return found.get(variant_id)


async def _tells(market, home, left_ul=20_000, days=20):
    now = market.clock.now()
    ends = {
        name: (now + timedelta(days=days + more)).isoformat()
        for name, more in (("p10", -2), ("p50", 0), ("p90", 4))
    }
    await home.says("cartridge.level", bottle(market, left_ul) | {"run_out": ends})


async def test_a_home_that_agreed_to_nothing_is_expected_seldom(market, home):
    await _tells(market, home)
    (one,) = (await _fleet(market)).coming

    now = market.clock.now()
    assert (one.odds, one.quantity) == (0.2, 1)
    assert one.empty_at == now + timedelta(days=20)
    assert (one.empty_from, one.empty_until) == (
        now + timedelta(days=18),
        now + timedelta(days=24),
    )
    # 20 of 50 ml last for 20 days.
    assert one.cycle == timedelta(days=50)


async def test_what_a_home_agreed_to_makes_it_surer(market, home, customer):
    await market.give_card(await market.user_id())
    await _tells(market, home)
    assert await agree(market, customer, home, mode="automatic") == 204
    (automatic,) = (await _fleet(market)).coming
    await market.run("UPDATE reorder_slots SET mode = 'off'")
    (off,) = (await _fleet(market)).coming

    assert (automatic.odds, off.odds) == (0.9, 0.2)


async def test_a_bottle_in_the_cupboard_and_a_pause_come_first(market, home):
    await _tells(market, home)
    await market.run("UPDATE reorder_slots SET bottles_on_hand = 1")
    (later,) = (await _fleet(market)).coming
    until = market.clock.now() + timedelta(days=100)
    await market.run(
        "INSERT INTO reorder_households (household_id, paused_until) VALUES (:home, :until)"
        " ON CONFLICT (household_id) DO UPDATE SET paused_until = :until",
        home=home.key.household_id,
        until=until,
    )
    (paused,) = (await _fleet(market)).coming

    assert later.empty_at == market.clock.now() + timedelta(days=70)
    assert paused.empty_at == until + timedelta(days=6)


async def test_silent_and_revoked_hubs_and_tests_are_not_heard(market, home):
    await _tells(market, home)
    await market.run("UPDATE hubs SET revoked_at = now()")
    revoked = await _fleet(market)
    await market.run("UPDATE hubs SET revoked_at = NULL")
    await market.clock.advance(timedelta(days=46))
    silent = await _fleet(market)

    assert (revoked, silent) == (None, None)


async def test_a_refill_is_bought_by_a_home_and_shifts_the_next_one(market, home, customer):
    await market.give_card(await market.user_id())
    await runs_low(market, home)
    await confirm(customer, await the_refill(customer))
    await market.settle()
    fleet = await _fleet(market)

    today = market.clock.now().date()
    assert fleet.refilled == {today: 1}
    assert isinstance(today, date)
    # One is on its way: the present one and that one have to be empty first.
    assert all(one.empty_at > market.clock.now() + timedelta(days=30) for one in fleet.coming)
