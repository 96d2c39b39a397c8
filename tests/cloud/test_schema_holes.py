"""The holes of the schema that the store was first drawn with: each bad row is refused.

Numbers are those of the design. H-11, H-12, H-22 and H-23 are about all tables and stand in
`foundation/test_migrations.py` and `catalogue/test_schema.py`.
"""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.fakes.market import Market, Place, fake_stripe, market, place, relay, settings

__all__ = ["fake_stripe", "market", "place", "relay", "settings"]

pytestmark = pytest.mark.needs_postgres

_MISSING = "23502"


def _copy(table: str, changes: str) -> str:
    """Return the statement that stores a row again, with some columns changed."""
    return (
        f"INSERT INTO {table} SELECT (jsonb_populate_record(t, '{changes}')).*"
        f" FROM {table} AS t ORDER BY id LIMIT 1"
    )


BAD_ROWS = {
    "H-01 an address of e-mail in other letters": _copy(
        "users", '{"id": 999, "email": "CUSTOMER@EXAMPLE.ORG"}'
    ),
    "H-02 a bottle twice in one cart": _copy("cart_items", '{"id": 999}'),
    "H-02 a wish for any size twice": _copy("wishes", '{"id": 999}'),
    "a price in no money": "INSERT INTO price_marks (variant_id, minor, currency)"
    " SELECT id, 100, 'eu' FROM variants",
    "a campaign under way that never began": "INSERT INTO campaigns (kind, audience, words, link,"
    " stage) VALUES ('PROMOTIONAL_OFFER', 'everybody', '{}', '/', 'sending')",
    "buyers of half a month": "INSERT INTO cohorts (began, month, buyers)"
    " VALUES ('2026-03-02', 0, 1)",
    "H-03 a cart of nobody": "UPDATE carts SET user_id = NULL, token_digest = NULL",
    "H-03 a cart of two": "UPDATE carts SET user_id = (SELECT min(id) FROM users),"
    " token_digest = decode(repeat('00', 32), 'hex')",
    "H-03 fewer than no bottles": "UPDATE cart_items SET quantity = -3",
    "H-03 more bottles than a cart holds": "UPDATE cart_items SET quantity = 100",
    "H-04 a price below nothing": "UPDATE variants SET price_minor = -5",
    "H-04 stock below nothing": "UPDATE stock_levels SET on_hand = -4",
    "H-05 a rating of 99": "UPDATE reviews SET rating = 99",
    "H-05 a rating of nothing": "UPDATE reviews SET rating = 0",
    "H-05 a star that nobody gave": "UPDATE products SET rating_count = rating_count + 1,"
    " rating_sum = rating_sum + 3",
    "H-05 fewer stars than none": "UPDATE products SET rating_counts = '{-1,1,0,0,0}'",
    "H-05 two reviews of one scent by one member": _copy("reviews", '{"id": 999}'),
    "H-05 shown by halves": "UPDATE reviews SET shown_at = now(), first_shown_at = now()",
    "H-05 approved and not shown": "UPDATE reviews SET status = 'APPROVED', decided_at = now()",
    "H-05 refused without a word": "UPDATE reviews SET status = 'REJECTED', decided_at = now()",
    "H-05 bought in no order": "UPDATE reviews SET is_verified = true",
    "H-06 a review of a line that is not there": "UPDATE reviews SET order_item_id = 404,"
    " is_verified = true",
    "H-21 two votes of one member": "INSERT INTO review_votes SELECT * FROM review_votes",
    "H-21 a subscriber twice": _copy(
        "newsletter_subscribers", '{"id": 999, "email": "NEWS@EXAMPLE.ORG"}'
    ),
    "H-21 a subscriber who never confirmed": "UPDATE newsletter_subscribers SET stage = 'active'",
    "H-21 an interest that nobody knows": "UPDATE newsletter_subscribers SET interests = '{cats}'",
    "H-06 a wish for a bottle that is not there": "UPDATE wishes SET variant_id = 404",
    "H-06 a line of a bottle that is not there": "UPDATE order_items SET variant_id = 404",
    "H-07 two default bottles": _copy(
        "variants", '{"id": 999, "sku": "OTHER-1", "capacity_ul": 1}'
    ),
    "H-07 two default addresses": _copy("addresses", '{"id": 999}'),
    "H-08 a total unlike its parts": "UPDATE orders SET total_minor = total_minor + 1",
    "H-08 more given back than paid": "UPDATE orders SET refunded_minor = total_minor + 1",
    "H-09 settings twice": _copy("site_settings", '{"id": 2}'),
    "H-10 a category in itself": "UPDATE categories SET parent_id = id",
    "H-13 a product that was sold": "DELETE FROM products",
    "H-13 a bottle that was sold": "DELETE FROM variants",
    "H-14 an unknown status": "UPDATE orders SET status = 'LOST'",
    "H-14 a parcel of no order": "INSERT INTO shipments (order_id, carrier, shipped_at, arrives_on)"
    " VALUES (404, 'DHL', now(), now())",
    "H-15 a reservation of nothing": "INSERT INTO stock_reservations"
    " (holder, variant_id, quantity, expires_at) SELECT 'x', min(id), 0, now() FROM variants",
    "H-15 a movement that moves nothing": "INSERT INTO stock_movements"
    " (variant_id, delta, on_hand_after, kind, note)"
    " SELECT min(id), 0, 0, 'CORRECTED', '' FROM variants",
    "H-15 a changed entry of the ledger": "UPDATE stock_movements SET delta = delta + 1",
    "H-15 stock in no place": "UPDATE stock_levels SET location_id = 404",
    "H-17 a currency in small letters": "UPDATE order_items SET unit_price_minor = -1",
    "H-17 an order in no currency": "UPDATE orders SET currency = 'eur'",
    "H-18 a text of no product": "INSERT INTO product_translations (product_id, language, name)"
    " VALUES (404, 'de', 'x')",
    "H-20 a changed entry of the audit": "UPDATE audit_entries SET action = 'other'",
    "H-20 a removed entry of the audit": "DELETE FROM audit_entries",
    "H-24 an order of nobody": "UPDATE orders SET email = NULL",
}
BAD_ROWS["H-17 an amount below nothing"] = BAD_ROWS.pop("H-17 a currency in small letters")


