"""The picture of a category or collection: uploaded, described, taken away."""

import asyncio
from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.catalogue.editing.images import MAKE_SIZES
from cloud.catalogue.editing.shelves import ShelfKind, take
from cloud.catalogue.editing.snapshots import snapshot
from cloud.catalogue.errors import ShelfImageNotFound
from cloud.catalogue.models import Category, Collection
from cloud.foundation import audit
from cloud.foundation.filing import Filing, sweep_soon
from cloud.foundation.identity import SignedIn
from cloud.foundation.jobs import defer
from cloud.foundation.raster import clean

# Of Category or Collection; tags have no pictures.
Pictured = ShelfKind[Any]
_COLUMNS = ("image_key", "image_alt", "image_texts")


async def set_picture(
    session: AsyncSession,
    staff: SignedIn,
    filing: Filing,
    kind: Pictured,
    row_id: int,
    body: bytes,
    alt: str,
) -> None:
    """Give a shelf its picture, or another one; smaller sizes follow by a job.

    What it shows in other languages is to be said anew. Raises PictureRefused or the kind's
    not-found error.
    """
    picture = await asyncio.to_thread(clean, body)
    row = await take(session, kind, row_id)
    stored = await filing.keep(
        session,
        picture.body,
        picture.media_type,
        picture.ending,
        width=picture.width,
        height=picture.height,
    )
    await _write(session, staff, kind, row, (stored.key, alt, {}))
    await defer(session, MAKE_SIZES, queueing_lock=f"{MAKE_SIZES}:{stored.key}", key=stored.key)


async def describe_picture(
    session: AsyncSession,
    staff: SignedIn,
    kind: Pictured,
    row_id: int,
    alt: str,
    texts: Mapping[str, str | None],
) -> None:
    """Say what a shelf's picture shows, in the shop's language and in others.

    Raises ShelfImageNotFound where there is none, or the kind's not-found error.
    """
    row = await take(session, kind, row_id)
    if row.image_key is None:
        raise ShelfImageNotFound(row_id)
    kept = {language: text for language, text in sorted(texts.items()) if text}
    await _write(session, staff, kind, row, (row.image_key, alt, kept))


async def remove_picture(
    session: AsyncSession, staff: SignedIn, kind: Pictured, row_id: int
) -> None:
    """Take a shelf's picture away, its file with its last use; again changes nothing.

    Raises the kind's not-found error.
    """
    row = await take(session, kind, row_id)
    if row.image_key is not None:
        await _write(session, staff, kind, row, (None, None, {}))


async def _write(
    session: AsyncSession,
    staff: SignedIn,
    kind: Pictured,
    row: Category | Collection,
    said: tuple[str | None, str | None, dict[str, Any]],
) -> None:
    before = snapshot(row, _COLUMNS)
    row.image_key, row.image_alt, row.image_texts = said
    await session.flush()
    after = snapshot(row, _COLUMNS)
    await audit.note(session, staff, "picture", kind.subject, row.id, before=before, after=after)
    if before["image_key"] not in (None, row.image_key):
        await sweep_soon(session)
