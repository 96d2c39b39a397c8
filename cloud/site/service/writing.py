"""Changing the settings."""

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.site import repository
from cloud.site.errors import SettingsChanged
from cloud.site.schemas import Site, SiteChange
from cloud.site.service.reading import read_site


async def change_site(session: AsyncSession, change: SiteChange) -> Site:
    """Store new settings and return them; SettingsChanged if `change.version` is outdated."""
    row = await repository.lock_row(session)
    if row.version != change.version:
        raise SettingsChanged
    for name, value in change.model_dump(mode="json", exclude={"version"}).items():
        setattr(row, name, value)
    row.version += 1
    await session.flush()
    return await read_site(session)
