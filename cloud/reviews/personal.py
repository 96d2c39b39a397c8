"""What reviews hold on a person.

A review stays without its writer where they said so when they wrote it; else it goes with the
account, by its foreign key. Votes always go.
"""

from sqlalchemy import text

from cloud.foundation.personal import PersonalRecords

RECORDS = PersonalRecords(
    held={
        "reviews": text(
            "SELECT to_jsonb(r) - 'decided_by_user_id' FROM reviews AS r "
            "WHERE user_id = :user_id ORDER BY id"
        ),
        "review_votes": text(
            "SELECT to_jsonb(v) FROM review_votes AS v WHERE user_id = :user_id ORDER BY review_id"
        ),
    },
    locks=(
        text(
            "SELECT id FROM reviews WHERE user_id = :user_id "
            "ORDER BY product_id, id FOR NO KEY UPDATE"
        ),
    ),
    forget=(
        # A text that nobody has read, or a newer one that waits, is not what they left behind.
        text("""
            UPDATE reviews SET user_id = NULL, author_name = '', shown_name = '',
                order_item_id = NULL, rating = shown_rating, title = shown_title,
                body = shown_body, status = 'APPROVED', reason = '',
                decided_at = coalesce(decided_at, shown_at)
            WHERE user_id = :user_id AND keeps_text AND shown_at IS NOT NULL
        """),
    ),
)
