"""A shop with a few bottles, and books to fill it with."""

import pytest
from sqlalchemy import text

from cloud.site.seed import seed_site
from tests.fakes.books import live
from tests.fakes.shelf import put_on_shelf


@pytest.fixture
async def variant_ids(parts):
    """Six bottles; of one nobody knows what it cost."""
    async with parts.database.unit_of_work() as session:
        await seed_site(session)
        return [
            (
                await put_on_shelf(
                    session,
                    f"BOTTLE-{number}",
                    bottles=number,
                    cost_minor=1000 if number < 5 else None,
                )
            ).id
            for number in range(6)
        ]


@pytest.fixture
def move_shop(parts):
    """Put the shop into a zone."""

    async def move(zone):
        async with parts.database.unit_of_work() as session:
            await session.execute(text("UPDATE site_settings SET time_zone = :z"), {"z": zone})

    return move


@pytest.fixture
def lived(parts, variant_ids):
    """Live through some orders and return the books."""

    async def run(seed, count=300):
        books = live(seed, variant_ids, count)
        async with parts.database.unit_of_work() as session:
            await books.write(session)
        return books

    return run
