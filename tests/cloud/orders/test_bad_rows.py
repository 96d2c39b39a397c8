"""Rows that the schema itself refuses."""

import pytest
from sqlalchemy.exc import IntegrityError

from tests.fakes.market import Market

pytestmark = pytest.mark.needs_postgres


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE orders SET total_minor = total_minor + 1", "ck_orders_total_adds_up"),
        (
            "UPDATE orders SET refunded_minor = total_minor + 1",
            "ck_orders_refund_within_total",
        ),
        ("UPDATE orders SET currency = 'eur'", "ck_orders_currency_code"),
        ("UPDATE orders SET status = 'LOST'", "ck_orders_status"),
        (
            "UPDATE orders SET shipping_minor = -1, total_minor = subtotal_minor - 1",
            "ck_orders_amounts_not_negative",
        ),
        ("UPDATE order_items SET quantity = 0, subtotal_minor = 0", "ck_order_items_quantity"),
        ("UPDATE order_items SET subtotal_minor = 1", "ck_order_items_subtotal_adds_up"),
        ("DELETE FROM variants", "fk_"),
        (
            "INSERT INTO orders SELECT (jsonb_populate_record(o, '{\"id\": 9}')).* FROM orders o",
            "uq_",
        ),
    ],
)
async def test_the_schema_refuses(
    market: Market, placed: int, statement: str, constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        await market.scalar(statement)
