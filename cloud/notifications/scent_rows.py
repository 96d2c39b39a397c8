"""Which bottle stands for a product in news."""

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.catalogue.window_sql import PRICE, PUBLISHED

_CHEAPEST = text(f"""
    SELECT v.id FROM variants v JOIN products p ON p.id = v.product_id
    WHERE p.id = :product_id AND v.is_active AND {PUBLISHED}
    ORDER BY {PRICE}, v.id LIMIT 1
""").bindparams(
    bindparam("product_id", type_=BigInteger()), bindparam("now", type_=DateTime(timezone=True))
)


async def cheapest_variant(session: AsyncSession, product_id: int, now: datetime) -> int | None:
    """Return the cheapest bottle of a product on the shelves; None when it has none there."""
    found: int | None = await session.scalar(_CHEAPEST, {"product_id": product_id, "now": now})
    return found
