"""Changing the settings."""

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation import audit
from cloud.foundation.identity import SignedIn
from cloud.foundation.versions import check_version
from cloud.site import repository
from cloud.site.errors import MainCurrencyOffered
from cloud.site.schemas import Site, SiteChange
from cloud.site.service.reading import read_site


async def change_site(session: AsyncSession, staff: SignedIn, change: SiteChange) -> Site:
    """Store new settings and return them.

    Raises ChangedMeanwhile if `change.version` is outdated, MainCurrencyOffered.
    """
    row = await repository.lock_row(session)
    if any(one.currency == row.currency for one in change.currencies):
        raise MainCurrencyOffered(row.currency)
    before = (await read_site(session)).model_dump(mode="json")
    wanted = change.model_dump(mode="json", exclude={"version"})
    check_version(row.version, change.version, {name: before[name] for name in wanted})
    for name, value in wanted.items():
        setattr(row, name, value)
    row.version += 1
    await session.flush()
    after = await read_site(session)
    await audit.note(
        session,
        staff,
        "change",
        "settings",
        "shop",
        before={name: before[name] for name in wanted},
        after=after.model_dump(mode="json", include=set(wanted)),
    )
    return after
