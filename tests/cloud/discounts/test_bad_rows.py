"""Rows of promotions and gift cards that the schema itself refuses (H-08, H-16)."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from cloud.discounts.service import issue
from cloud.foundation.money import Money
from tests.fakes.promotions import promote

pytestmark = pytest.mark.needs_postgres

# What is tried, and a part of the refusal.
REFUSED = [
    ("UPDATE promotions SET basis_points = 10001", "ck_promotions_basis_points"),
    ("UPDATE promotions SET basis_points = NULL", "ck_promotions_percent_where_it_belongs"),
    ("UPDATE promotions SET buy_units = 2", "ck_promotions_units_where_they_belong"),
    ("UPDATE promotions SET kind = 'GIVEAWAY'", "ck_promotions"),
    (
        "UPDATE promotions SET starts_at = now(), ends_at = now()",
        "ck_promotions_window",
    ),
    ("UPDATE promotions SET most_uses = 0", "ck_promotions_limits"),
    ("INSERT INTO promotion_amounts SELECT id, 'eur', 1, NULL FROM promotions", "currency"),
    ("INSERT INTO promotion_amounts SELECT id, 'EUR', -1, NULL FROM promotions", "amounts"),
    (
        "INSERT INTO promotion_targets (promotion_id, role) SELECT id, 'FOR' FROM promotions",
        "ck_promotion_targets_one_thing",
    ),
    ("INSERT INTO coupons (promotion_id, code) SELECT id, 'spring' FROM promotions", "uq_coup"),
    ("INSERT INTO coupons (promotion_id, code) SELECT id, 'ä b' FROM promotions", "ck_coupons"),
    (
        (
            "INSERT INTO redemptions (promotion_id, order_id, buyer_digest, amount_minor, currency,"
            " redeemed_at) SELECT id, n / 2, sha256('a'), 1, 'EUR', now()"
            " FROM promotions, generate_series(2, 3) n"
        ),
        "uq_redemptions_order_id_promotion_id",
    ),
    (
        (
            "INSERT INTO redemptions (promotion_id, order_id, buyer_digest, amount_minor, currency,"
            " redeemed_at, ended_at) SELECT id, 1, sha256('a'), 1, 'EUR', now(), now()"
            " FROM promotions"
        ),
        "ck_redemptions_end_has_a_reason",
    ),
    ("UPDATE gift_cards SET balance_minor = -1", "ck_gift_cards_balance"),
    ("UPDATE gift_cards SET ending = 'abc'", "ck_gift_cards_ending"),
    ("UPDATE gift_cards SET expires_at = issued_at", "ck_gift_cards_expiry"),
    ("UPDATE gift_card_entries SET delta_minor = 1", "never changed or removed"),
    ("DELETE FROM gift_card_entries", "never changed or removed"),
    ("DELETE FROM gift_cards", "fk_gift_card_entries"),
    (
        (
            "INSERT INTO gift_card_entries (gift_card_id, kind, delta_minor, balance_after_minor,"
            " at) SELECT id, 'SPENT', -1, 4999, now() FROM gift_cards"
        ),
        "ck_gift_card_entries_spent",
    ),
    (
        (
            "INSERT INTO gift_card_entries (gift_card_id, kind, delta_minor, balance_after_minor,"
            " order_id, at) SELECT id, 'SPENT', -1, 4999, n / 2, now()"
            " FROM gift_cards, generate_series(2, 3) n"
        ),
        "uq_gift_card_entries_spent",
    ),
    (
        (
            "INSERT INTO gift_card_holds (gift_card_id, order_id, amount_minor, expires_at)"
            " SELECT id, 1, 0, now() FROM gift_cards"
        ),
        "ck_gift_card_holds_amount",
    ),
]


@pytest.fixture
async def stocked(database, clock):
    """A promotion of ten per cent with a coupon, and a gift card of 50 EUR."""
    async with database.unit_of_work() as session:
        await promote(session, "SPRING")
        await issue(session, Money(5000, "EUR"), clock.now(), issued_by=None)
    return database


async def test_the_schema_refuses_every_bad_row(stocked):
    async with stocked.unit_of_work() as session:
        for statement, constraint in REFUSED:
            with pytest.raises(IntegrityError, match=constraint):
                async with session.begin_nested():
                    await session.execute(text(statement))
