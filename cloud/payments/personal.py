"""What payments hold on a person. The provider keeps its own books of what was paid."""

from sqlalchemy import text

from cloud.foundation.personal import Obstacle, PersonalRecords
from cloud.foundation.words import N_

RECORDS = PersonalRecords(
    held={
        "payments": text(
            "SELECT to_jsonb(p) - 'request' - 'idempotency_key' - 'reference' "
            "FROM payments AS p WHERE user_id = :user_id ORDER BY id"
        ),
        "saved_cards": text(
            "SELECT to_jsonb(c) - 'provider_method_id' FROM saved_cards AS c "
            "WHERE user_id = :user_id ORDER BY id"
        ),
    },
    obstacles=(
        Obstacle(
            text("SELECT 1 FROM payments WHERE user_id = :user_id AND status = 'pending' LIMIT 1"),
            N_("A payment of yours is under way."),
        ),
    ),
    forget=(
        text(
            "UPDATE payments SET request = '{}', page_url = NULL "
            "WHERE user_id = :user_id AND status <> 'pending'"
        ),
        text(
            "UPDATE saved_cards SET removed_at = coalesce(removed_at, :now), is_default = false, "
            "brand = '', last4 = '0000' WHERE user_id = :user_id"
        ),
    ),
)
