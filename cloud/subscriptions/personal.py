"""What subscriptions hold on a person."""

from sqlalchemy import text

from cloud.foundation.personal import PersonalRecords

_ON = "user_id = :user_id AND status NOT IN ('CANCELLED', 'EXPIRED')"

RECORDS = PersonalRecords(
    held={
        "subscriptions": text("""
            SELECT to_jsonb(s) - 'made_by_key' || jsonb_build_object(
                'parcels', (
                    SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY c.number), '[]')
                    FROM subscription_cycles AS c WHERE c.subscription_id = s.id),
                'history', (
                    SELECT coalesce(jsonb_agg(to_jsonb(h) - 'actor_user_id' - 'actor_name'
                                              ORDER BY h.id), '[]')
                    FROM subscription_history AS h WHERE h.subscription_id = s.id)
            ) FROM subscriptions AS s WHERE user_id = :user_id ORDER BY id
        """),
    },
    locks=(
        text("SELECT id FROM subscriptions WHERE user_id = :user_id ORDER BY id FOR NO KEY UPDATE"),
    ),
    forget=(
        # The news that a person goes ended what went on; this holds whatever came since.
        text(f"""
            INSERT INTO subscription_history
                (subscription_id, previous, status, what, detail, actor_kind, at)
            SELECT id, status, 'CANCELLED', 'cancelled', '{{"reason": "account"}}', 'system', :now
            FROM subscriptions WHERE {_ON}
        """),
        text(f"""
            UPDATE subscriptions SET status = 'CANCELLED', ended_at = :now, end_reason = 'account',
                question = NULL, asked_at = NULL, resume_on = NULL
            WHERE {_ON}
        """),
        text("""
            UPDATE subscriptions SET card_id = NULL, household_id = NULL,
                address = jsonb_build_object(
                    'recipient', 'Erased', 'line1', 'Erased', 'line2', '', 'city', 'Erased',
                    'region', '', 'postcode', '0', 'phone', '', 'country', address ->> 'country')
            WHERE user_id = :user_id
        """),
        # What was changed names addresses.
        text("""
            UPDATE subscription_history AS h SET detail = detail - 'address'
            FROM subscriptions AS s
            WHERE s.id = h.subscription_id AND s.user_id = :user_id AND h.detail ? 'address'
        """),
    ),
)
