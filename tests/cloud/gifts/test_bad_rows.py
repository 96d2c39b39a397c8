"""Rows of sold gift cards that the schema itself refuses."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.fakes.presents import buy_gift, put_gift

pytestmark = pytest.mark.needs_postgres

# What is tried, and a part of the refusal.
REFUSED = [
    ("UPDATE orders SET sold_cards_minor = -1", "sold_cards_within_subtotal"),
    ("UPDATE orders SET gift_card_minor = 1", "cards_pay_no_cards"),
    ("UPDATE orders SET shipping_method = 'standard'", "address_of_parcels"),
    ("UPDATE order_items SET is_gift_card = false", "ck_order_items_gift_card"),
    (
        "UPDATE order_items SET variant_id = (SELECT min(id) FROM variants)",
        "ck_order_items_gift_card",
    ),
    ("UPDATE order_items SET tax_minor = 1", "plain_gift_card"),
    ("UPDATE order_items SET quantity = 2, subtotal_minor = 10000", "plain_gift_card"),
    ("UPDATE cart_gifts SET amount_minor = 0", "ck_cart_gifts_amount"),
    ("UPDATE cart_gifts SET recipient_email = ''", "ck_cart_gifts_recipient"),
    ("UPDATE cart_gifts SET message = repeat('x', 501)", "ck_cart_gifts_lengths"),
    ("UPDATE sold_gifts SET sealed_code = NULL", "ck_sold_gifts_issued"),
    ("UPDATE sold_gifts SET sendings = 0", "ck_sold_gifts_sendings"),
    (
        (
            "INSERT INTO sold_gifts (order_id, order_item_id, recipient_name, recipient_email,"
            " sender_name, message, is_for_self) SELECT order_id, order_item_id, '', '', '', '',"
            " true FROM sold_gifts"
        ),
        "uq_sold_gifts_order_item_id",
    ),
    (
        (
            "INSERT INTO gift_card_entries (gift_card_id, kind, delta_minor, balance_after_minor,"
            " order_id, at) SELECT id, 'TAKEN_BACK', -1, 4999, 1, now() FROM gift_cards"
        ),
        "ck_gift_card_entries_taken_back",
    ),
]


async def test_no_bad_row_of_a_sold_card_gets_in(market, buying):
    await buy_gift(market, buying)
    await put_gift(buying)

    for statement, refusal in REFUSED:
        with pytest.raises(IntegrityError, match=refusal):
            async with market.database.unit_of_work() as session:
                await session.execute(text(statement))
