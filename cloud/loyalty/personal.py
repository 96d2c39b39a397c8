"""What points and rewards hold on a person. All of it goes with the account, by foreign keys."""

from sqlalchemy import text

from cloud.foundation.personal import PersonalRecords

RECORDS = PersonalRecords(
    held={
        "points": text(
            "SELECT to_jsonb(e) FROM point_entries AS e WHERE user_id = :user_id ORDER BY id"
        ),
        "point_accounts": text(
            "SELECT to_jsonb(a) FROM point_accounts AS a WHERE user_id = :user_id"
        ),
        "user_rewards": text(
            "SELECT to_jsonb(r) - 'sealed_code' FROM user_rewards AS r "
            "WHERE user_id = :user_id ORDER BY id"
        ),
        "birthdays": text("SELECT to_jsonb(b) FROM birthdays AS b WHERE user_id = :user_id"),
        "invitations": text(
            "SELECT jsonb_build_object('code', code) FROM referral_codes WHERE user_id = :user_id"
        ),
        # Of a friend, the inviter is told no more than that there is one.
        "friends_invited": text(
            "SELECT to_jsonb(r) - 'friend_id' - 'order_id' FROM referrals AS r "
            "WHERE inviter_id = :user_id ORDER BY id"
        ),
        "invited": text(
            "SELECT to_jsonb(r) - 'inviter_id' FROM referrals AS r WHERE friend_id = :user_id"
        ),
        "early_access": text(
            "SELECT to_jsonb(e) FROM early_access AS e WHERE user_id = :user_id ORDER BY id"
        ),
    },
    locks=(
        text("SELECT id FROM user_rewards WHERE user_id = :user_id ORDER BY id FOR NO KEY UPDATE"),
        text(
            "SELECT id FROM referrals WHERE :user_id IN (inviter_id, friend_id) "
            "ORDER BY id FOR NO KEY UPDATE"
        ),
        text("SELECT user_id FROM point_accounts WHERE user_id = :user_id FOR NO KEY UPDATE"),
    ),
    # A coupon that is nobody's any more is not everybody's.
    forget=(text("UPDATE coupons SET is_active = false WHERE user_id = :user_id"),),
)