@pytest.fixture
async def a_full_shop(market: Market, place: Place, customer, admin) -> Market:
    """A shop in which each table that is tried has a row."""
    variant_id = await market.scalar("SELECT min(id) FROM variants")
    product_id = await market.scalar("SELECT min(id) FROM products")
    user_id = await market.user_id()
    await market.give_address(user_id)
    await customer.post_json("/api/v1/cart/items", {"variant_id": variant_id, "quantity": 1})
    await customer.post_json("/api/v1/wishlist", {"product_id": product_id})
    note = {"quantity": 1, "note": "delivery"}
    await admin.post_json(f"/api/v1/staff/stock/{variant_id}/arrivals", note)
    await market.run(
        "INSERT INTO categories (slug, name, description, position, version)"
        " VALUES ('woods', 'Woods', '', 0, 1)"
    )
    await place(1, user_id=user_id)
    await market.run(
        "INSERT INTO reviews (product_id, user_id, is_verified, keeps_text, author_name, language,"
        " status, rating, title, body, written_at)"
        " VALUES (:product, :user, false, false, 'A', 'en', 'PENDING', 3, '', 'B', now())",
        product=product_id,
        user=user_id,
    )
    await market.run("INSERT INTO review_votes SELECT id, user_id, true, now() FROM reviews")
    await market.run(
        "INSERT INTO newsletter_subscribers (email, name, language, stage, source, asked_at)"
        " VALUES ('news@example.org', '', 'en', 'pending', 'footer', now())"
    )
    return market


async def test_every_bad_row_of_the_first_drawing_is_refused(a_full_shop: Market) -> None:
    accepted, refused_otherwise = [], []
    for hole, statement in BAD_ROWS.items():
        async with a_full_shop.database.unit_of_work() as session:
            try:
                async with session.begin_nested():
                    touched = await session.execute(text(statement))
            except DBAPIError as error:
                state = str(getattr(error.orig, "sqlstate", ""))
                # A row that lacks a column, or a statement that cannot be read, proves nothing.
                if not state.startswith("23") or (state == _MISSING) != hole.startswith("H-24"):
                    refused_otherwise.append((hole, str(error.orig)))
                continue
            accepted.append((hole, touched.rowcount))

    assert accepted == []
    assert refused_otherwise == []


async def test_h19_tokens_of_others_are_stored_sealed_alone(market: Market) -> None:
    columns = await market.rows(
        "SELECT table_name, column_name, data_type FROM information_schema.columns"
        " WHERE table_schema = 'public' AND column_name ~ '(token|secret|password)'"
        " AND table_name NOT LIKE 'procrastinate%'"
    )

    readable = {f"{row.table_name}.{row.column_name}" for row in columns if row.data_type == "text"}
    # Of a password there is its slow hash.
    assert readable == {"users.password_hash"}


async def test_h24_a_guest_orders_without_an_account(market: Market, place: Place) -> None:
    order_id = await place(1)

    assert await market.scalar("SELECT user_id FROM orders WHERE id = :id", id=order_id) is None
