"""What wishlists hold on a person."""

from sqlalchemy import text

from cloud.foundation.personal import PersonalRecords

RECORDS = PersonalRecords(
    held={
        "wishes": text(
            "SELECT to_jsonb(w) - 'token_digest' FROM wishes AS w "
            "WHERE user_id = :user_id ORDER BY id"
        ),
        "restock_wishes": text(
            "SELECT to_jsonb(w) FROM restock_wishes AS w "
            "WHERE email = CAST(:email AS citext) ORDER BY id"
        ),
    },
    forget=(text("DELETE FROM restock_wishes WHERE email = CAST(:email AS citext)"),),
)
