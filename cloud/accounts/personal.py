"""What accounts hold on a person."""

from sqlalchemy import text

from cloud.foundation.personal import PersonalRecords

RECORDS = PersonalRecords(
    held={
        "account": text(
            "SELECT to_jsonb(u) - 'password_hash' - 'search_text' FROM users AS u "
            "WHERE u.id = :user_id"
        ),
        "addresses": text(
            "SELECT to_jsonb(a) FROM addresses AS a WHERE user_id = :user_id ORDER BY id"
        ),
        "notes_of_staff": text(
            "SELECT to_jsonb(n) - 'author_user_id' FROM customer_notes AS n "
            "WHERE user_id = :user_id ORDER BY id"
        ),
        "sessions": text(
            "SELECT to_jsonb(s) - 'token_digest' FROM user_sessions AS s "
            "WHERE user_id = :user_id ORDER BY id"
        ),
        "linked_providers": text(
            "SELECT to_jsonb(i) - 'access_token' - 'refresh_token' - 'id_token' "
            "FROM identities AS i WHERE user_id = :user_id ORDER BY id"
        ),
    },
    forget=(
        # Links that were mailed to the address before it had an account of its own.
        text("DELETE FROM one_time_links WHERE email = CAST(:email AS citext)"),
        text("DELETE FROM rate_limits WHERE :email <> '' AND key LIKE '%:' || :email"),
    ),
)
