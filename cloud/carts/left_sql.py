"""The statements about carts that were left.

Who wants to hear and who has bought is known above carts: their conditions are put in here. Both
may speak of `person` (cart_id, user_id, email, left_at).
"""

from dataclasses import dataclass
from functools import cache

from sqlalchemy import ARRAY, BigInteger, DateTime, TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import CITEXT, JSONB

# Whom a cart that lies there belongs to, and since when it rests.
_PERSONS = """
    SELECT c.id AS cart_id, c.user_id, u.email, u.language, c.used_at AS left_at
    FROM carts c JOIN users u ON u.id = c.user_id
    WHERE c.user_id IN ({members}) AND u.email_verified_at IS NOT NULL
        AND u.erased_at IS NULL AND u.blocked_at IS NULL
    UNION ALL
    SELECT c.id, NULL, k.email, k.language, greatest(c.used_at, k.agreed_at)
    FROM cart_consents k JOIN carts c ON c.id = k.cart_id
    WHERE c.user_id IS NULL AND k.agreed_at > :consented_after
        AND NOT EXISTS (
            SELECT FROM users u WHERE u.email = k.email AND u.blocked_at IS NOT NULL)
"""
_STILL_THERE = """
    EXISTS (SELECT FROM cart_items i WHERE i.cart_id = person.cart_id) AND NOT {has_bought}
"""
# A guest said yes to one mail; a member hears of another cart of theirs, but not soon.
_NOT_TOLD = """
    NOT EXISTS (SELECT FROM left_carts l WHERE l.cart_id = person.cart_id
        AND (person.user_id IS NULL OR l.left_at = person.left_at))
    AND NOT EXISTS (SELECT FROM left_carts l
        WHERE (l.email = person.email OR l.user_id = person.user_id) AND l.told_at > :told_after)
"""
_MOMENT = DateTime(timezone=True)
_MOMENTS = [
    bindparam(name, type_=_MOMENT)
    for name in ("consented_after", "told_after", "rested_since", "oldest")
]

TELL = text("""
    INSERT INTO left_carts (cart_id, user_id, email, lines, left_at, told_at, link_ends_at)
    SELECT :cart_id, :user_id, :email, :lines, :left_at, :now, :link_ends_at
    WHERE NOT EXISTS (SELECT FROM left_carts l
        WHERE (l.email = :email OR l.user_id = :user_id) AND l.told_at > :told_after)
    ON CONFLICT (cart_id, left_at) DO NOTHING RETURNING id
""").bindparams(
    bindparam("cart_id", type_=BigInteger()),
    bindparam("user_id", type_=BigInteger()),
    bindparam("email", type_=CITEXT()),
    bindparam("lines", type_=JSONB()),
    *(bindparam(name, type_=_MOMENT) for name in ("left_at", "now", "link_ends_at", "told_after")),
)


@dataclass(frozen=True, slots=True)
class Statements:
    """`find`: carts that rest, by id above `after`; `read`: those of them among `ids`; `is_left`:
    whether one that was told of still lies there as it was left."""

    find: TextClause
    read: TextClause
    is_left: TextClause


@cache
def statements(members: str, has_bought: str) -> Statements:
    """Return the statements with their conditions put in."""
    persons = _PERSONS.format(members=members)
    still_there = _STILL_THERE.format(has_bought=has_bought)
    rests = f"""
        WITH person AS ({persons})
        SELECT person.* FROM person
        WHERE left_at <= :rested_since AND left_at > :oldest
            AND {still_there} AND {_NOT_TOLD}
    """
    return Statements(
        find=text(f"{rests} AND cart_id > :after ORDER BY cart_id LIMIT :limit").bindparams(
            *_MOMENTS
        ),
        read=text(f"{rests} AND cart_id = ANY(:ids) ORDER BY cart_id").bindparams(
            *_MOMENTS, bindparam("ids", type_=ARRAY(BigInteger()))
        ),
        is_left=text(f"""
            WITH person AS ({persons})
            SELECT EXISTS (
                SELECT FROM left_carts l JOIN person ON person.cart_id = l.cart_id
                    AND person.left_at = l.left_at AND person.email = l.email
                WHERE l.id = :left_cart_id AND {still_there})
        """).bindparams(
            bindparam("consented_after", type_=_MOMENT),
            bindparam("left_cart_id", type_=BigInteger()),
        ),
    )
