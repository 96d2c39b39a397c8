"""What notifications hold on a person."""

from sqlalchemy import text

from cloud.foundation.personal import PersonalRecords

RECORDS = PersonalRecords(
    held={
        "notifications": text(
            "SELECT to_jsonb(n) - 'key' FROM notifications AS n "
            "WHERE user_id = :user_id OR email = CAST(:email AS citext) ORDER BY id"
        ),
        "notification_preferences": text(
            "SELECT to_jsonb(p) FROM notification_preferences AS p "
            "WHERE user_id = :user_id ORDER BY topic, channel"
        ),
        "mail_refusals": text(
            "SELECT to_jsonb(r) FROM mail_refusals AS r "
            "WHERE email = CAST(:email AS citext) ORDER BY topic"
        ),
    },
    # A refusal stays: it is what keeps us from writing to the address again.
    forget=(text("DELETE FROM notifications WHERE email = CAST(:email AS citext)"),),
)
