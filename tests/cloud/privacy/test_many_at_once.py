"""Each wish to be forgotten is a job of its own: a bad one stops no other and is not lost."""

from datetime import timedelta

import pytest

from tests.fakes.market import Market
from tests.fakes.spoilt import mend, spoil

pytestmark = pytest.mark.needs_postgres

FORGOTTEN = "SELECT id FROM users WHERE erased_at IS NOT NULL AND name = '' ORDER BY id"


async def test_of_several_wishes_a_bad_one_stops_no_other(market: Market) -> None:
    people = [await _member_who_goes(market, number) for number in range(4)]
    bad, done_before = people[1], people[3]
    await market.run("UPDATE erasures SET done_at = now() WHERE user_id = :id", id=done_before)
    await market.run("UPDATE users SET erased_at = now() WHERE id = :id", id=done_before)
    await spoil(market, "users", bad)
    await market.clock.advance(timedelta(hours=1, minutes=1))
    await market.do_jobs()

    forgotten = [row.id for row in await market.rows(FORGOTTEN)]
    waiting = await market.rows("SELECT user_id FROM erasures WHERE done_at IS NULL")
    reasons = await market.rows("SELECT reason FROM job_failures")
    await mend(market)
    await market.clock.advance(timedelta(hours=1, minutes=1))
    await market.do_jobs()

    assert forgotten == [people[0], people[2], done_before]
    assert [row.user_id for row in waiting] == [bad]
    assert ["a bad row" in row.reason for row in reasons] == [True]
    assert [row.id for row in await market.rows(FORGOTTEN)] == people


async def _member_who_goes(market: Market, number: int) -> int:
    user_id = await market.scalar(
        "INSERT INTO users (email, name, role) VALUES (:email, 'Wilma', 'CUSTOMER') RETURNING id",
        email=f"wilma-{number}@example.org",
    )
    await market.run(
        "INSERT INTO erasures (user_id, asked_at, waits_for) VALUES (:id, now(), '')", id=user_id
    )
    return int(user_id)
