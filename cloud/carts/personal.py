"""What carts that were left hold on a person."""

from sqlalchemy import text

from cloud.foundation.personal import PersonalRecords

RECORDS = PersonalRecords(
    held={
        "cart_consents": text(
            "SELECT to_jsonb(k) FROM cart_consents AS k "
            "WHERE email = CAST(:email AS citext) ORDER BY cart_id"
        ),
        "left_carts": text(
            "SELECT to_jsonb(l) FROM left_carts AS l "
            "WHERE user_id = :user_id OR email = CAST(:email AS citext) ORDER BY id"
        ),
    },
    # Whoever checks a cart out holds it first.
    locks=(text("SELECT id FROM carts WHERE user_id = :user_id ORDER BY id FOR NO KEY UPDATE"),),
    # The row stays in the figures, and says no more whose it was.
    forget=(
        text("DELETE FROM cart_consents WHERE email = CAST(:email AS citext)"),
        text(
            "UPDATE left_carts SET user_id = NULL, email = NULL, lines = '[]' "
            "WHERE user_id = :user_id OR email = CAST(:email AS citext)"
        ),
    ),
)
