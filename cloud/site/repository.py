"""The query of the settings."""

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from cloud.site.models import SiteSettings

_ROW = text("SELECT to_jsonb(s)::text FROM site_settings AS s")


async def read_row(connection: AsyncConnection | AsyncSession) -> str:
    """Return the settings' columns by name, as JSON: equal settings give equal texts."""
    return str(await connection.scalar(_ROW))


async def lock_row(session: AsyncSession) -> SiteSettings:
    """Return the settings, locked until the transaction ends."""
    return (await session.scalars(select(SiteSettings).with_for_update())).one()
