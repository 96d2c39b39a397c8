"""What sold gift cards hold on a person: whom the buyer gave one, and what they wrote.

The card and its amount stay with the order; whoever holds the code can still spend it.
"""

from sqlalchemy import text

from cloud.foundation.personal import Obstacle, PersonalRecords
from cloud.foundation.words import N_

_THEIRS = "(o.user_id = :user_id OR (o.user_id IS NULL AND o.email = CAST(:email AS citext)))"
_BOUGHT = f"g.order_id IN (SELECT o.id FROM orders AS o WHERE {_THEIRS})"

RECORDS = PersonalRecords(
    held={
        "gift_cards_bought": text(f"""
            SELECT to_jsonb(g) - 'sealed_code' FROM sold_gifts AS g WHERE {_BOUGHT} ORDER BY g.id
        """),
    },
    obstacles=(
        Obstacle(
            text(f"""
                SELECT 1 FROM sold_gifts AS g WHERE {_BOUGHT} AND g.gift_card_id IS NOT NULL
                    AND g.sent_at IS NULL AND g.withdrawn_at IS NULL LIMIT 1
            """),
            N_("A gift card of yours has not gone out yet: we need to know whom it is for."),
        ),
    ),
    forget=(
        text(f"""
            DELETE FROM notifications AS n USING sold_gifts AS g
            WHERE {_BOUGHT} AND n.kind = 'GIFT_CARD' AND n.key LIKE 'gift:' || g.id || ':%'
        """),
        text(f"""
            UPDATE sold_gifts AS g SET recipient_name = 'Erased', sender_name = '', message = '',
                recipient_email = 'erased-' || g.id || '@erased.invalid'
            WHERE {_BOUGHT}
        """),
    ),
)
