"""The query of the settings."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from cloud.site.models import SiteSettings

_ROW = select(*(column for column in SiteSettings.__table__.c if column.name != "created_at"))


async def read_row(connection: AsyncConnection | AsyncSession) -> dict[str, object]:
    """Return the settings' columns by name."""
    found = await connection.execute(_ROW)
    return dict(found.mappings().one())


async def lock_row(session: AsyncSession) -> SiteSettings:
    """Return the settings, locked until the transaction ends."""
    return (await session.scalars(select(SiteSettings).with_for_update())).one()
