"""The catalogue's background work: pictures made smaller, and news of what is on the shelves."""

import asyncio
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.catalogue.editing.images import MAKE_SIZES
from cloud.catalogue.events import ProductPublished
from cloud.catalogue.exchange import imports
from cloud.catalogue.models import PictureSize, Product
from cloud.foundation.database import Database
from cloud.foundation.events import emit
from cloud.foundation.files import StoredFile
from cloud.foundation.filing import Filing
from cloud.foundation.jobs import JobRegistry, PeriodicRun
from cloud.foundation.raster import smaller

# A card on a phone, a card on a dense screen or half a page, a whole page.
WIDTHS = (320, 640, 1280)
# A form says minutes, and an import is stored some time after it began.
_OVERLAP = timedelta(minutes=10)


class SizeMaker:
    """Makes the smaller pictures of a stored one."""

    def __init__(self, filing: Filing) -> None:
        self._filing = filing

    async def make(self, database: Database, key: str) -> None:
        """Store a picture in every width below its own; what is there already is made again."""
        async with database.unit_of_work() as session:
            original = await session.get(StoredFile, key)
        body = await self._filing.storage.read(key) if original else None
        if original is None or original.width is None or body is None:
            return  # it was removed before its turn came
        for width in WIDTHS:
            if width < original.width:
                await self._make_one(database, key, body, width)

    async def _make_one(self, database: Database, key: str, body: bytes, width: int) -> None:
        picture = await asyncio.to_thread(smaller, body, width)
        async with database.unit_of_work() as session:
            if await session.get(StoredFile, key, with_for_update={"read": True}) is None:
                return
            stored = await self._filing.keep(
                session,
                picture.body,
                picture.media_type,
                picture.ending,
                width=picture.width,
                height=picture.height,
            )
            await session.execute(
                insert(PictureSize)
                .values(original_key=key, width=width, height=picture.height, file_key=stored.key)
                .on_conflict_do_nothing()
            )


async def tell_published(session: AsyncSession, run: PeriodicRun) -> None:
    """Tell which products came on the shelves since the last look; the first look tells none.

    One that came shortly before it is told again: whoever hears of a product twice takes it once.
    """
    if run.since is None:
        return
    found = await session.scalars(
        select(Product.id)
        .where(
            Product.published_at > run.since - _OVERLAP,
            Product.published_at <= run.now,
            Product.deleted_at.is_(None),
        )
        .order_by(Product.id)
    )
    for product_id in found.all():
        await emit(session, ProductPublished(product_id, run.now))


def register(jobs: JobRegistry, filing: Filing) -> None:
    """Add the catalogue's background work."""
    jobs.on_in_stages(MAKE_SIZES, SizeMaker(filing).make)
    jobs.every(timedelta(minutes=5), "catalogue.tell_published", tell_published)
    imports.register(jobs)
