"""What orders hold on a person. The books keep amounts, goods and country; not who it was.

Invoices stay as they were written: the law wants them whole for years (in Germany eight).
"""

from sqlalchemy import text

from cloud.foundation.personal import Obstacle, PersonalRecords
from cloud.foundation.words import N_

_THEIRS = "(o.user_id = :user_id OR (o.user_id IS NULL AND o.email = CAST(:email AS citext)))"
_CLOSED = "o.status IN ('COMPLETED', 'CANCELLED', 'REFUNDED', 'FAILED')"
_NOBODY = """
    jsonb_build_object('recipient', 'Erased', 'line1', 'Erased', 'line2', '', 'city', 'Erased',
                       'region', '', 'postcode', '0', 'phone', '',
                       'country', o.shipping_address ->> 'country')
"""

RECORDS = PersonalRecords(
    held={
        "orders": text(f"""
            SELECT to_jsonb(o) - '{{search_text,tags,form_key}}'::text[] || jsonb_build_object(
                'lines', (
                    SELECT coalesce(jsonb_agg(to_jsonb(i) - 'snapshot' ORDER BY i.id), '[]')
                    FROM order_items AS i WHERE i.order_id = o.id
                )
            ) FROM orders AS o WHERE {_THEIRS} ORDER BY o.id
        """),
    },
    obstacles=(
        Obstacle(
            text(f"SELECT 1 FROM orders AS o WHERE {_THEIRS} AND NOT {_CLOSED} LIMIT 1"),
            N_("An order of yours is still open: we need your address until it is done."),
        ),
    ),
    # An open one stands in the way, and is left to whoever holds it.
    locks=(
        text(
            f"SELECT o.id FROM orders AS o WHERE {_THEIRS} AND {_CLOSED} "
            "ORDER BY o.id FOR NO KEY UPDATE"
        ),
    ),
    forget=(
        text(f"""
            UPDATE order_notes AS n SET body = 'Erased'
            FROM orders AS o WHERE n.order_id = o.id AND {_THEIRS} AND {_CLOSED}
        """),
        text(f"""
            UPDATE orders AS o SET email = 'erased-' || o.id || '@erased.invalid', note = '',
                shipping_address = CASE WHEN o.shipping_address IS NOT NULL THEN {_NOBODY} END,
                billing_address = NULL,
                company = '', vat_number = '', tags = '{{}}'
            WHERE {_THEIRS} AND {_CLOSED}
        """),
    ),
)
