"""Rows that make no sense are refused by the database itself, whoever sends them."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

pytestmark = pytest.mark.needs_postgres

ENTRY = (
    "INSERT INTO point_entries (user_id, kind, points, total_after, order_id, expires_at, at) "
    "VALUES (1, '{}', {}, 0, {}, {}, now())"
)
LATER = "now() + interval '1 day'"
LOT = (
    'INSERT INTO point_lots (entry_id, user_id, points, "left", expires_at) '
    f"SELECT id, 1, 5, 5, {LATER} FROM point_entries"
)
CARD = (
    "INSERT INTO rewards (name, kind, cost_points, amount_minor, currency, redeemed, "
    "max_redemptions, is_active, version) VALUES ('R', 'GIFT_CARD', 1, 1, 'EUR', 2, 1, true, 1)"
)
REWARD = (
    "INSERT INTO rewards (name, kind, cost_points, basis_points, is_active, "
    "version) VALUES ('R', '{}', {}, {}, true, 1)"
)
TIER = (
    "INSERT INTO tiers (name, min_points, colour, benefits, icon, version) "
    "VALUES ('T', {}, '{}', '{}', 'star', 1)"
)
FRIEND = (
    "INSERT INTO referrals (friend_id, inviter_id, stage, invited_at) VALUES ({}, 1, '{}', now())"
)
BORN = "INSERT INTO birthdays VALUES (1, {}, {}, now())"


@pytest.fixture
async def account(database):
    """An account with one entry and its lot."""
    async with database.unit_of_work() as session:
        for statement in (
            "INSERT INTO users (id, email, name, role) VALUES (1, 'm@x.org', 'M', 'CUSTOMER')",
            "INSERT INTO point_accounts (user_id, balance) VALUES (1, 5)",
            ENTRY.format("STAFF_CREDIT", 5, "NULL", LATER),
            LOT,
        ):
            await session.execute(text(statement))


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE point_accounts SET balance = -1", "ck_point_accounts_not_negative"),
        ("UPDATE point_accounts SET debt = 1", "ck_point_accounts_debt_is_paid_first"),
        (ENTRY.format("REFUND_POINTS", 0, 1, "NULL"), "ck_point_entries_points"),
        (ENTRY.format("STAFF_DEBIT", 1, "NULL", LATER), "ck_point_entries_goes"),
        (ENTRY.format("EARN_REVIEW", -1, "NULL", "NULL"), "ck_point_entries_comes"),
        (ENTRY.format("STAFF_CREDIT", 1, "NULL", "NULL"), "ck_point_entries_expires_what_comes"),
        (ENTRY.format("STAFF_CREDIT", 1, "NULL", "now()"), "ck_point_entries_expiry"),
        (ENTRY.format("EARN_PURCHASE", 1, "NULL", LATER), "ck_point_entries_order"),
        (ENTRY.format("REDEEM_REWARD", -1, "NULL", "NULL"), "ck_point_entries_reward"),
        (ENTRY.format("GIFT", 1, "NULL", LATER), "ck_point_entries_kind"),
        ("UPDATE point_entries SET points = 6", "point entries are never changed"),
        ("DELETE FROM point_entries", "point entries are never changed"),
        ('UPDATE point_lots SET "left" = 6', "ck_point_lots_left"),
        ('UPDATE point_lots SET "left" = -1', "ck_point_lots_left"),
        ("UPDATE point_lots SET expired = 1", "ck_point_lots_left"),
        (REWARD.format("PERCENT", 0, 1000), "ck_rewards_cost"),
        (REWARD.format("PERCENT", 1, "NULL"), "ck_rewards_percent"),
        (REWARD.format("PERCENT", 1, 10_001), "ck_rewards_percent"),
        (REWARD.format("AMOUNT", 1, "NULL"), "ck_rewards_amount_where_it_belongs"),
        (REWARD.format("DELIVERY", 1, "NULL"), "ck_rewards_promotion"),
        (REWARD.format("EXCLUSIVE_ACCESS", 1, "NULL"), "ck_rewards_product"),
        (ENTRY.format("EARN_REVIEW", 1, "NULL", LATER), "ck_point_entries_once"),
        (ENTRY.format("REFUND_POINTS", -1, "NULL", "NULL"), "ck_point_entries_refund"),
        ("UPDATE point_lots SET told_days = 0", "ck_point_lots_told_days"),
        (TIER.format(0, "#ffffff", "{}"), "ck_tiers_min_points"),
        (TIER.format(1, "white", "{}"), "ck_tiers_colour"),
        (TIER.format(1, "#ffffff", "[]"), "ck_tiers_benefits"),
        (FRIEND.format(1, "WAITING"), "ck_referrals_not_oneself"),
        (FRIEND.format(2, "PAID"), "ck_referrals_order"),
        (BORN.format(2, 30), "ck_birthdays_day"),
        (BORN.format(13, 1), "ck_birthdays_month"),
        ("INSERT INTO early_access (ahead_h) VALUES (1)", "ck_early_access_one_owner"),
        ("INSERT INTO early_access (user_id, ahead_h) VALUES (1, 0)", "ck_early_access_ahead"),
        ("INSERT INTO audience_members VALUES (1, '')", "ck_audience_members_audience"),
        (CARD, "ck_rewards_redeemed"),
    ],
)
async def test_a_row_that_makes_no_sense_is_refused(database, account, statement, constraint):
    async with database.unit_of_work() as session:
        with pytest.raises(IntegrityError, match=constraint):
            await session.execute(text(statement))
        await session.rollback()


async def test_entries_go_with_their_account_alone(database, account):
    async with database.unit_of_work() as session:
        await session.execute(text("DELETE FROM users WHERE id = 1"))
        assert await session.scalar(text("SELECT count(*) FROM point_entries")) == 0
