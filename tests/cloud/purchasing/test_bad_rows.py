"""Rows that the database itself refuses, whoever writes them."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

pytestmark = pytest.mark.needs_postgres

# A statement, and what refuses it.
BAD = {
    "a supplier without name": ("UPDATE suppliers SET name = ''", "ck_suppliers_name"),
    "a supplier without e-mail": ("UPDATE suppliers SET email = 'x'", "ck_suppliers_email"),
    "a supplier somewhere": ("UPDATE suppliers SET address = '{}'", "ck_suppliers_address"),
    "a supplier nowhere": (
        'UPDATE suppliers SET address = address || \'{"country": "France"}\'',
        "ck_suppliers_address",
    ),
    "a name twice": (
        (
            "INSERT INTO suppliers (name, email, address, is_active, version)"
            " SELECT upper(name::text), 'x@y', address, true, 1 FROM suppliers"
        ),
        "uq_suppliers_name",
    ),
    "an e-mail twice": (
        (
            "INSERT INTO suppliers (name, email, address, is_active, version)"
            " SELECT 'x', upper(email::text), address, true, 1 FROM suppliers"
        ),
        "uq_suppliers_email",
    ),
    "a supplier taken from an order": ("DELETE FROM suppliers", "purchase_orders_supplier_id"),
    "a number of another kind": ("UPDATE purchase_orders SET number = '7'", "orders_number"),
    "a state of no order": ("UPDATE purchase_orders SET state = 'LOST'", "orders_state"),
    "no currency": ("UPDATE purchase_orders SET currency = 'eur'", "orders_currency"),
    "a total that does not add up": (
        "UPDATE purchase_orders SET total_minor = total_minor + 1",
        "orders_total",
    ),
    "a subtotal that is not the lines'": (
        "UPDATE purchase_orders SET subtotal_minor = 1, total_minor = 1 + shipping_minor",
        "the subtotal of a purchase order",
    ),
    "a line beside the subtotal": (
        "UPDATE purchase_lines SET unit_cost_minor = unit_cost_minor + 1",
        "the subtotal of a purchase order",
    ),
    "a line taken out of the subtotal": (
        (
            "ALTER TABLE purchase_receipt_lines DISABLE TRIGGER USER;"
            "DELETE FROM purchase_receipt_lines; DELETE FROM purchase_lines;"
            "SET CONSTRAINTS ALL IMMEDIATE"
        ),
        "the subtotal of a purchase order",
    ),
    "money for taking it": (
        "UPDATE purchase_orders SET shipping_minor = -1, total_minor = subtotal_minor - 1",
        "orders_amounts",
    ),
    "received and never arrived": (
        "UPDATE purchase_orders SET arrived_at = NULL",
        "orders_arrived",
    ),
    "arrived and a draft": ("UPDATE purchase_orders SET state = 'DRAFT'", "orders_arrived"),
    "no bottles ordered": ("UPDATE purchase_lines SET ordered = 0", "lines_ordered"),
    "far more than ordered": ("UPDATE purchase_lines SET received = 23", "lines_received"),
    "fewer than none received": ("UPDATE purchase_lines SET received = -1", "lines_received"),
    "a cost below nothing": (
        "UPDATE purchase_lines SET unit_cost_minor = -1",
        "lines_unit_cost",
    ),
    "a variant in two lines": (
        (
            "INSERT INTO purchase_lines (purchase_order_id, variant_id, ordered, unit_cost_minor)"
            " SELECT purchase_order_id, variant_id, 1, 0 FROM purchase_lines"
        ),
        "uq_purchase_lines",
    ),
    "a step to where it is": (
        (
            "INSERT INTO purchase_steps (purchase_order_id, from_state, to_state, actor_name, at)"
            " SELECT id, state, state, '', now() FROM purchase_orders"
        ),
        "steps_moves",
    ),
    "a step rewritten": ("UPDATE purchase_steps SET to_state = 'CLOSED'", "never changed"),
    "a step removed": ("DELETE FROM purchase_steps", "never changed"),
    "a delivery twice": (
        (
            "INSERT INTO purchase_receipts (purchase_order_id, delivery_note, actor_name, at)"
            " SELECT purchase_order_id, 'ls-1', '', now() FROM purchase_receipts"
        ),
        "uq_purchase_receipts",
    ),
    "a delivery without number": (
        (
            "INSERT INTO purchase_receipts (purchase_order_id, delivery_note, actor_name, at)"
            " SELECT purchase_order_id, '', '', now() FROM purchase_receipts"
        ),
        "receipts_delivery_note",
    ),
    "a delivery rewritten": ("UPDATE purchase_receipts SET delivery_note = 'x'", "never changed"),
    "bottles of a delivery rewritten": (
        "UPDATE purchase_receipt_lines SET quantity = 6",
        "never changed",
    ),
    "bottles that did not come": (
        (
            "INSERT INTO purchase_receipt_lines (receipt_id, line_id, quantity, surplus)"
            " SELECT receipt_id, line_id, 0, 0 FROM purchase_receipt_lines"
        ),
        "lines_quantity",
    ),
    "more over than came": (
        (
            "INSERT INTO purchase_receipt_lines (receipt_id, line_id, quantity, surplus)"
            " SELECT receipt_id, line_id, 1, 2 FROM purchase_receipt_lines"
        ),
        "lines_surplus",
    ),
    "a line twice in a delivery": (
        (
            "INSERT INTO purchase_receipt_lines (receipt_id, line_id, quantity, surplus)"
            " SELECT receipt_id, line_id, 1, 0 FROM purchase_receipt_lines"
        ),
        "uq_purchase_receipt_lines",
    ),
}


async def _refusal(database, statements):
    """Return what refused the statements, or nothing."""
    try:
        async with database.unit_of_work() as session:
            for statement in statements.split(";"):
                await session.execute(text(statement))
    except IntegrityError as error:
        return str(error.orig)
    return ""


async def test_every_bad_row_is_refused(parts, purchase, deliver):
    await deliver(await purchase("PENDING", "CONFIRMED"), "LS-1", 5)

    refused = {name: await _refusal(parts.database, bad) for name, (bad, _) in BAD.items()}

    assert {name for name, (_, by) in BAD.items() if by not in refused[name]} == set(), refused


async def test_who_did_it_is_forgotten_with_the_account(parts, purchase, deliver):
    await deliver(await purchase("PENDING", "CONFIRMED"), "LS-1", 5)

    async with parts.database.unit_of_work() as session:
        for table in ("purchase_steps", "purchase_receipts"):
            await session.execute(text(f"UPDATE {table} SET actor_user_id = NULL"))
