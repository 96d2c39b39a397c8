"""How often something may be tried, over all processes."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from cloud.foundation.database import Database
from cloud.foundation.errors import TooManyRequests
from cloud.foundation.rate_limits import Rate, RateLimiter, sweep_rate_limits

pytestmark = pytest.mark.needs_postgres

RATE = Rate(3, timedelta(minutes=3))


@pytest.fixture
def limiter(database, clock) -> RateLimiter:
    return RateLimiter(database, clock)


async def test_the_fourth_of_three_tries_is_refused_with_the_time_to_wait(limiter):
    for _ in range(3):
        await limiter.count("door", RATE)

    with pytest.raises(TooManyRequests) as refused:
        await limiter.count("door", RATE)

    assert refused.value.retry_after_s == 60
    assert "60 seconds" in refused.value.hint


async def test_a_try_comes_back_after_its_share_of_the_time(limiter, clock):
    for _ in range(3):
        await limiter.count("door", RATE)
    clock.step(timedelta(seconds=60))

    await limiter.count("door", RATE)

    with pytest.raises(TooManyRequests):
        await limiter.count("door", RATE)


async def test_keys_do_not_share_their_tries(limiter):
    for _ in range(3):
        await limiter.count("door", RATE)

    await limiter.count("window", RATE)


async def test_a_forgotten_key_has_all_its_tries(limiter):
    for _ in range(3):
        await limiter.count("door", RATE)

    await limiter.forget("door")

    await limiter.count("door", RATE)


async def test_two_pools_share_one_count(database, database_url, clock):
    other = Database(database_url)
    limiters = [RateLimiter(database, clock), RateLimiter(other, clock)]

    outcomes = await asyncio.gather(
        *(limiters[turn % 2].count("door", RATE) for turn in range(20)), return_exceptions=True
    )

    assert outcomes.count(None) == 3
    await other.close()


async def test_a_sweep_leaves_only_what_still_limits(limiter, database, clock):
    await limiter.count("old", RATE)
    clock.step(timedelta(minutes=5))
    await limiter.count("new", RATE)

    async with database.unit_of_work() as session:
        await sweep_rate_limits(session, clock.now())

    async with database.reading() as connection:
        assert list(await connection.scalars(text("SELECT key FROM rate_limits"))) == ["new"]
