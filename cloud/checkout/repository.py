"""Queries of checkout: what the EU's register said of VAT numbers."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.checkout.models import VatCheck


async def find_check(session: AsyncSession, number: str, since: datetime) -> VatCheck | None:
    """Return what was said of a number at a moment or later; None: nobody asked since."""
    query = select(VatCheck).where(VatCheck.number == number, VatCheck.checked_at >= since)
    return (await session.execute(query)).scalar_one_or_none()


async def keep_check(session: AsyncSession, check: VatCheck, forget_before: datetime) -> None:
    """Keep what was said of a number, the last word counts; forget what is older."""
    await session.execute(delete(VatCheck).where(VatCheck.checked_at < forget_before))
    values = {"is_valid": check.is_valid, "checked_at": check.checked_at}
    await session.execute(
        insert(VatCheck)
        .values(number=check.number, **values)
        .on_conflict_do_update(index_elements=[VatCheck.number], set_=values)
    )
