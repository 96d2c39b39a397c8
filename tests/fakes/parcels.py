"""A home whose refills meet a subscription of its owner's."""

from datetime import timedelta
from typing import Any

import pytest

from cloud.reorders import service as reorders
from tests.fakes.cloud_client import CloudClient
from tests.fakes.club import Club, open_club
from tests.fakes.market import Home, Market
from tests.fakes.refills import agree, low

MOVES = {"may_pull_forward_days": 20, "may_push_back_days": 20}


@pytest.fixture
async def club(market: Market, home: Home, customer: CloudClient) -> Club:
    """The home's owner, who may subscribe."""
    return await open_club(market, customer)


async def subscribe(club: Club, home: Home, in_days: int, **facts: Any) -> int:
    """Subscribe for the home, the first parcel so many days ahead, free to be moved."""
    first_on = (club.market.clock.now() + timedelta(days=in_days)).date().isoformat()
    limits = MOVES | facts
    return await club.subscribe(first_on=first_on, household_id=home.key.household_id, **limits)


async def runs_low_in(market: Market, home: Home, days: int, **facts: Any) -> None:
    """Let the hub report a low bottle that lasts so many days."""
    ends = (market.clock.now() + timedelta(days=days)).isoformat()
    await home.says("cartridge.running_low", low(market, **facts) | {"run_out": {"p50": ends}})
    await market.settle()


async def claimed(club: Club, home: Home) -> int:
    """Let a low bottle take of the parcel that comes in nine days; return the subscription."""
    made = await subscribe(club, home, 9)
    assert await agree(club.market, club.client, home) == 204
    await runs_low_in(club.market, home, 8)
    assert await stage(club.market) == ("claimed", "subscription_parcel")
    return made


async def stage(market: Market) -> tuple[str, str]:
    """Return where the home's only refill stands, and why."""
    (found,) = await market.rows("SELECT stage, reason FROM reorders")
    return tuple(found)


async def pass_days(club: Club, days: int) -> None:
    """Let days pass, charging what is due, and look after the refill that counts on a parcel."""
    market = club.market
    await market.clock.advance(timedelta(days=days))
    await club.turn()
    reorder_id = await market.scalar("SELECT id FROM reorders")
    async with market.database.unit_of_work() as session:
        desk, now = market.parts.reorders, market.clock.now()
        await reorders.look_after_claim(session, desk, reorder_id, now)
