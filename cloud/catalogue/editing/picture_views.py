"""Stored pictures as staff see them: with their size and the smaller ones made of them."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.catalogue.models import Category, Collection, PictureSize
from cloud.foundation.files import StoredFile


async def sizes_of(session: AsyncSession, keys: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """Return url, width and height of the smaller pictures of stored ones, narrowest first."""
    sizes: dict[str, list[dict[str, Any]]] = {}
    for size in await session.scalars(
        select(PictureSize)
        .where(PictureSize.original_key.in_(list(keys)))
        .order_by(PictureSize.width)
    ):
        shown = {"url": f"/files/{size.file_key}", "width": size.width, "height": size.height}
        sizes.setdefault(size.original_key, []).append(shown)
    return sizes


async def shelf_images(
    session: AsyncSession, rows: Sequence[Category | Collection]
) -> dict[int, dict[str, Any]]:
    """Return the own pictures of shelves of one kind, by the id of the shelf."""
    keys = [row.image_key for row in rows if row.image_key]
    if not keys:
        return {}
    found = await session.scalars(select(StoredFile).where(StoredFile.key.in_(keys)))
    files = {file.key: file for file in found}
    sizes = await sizes_of(session, keys)
    return {
        row.id: {
            "url": files[row.image_key].url,
            "alt": row.image_alt,
            "width": files[row.image_key].width,
            "height": files[row.image_key].height,
            "texts": row.image_texts,
            "sizes": sizes.get(row.image_key, []),
        }
        for row in rows
        if row.image_key
    }
