"""The settings as everybody reads them: from the database, and a short memory for pages."""

import asyncio
import json
from datetime import datetime, timedelta
from functools import lru_cache

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from cloud.foundation.clock import Clock
from cloud.foundation.database import Database
from cloud.foundation.site_facts import SiteFacts
from cloud.site import repository
from cloud.site.colours import readable_on
from cloud.site.schemas import Site

# Every page asks; a change shows everywhere within this time.
_REMEMBERED = timedelta(seconds=5)
COLOURS_PATH = "/site/colours"


async def read_site(connection: AsyncConnection | AsyncSession) -> Site:
    """Return the settings as they are now; use this where money is at stake."""
    return _parsed(await repository.read_row(connection))


# Validating the settings takes longer than most of a request's own work, and they seldom change.
@lru_cache(maxsize=8)
def _parsed(row: str) -> Site:
    columns = json.loads(row)
    return Site.model_validate({name: columns[name] for name in Site.model_fields})


class SiteReader:
    """The settings with a memory of five seconds; the pages' SiteFactsSource."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._site: Site | None = None
        self._read_at: datetime | None = None
        self._reading = asyncio.Lock()

    async def site(self) -> Site:
        """Return the settings, at most five seconds old."""
        if self._site is not None and (self._is_fresh() or self._reading.locked()):
            # While one request reads, the others take what there is: a page must not wait for a
            # second connection while it holds one.
            return self._site
        async with self._reading:
            if self._site is None or not self._is_fresh():
                async with self._database.reading() as connection:
                    site = await read_site(connection)
                self._site, self._read_at = site, self._clock.now()
            return self._site

    async def facts(self) -> SiteFacts:
        """Return what every page says about the shop."""
        site = await self.site()
        return SiteFacts(
            name=site.name,
            colours_url=f"{COLOURS_PATH}/{site.version}.css",
            currency=site.currency,
            currencies=site.offered_currencies,
            languages=site.languages,
            time_zone=site.time_zone,
            logo_url=site.logo_url,
            favicon_url=site.favicon_url,
            seo_title=site.seo.title,
            seo_description=site.seo.description,
            prices_include_tax=site.prices_include_tax,
            is_closed=site.is_closed,
            closed_text=site.closed_text,
            primary=site.primary_colour,
            on_primary=readable_on(site.primary_colour),
        )

    def forget(self) -> None:
        """Read again at the next call, as after a change in this process."""
        self._read_at = None

    def _is_fresh(self) -> bool:
        return self._read_at is not None and self._clock.now() - self._read_at < _REMEMBERED
