"""Early access: who may buy what is announced and not out yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, DateTime, bindparam, delete, func, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from cloud.catalogue.early_sql import EARLY
from cloud.catalogue.models import EarlyAccess

_OWNER = "uq_early_access_owner"
# More announced products than this no shop has at once.
_MOST = 50
_EARLY = text(
    "SELECT p.id, p.slug, p.name, p.published_at FROM products p "
    f"WHERE {EARLY} ORDER BY p.published_at, p.id LIMIT {_MOST}"
).bindparams(
    bindparam("user_id", type_=BigInteger()), bindparam("now", type_=DateTime(timezone=True))
)


@dataclass(frozen=True, slots=True)
class EarlyProduct:
    """An announced product that somebody may buy already; everybody can from `published_at` on."""

    id: int
    slug: str
    name: str
    published_at: datetime


async def let_in_early(
    session: AsyncSession, user_id: int, product_id: int, ends_at: datetime
) -> None:
    """Let an account buy an announced product until a moment; a later end takes the place."""
    statement = insert(EarlyAccess).values(
        user_id=user_id, audience=None, product_id=product_id, ahead_h=None, ends_at=ends_at
    )
    later = func.greatest(EarlyAccess.ends_at, statement.excluded.ends_at)
    await session.execute(
        statement.on_conflict_do_update(constraint=_OWNER, set_={"ends_at": later})
    )


async def let_audience_in_early(session: AsyncSession, audience: str, ahead_h: int) -> None:
    """Let an audience buy all that is announced, so many hours ahead; 0: not any more."""
    if ahead_h == 0:
        await session.execute(delete(EarlyAccess).where(EarlyAccess.audience == audience))
        return
    await session.execute(
        insert(EarlyAccess)
        .values(user_id=None, audience=audience, product_id=None, ahead_h=ahead_h, ends_at=None)
        .on_conflict_do_update(constraint=_OWNER, set_={"ahead_h": ahead_h})
    )


async def list_early(
    reader: AsyncSession | AsyncConnection, user_id: int | None, now: datetime
) -> Sequence[EarlyProduct]:
    """Return what an account may buy before it is out, the first to be out first."""
    if user_id is None:
        return []
    rows = await reader.execute(_EARLY, {"user_id": user_id, "now": now})
    return [EarlyProduct(row.id, row.slug, row.name, row.published_at) for row in rows]
