"""What drafts hold on a person: goods and an address, until the draft becomes an order or ends."""

from sqlalchemy import text

from cloud.foundation.personal import PersonalRecords

_THEIRS = "d.email = CAST(:email AS citext) AND :email <> ''"

RECORDS = PersonalRecords(
    held={
        "prepared_orders": text(f"""
            SELECT to_jsonb(d) - 'form_key' || jsonb_build_object('lines', (
                SELECT coalesce(jsonb_agg(to_jsonb(l) ORDER BY l.position), '[]')
                FROM order_draft_lines AS l WHERE l.draft_id = d.id
            )) FROM order_drafts AS d WHERE {_THEIRS} ORDER BY d.id
        """),
    },
    locks=(text(f"SELECT d.id FROM order_drafts AS d WHERE {_THEIRS} ORDER BY d.id FOR UPDATE"),),
    forget=(text(f"DELETE FROM order_drafts AS d WHERE {_THEIRS}"),),
)
