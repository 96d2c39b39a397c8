"""Visits: a number a day, and nothing about anybody."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from cloud.site.seed import seed_site

pytestmark = pytest.mark.needs_postgres

COMES_IN = {
    "sec-fetch-mode": "navigate",
    "sec-fetch-dest": "document",
    "sec-fetch-site": "none",
}


@pytest.fixture
async def visits(app, parts):
    """Write down what was counted, and return it by day."""
    async with parts.database.unit_of_work() as session:
        await seed_site(session)

    async def run():
        await app.state.visits.write()
        async with parts.database.reading() as connection:
            rows = await connection.execute(text("SELECT day, visits FROM daily_visits ORDER BY 1"))
            return [(str(row.day), row.visits) for row in rows]

    return run


async def test_coming_in_counts_once_and_walking_around_does_not(client, visits):
    for site in ("none", "cross-site", "same-origin", "same-origin"):
        await client.get("/", headers=COMES_IN | {"sec-fetch-site": site})

    assert await visits() == [("2026-03-02", 2)]


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("/", {}),
        ("/", COMES_IN | {"sec-fetch-mode": "cors"}),
        ("/", COMES_IN | {"sec-fetch-dest": "iframe"}),
        ("/", COMES_IN | {"sec-purpose": "prefetch"}),
        ("/nothing-here", COMES_IN),
        ("/api/v1/csrf", COMES_IN),
        ("/admin/orders", COMES_IN),
    ],
)
async def test_what_is_no_visit_is_not_counted(client, visits, address, headers):
    await client.get(address, headers=headers)

    assert await visits() == []


async def test_a_day_is_the_shops_and_several_looks_add_up(client, visits, clock, parts):
    async with parts.database.unit_of_work() as session:
        await session.execute(text("UPDATE site_settings SET time_zone = 'Pacific/Auckland'"))
    await client.get("/", headers=COMES_IN)
    before = await visits()
    await client.get("/", headers=COMES_IN)
    clock.step(timedelta(seconds=11))
    await client.get("/", headers=COMES_IN)
    async with parts.database.reading() as connection:
        written = await connection.scalar(text("SELECT sum(visits) FROM daily_visits"))

    assert before == [("2026-03-03", 1)]
    # The third was more than ten seconds after the second: both were written down by themselves.
    assert written == 3
    assert await visits() == [("2026-03-03", 3)]
