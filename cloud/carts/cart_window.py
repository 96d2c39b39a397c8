"""The hot read of a cart: one statement, whose JSON PostgreSQL writes.

Its shape is promised by `cloud.carts.schemas`, and a test holds the two against each other.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, LargeBinary, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from cloud.carts.owners import CartOwner
from cloud.catalogue.early_sql import EARLY
from cloud.catalogue.window_sql import PRICE, PUBLISHED, bound, image, in_currency
from cloud.foundation.conversion import Conversion
from cloud.inventory.repository import AVAILABLE_UNITS

_CART_SQL = f"""
    WITH line AS MATERIALIZED (
        SELECT item.id, item.added_at, item.variant_id, item.quantity, v.sku, p.slug,
            p.name AS product_name, v.name AS variant_name, {PRICE} AS minor, v.currency,
            item.seen_price_minor, item.seen_currency,
            v.is_active AND (coalesce({PUBLISHED}, false) OR {EARLY}) AS is_sellable,
            least({AVAILABLE_UNITS}, 99) AS available,
            CASE WHEN i.id IS NOT NULL THEN {image(is_local=False)} END AS image
        FROM carts cart
        JOIN cart_items item ON item.cart_id = cart.id
        JOIN variants v ON v.id = item.variant_id
        JOIN products p ON p.id = v.product_id
        LEFT JOIN product_images i ON i.product_id = p.id AND i.position = 0
        WHERE cart.user_id IS NOT DISTINCT FROM :user_id
            AND cart.token_digest IS NOT DISTINCT FROM :token_digest
    ), gift AS MATERIALIZED (
        SELECT g.* FROM carts cart JOIN cart_gifts g ON g.cart_id = cart.id
        WHERE cart.user_id IS NOT DISTINCT FROM :user_id
            AND cart.token_digest IS NOT DISTINCT FROM :token_digest
    )
    SELECT json_build_object(
        'lines', coalesce(json_agg(json_build_object(
            'variant_id', variant_id, 'sku', sku, 'slug', slug,
            'product_name', product_name, 'variant_name', variant_name,
            'image', image,
            'quantity', quantity,
            'price', json_build_object('minor', minor, 'currency', currency),
            'seen_price', json_build_object(
                'minor', seen_price_minor, 'currency', seen_currency),
            'has_new_price', (minor, currency) <> (seen_price_minor, seen_currency),
            'total', json_build_object('minor', minor * quantity, 'currency', currency),
            'available', available,
            'is_sellable', is_sellable,
            'can_be_bought', is_sellable AND quantity <= available
        ) ORDER BY added_at, id), '[]'),
        'gift_cards', (SELECT coalesce(json_agg(json_build_object(
            'id', id, 'amount', json_build_object('minor', amount_minor, 'currency', currency),
            'is_for_self', is_for_self, 'recipient_name', recipient_name,
            'recipient_email', recipient_email, 'sender_name', sender_name,
            'message', message, 'deliver_on', deliver_on) ORDER BY id), '[]') FROM gift),
        'bottles', coalesce(sum(quantity), 0),
        'subtotal', CASE WHEN count(DISTINCT currency) = 1 THEN json_build_object(
            'minor', coalesce(sum(minor * quantity) FILTER (WHERE is_sellable), 0),
            'currency', min(currency)) END,
        'has_new_prices', coalesce(
            bool_or((minor, currency) <> (seen_price_minor, seen_currency)), false),
        'can_be_bought', coalesce(
            bool_and(is_sellable AND quantity <= available), EXISTS (SELECT 1 FROM gift))
    )::text
    FROM line
"""
_PLACES = (
    bindparam("user_id", type_=BigInteger()),
    bindparam("token_digest", type_=LargeBinary()),
)
_CART = text(_CART_SQL).bindparams(*_PLACES)
_CONVERTED = text(in_currency(_CART_SQL)).bindparams(*_PLACES)


async def read_cart(
    connection: AsyncConnection | AsyncSession,
    owner: CartOwner | None,
    now: datetime,
    conversion: Conversion | None = None,
) -> str:
    """Return a cart as JSON (`CartAnswer`); an empty one for an owner without, or for nobody.

    `conversion` gives today's prices in another currency than the shop's own.
    """
    values: dict[str, Any] = {
        "user_id": owner.user_id if owner else None,
        "token_digest": owner.token_digest if owner else None,
        "now": now,
    }
    statement = _CART
    if conversion is not None:
        statement, values = _CONVERTED, values | bound(conversion)
    found: str = (await connection.execute(statement, values)).scalar_one()
    return found
