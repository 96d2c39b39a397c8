"""Where a sale ends when the clocks change, at a month's end and on a leap day."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from cloud.admin.forms import Desk, Field, Form, Kind
from cloud.catalogue.models import Variant
from cloud.catalogue.window_sql import PRICE
from cloud.foundation.database import Database

BERLIN = Desk("Europe/Berlin", "EUR")
FORM = Form((Field("sale_ends_at", "Ends", Kind.MOMENT),))
_PRICE = text(
    f"SELECT {PRICE} FROM (SELECT 2890::bigint AS price_minor, 1990::bigint AS sale_price_minor,"
    " NULL::timestamptz AS sale_starts_at, CAST(:ends AS timestamptz) AS sale_ends_at) AS v"
)
ENDS = [
    ("2026-03-29T00:00", datetime(2026, 3, 28, 23, tzinfo=UTC)),  # before the clocks go forward
    ("2026-03-29T03:00", datetime(2026, 3, 29, 1, tzinfo=UTC)),  # the first minute after
    ("2026-10-25T00:00", datetime(2026, 10, 24, 22, tzinfo=UTC)),
    ("2026-10-26T00:00", datetime(2026, 10, 25, 23, tzinfo=UTC)),  # a day of 25 hours later
    ("2026-02-01T00:00", datetime(2026, 1, 31, 23, tzinfo=UTC)),  # another month in UTC
    ("2028-02-29T23:59", datetime(2028, 2, 29, 22, 59, tzinfo=UTC)),
]


@pytest.mark.parametrize(("typed", "moment"), ENDS)
def test_r43_a_sale_ends_when_the_shops_clock_says_so(typed: str, moment: datetime) -> None:
    read = FORM.read({"sale_ends_at": typed}, BERLIN)["sale_ends_at"]

    assert read == moment
    assert FORM.typed({"sale_ends_at": read}, BERLIN)["sale_ends_at"] == typed


@pytest.mark.needs_postgres
async def test_r43_pages_and_quotes_end_it_at_the_same_moment(database: Database) -> None:
    for _, ends in ENDS:
        variant = Variant(
            price_minor=2890, sale_price_minor=1990, sale_ends_at=ends, currency="EUR"
        )
        for step, minor in ((-1, 1990), (0, 2890), (1, 2890)):
            # Whatever zone the asking moment is written in.
            now = (ends + timedelta(microseconds=step)).astimezone(ZoneInfo("America/New_York"))
            async with database.reading() as connection:
                in_sql = await connection.scalar(_PRICE, {"ends": ends, "now": now})
            assert (in_sql, variant.price_at(now).minor) == (minor, minor)
