"""Wait for something to be seen in the database."""

import asyncio

from sqlalchemy import text

from cloud.foundation.database import Database
from tests.fakes.waiting import LOOK_EVERY_S


async def eventually_in(database: Database, query: str, *, within_s: float = 10.0) -> None:
    """Return once a query has a row; fail the test with its words after the deadline."""
    try:
        async with asyncio.timeout(within_s), database.reading() as connection:
            while not (await connection.execute(text(query))).all():  # noqa: ASYNC110 - another session sets no Event
                await asyncio.sleep(LOOK_EVERY_S)  # noqa: TID251 - looks until the deadline
    except TimeoutError:
        raise AssertionError(f"not within {within_s} s: {query}") from None
