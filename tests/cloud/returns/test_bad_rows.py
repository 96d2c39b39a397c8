"""Rows of returns, refunds and invoices that the schema itself refuses."""

from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from tests.cloud.returns.test_returns import ask, line, step
from tests.fakes.cloud_client import CloudClient
from tests.fakes.market import Market

pytestmark = pytest.mark.needs_postgres

BAD = {
    "UPDATE return_lines SET received = quantity + 1": "ck_return_lines_received",
    "UPDATE return_lines SET restocked = received + 1": "ck_return_lines_received",
    "UPDATE return_lines SET quantity = 0, received = 0, restocked = 0": "ck_return_lines_quantity",
    "UPDATE return_lines SET reason = 'mood'": "ck_return_lines_reason",
    "UPDATE returns SET stage = 'lost'": "ck_returns_stage",
    "UPDATE refunds SET shipping_minor = amount_minor + 1": "ck_refunds_parts",
    "UPDATE refunds SET gift_card_minor = -1": "ck_refunds_parts",
    "UPDATE refund_lines SET quantity = 0": "ck_refund_lines_quantity",
    "UPDATE refund_lines SET amount_minor = -1": "ck_refund_lines_amounts",
    "INSERT INTO refund_lines (refund_id, order_item_id, quantity, amount_minor, tax_minor)"
    " SELECT refund_id, order_item_id, 1, 0, 0 FROM refund_lines": "uq_refund_lines",
    "INSERT INTO invoices (kind, series, position, number, order_id, paper, issued_at)"
    " SELECT kind, series, position + 9, 'X', order_id, '{}', now() FROM invoices"
    " WHERE kind = 'invoice'": "uq_invoices_order",
    "INSERT INTO invoices (kind, series, position, number, order_id, paper, issued_at)"
    " SELECT 'credit_note', series, 99, 'X', order_id, '{}', now() FROM invoices"
    " WHERE kind = 'invoice'": "ck_invoices_refund",
    "INSERT INTO order_notes (order_id, body, author_name, at)"
    " SELECT id, '', 'Sam', now() FROM orders": "ck_order_notes_body",
}


async def test_the_schema_refuses_each_bad_row(
    market: Market, arrived: str, customer: CloudClient, staff: CloudClient
) -> None:
    number: Any = (await ask(customer, market, arrived)).json()["number"]
    await step(staff, number, "approve")
    await step(staff, number, "receive", lines={await line(market): {"received": 2}})
    await step(staff, number, "refund")
    await market.settle()

    for statement, constraint in BAD.items():
        with pytest.raises(IntegrityError, match=constraint):
            await market.run(statement)
