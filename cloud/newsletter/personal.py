"""What the newsletter holds on a person: it hangs on their proven address."""

from sqlalchemy import text

from cloud.foundation.personal import PersonalRecords

RECORDS = PersonalRecords(
    held={
        "newsletter": text("""
            SELECT to_jsonb(s) - 'token_digest' || jsonb_build_object('consents', (
                SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY c.id), '[]')
                FROM newsletter_consents AS c WHERE c.subscriber_id = s.id
            )) FROM newsletter_subscribers AS s WHERE email = CAST(:email AS citext)
        """),
    },
    forget=(text("DELETE FROM newsletter_subscribers WHERE email = CAST(:email AS citext)"),),
)
