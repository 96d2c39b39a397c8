"""What reorders hold on a person."""

from sqlalchemy import text

from cloud.foundation.personal import PersonalRecords

RECORDS = PersonalRecords(
    held={
        "refill_consents": text(
            "SELECT to_jsonb(c) FROM reorder_consents AS c WHERE user_id = :user_id ORDER BY id"
        ),
    },
    # Whoever orders by a consent holds it meanwhile.
    locks=(
        text(
            "SELECT id FROM reorder_consents WHERE user_id = :user_id ORDER BY id FOR NO KEY UPDATE"
        ),
    ),
    forget=(
        text("""
            UPDATE reorder_consents SET revoked_at = coalesce(revoked_at, :now), card_id = NULL,
                address = jsonb_build_object(
                    'recipient', 'Erased', 'line1', 'Erased', 'line2', '', 'city', 'Erased',
                    'region', '', 'postcode', '0', 'phone', '', 'country', address ->> 'country')
            WHERE user_id = :user_id
        """),
    ),
)
