"""Which shelves a product stands on, and which products go together."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Table, delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.catalogue.editing.locks import lock_product
from cloud.catalogue.errors import ProductUnknown, RelatedToItself
from cloud.catalogue.models import (
    Product,
    product_categories,
    product_collections,
    product_tags,
    related_products,
)
from cloud.foundation import audit
from cloud.foundation.identity import SignedIn

SHELVES: dict[str, tuple[Table, str]] = {
    "categories": (product_categories, "category_id"),
    "collections": (product_collections, "collection_id"),
    "tags": (product_tags, "tag_id"),
}


async def read_links(session: AsyncSession, product_id: int) -> dict[str, list[int]]:
    """Return the ids of a product's categories, collections and tags, each in order of id."""
    found: dict[str, list[int]] = {}
    for name, (table, column) in SHELVES.items():
        other = table.c[column]
        rows = await session.scalars(
            select(other).where(table.c.product_id == product_id).order_by(other)
        )
        found[name] = list(rows)
    return found


async def write_links(session: AsyncSession, product_id: int, wanted: dict[str, list[int]]) -> None:
    """Put a product on exactly these shelves; a foreign key refuses one that is not there."""
    for name, (table, column) in SHELVES.items():
        other, ids = table.c[column], sorted(set(wanted[name]))
        await session.execute(
            delete(table).where(table.c.product_id == product_id, other.not_in(ids))
        )
        if ids:
            rows = [{"product_id": product_id, column: one} for one in ids]
            await session.execute(insert(table).on_conflict_do_nothing(), rows)


async def read_related(session: AsyncSession, product_id: int) -> list[int]:
    """Return the ids of the products that go with one, whichever side said so, in order of id."""
    pair = related_products.c
    rows = await session.execute(
        select(pair.product_id, pair.other_id).where(
            or_(pair.product_id == product_id, pair.other_id == product_id)
        )
    )
    return sorted(b if a == product_id else a for a, b in rows)


async def relate(
    session: AsyncSession, staff: SignedIn, product_id: int, ids: Sequence[int]
) -> None:
    """Let a product go with exactly these, in both directions.

    Raises ProductUnknown or RelatedToItself.
    """
    await _lock(session, product_id, ids)
    before = await read_related(session, product_id)
    await _put_related(session, staff, product_id, before, set(ids))


async def relate_also(
    session: AsyncSession,
    staff: SignedIn,
    product_id: int,
    *,
    added: Collection[int] = (),
    gone: Collection[int] = (),
) -> None:
    """Let a product go with some more, or with some no more; what others chose meanwhile stays.

    Raises ProductUnknown or RelatedToItself.
    """
    await _lock(session, product_id, added)
    before = await read_related(session, product_id)
    await _put_related(session, staff, product_id, before, {*before, *added} - set(gone))


async def _lock(session: AsyncSession, product_id: int, others: Collection[int]) -> None:
    if product_id in others:
        raise RelatedToItself
    for each in sorted({product_id, *others}):
        await lock_product(session, each)


async def _put_related(
    session: AsyncSession,
    staff: SignedIn,
    product_id: int,
    before: Sequence[int],
    wanted: Collection[int],
) -> None:
    pair = related_products.c
    for gone in set(before) - set(wanted):
        low, high = sorted((product_id, gone))
        await session.execute(
            delete(related_products).where(pair.product_id == low, pair.other_id == high)
        )
    rows: list[dict[str, Any]] = []
    for new in set(wanted) - set(before):
        low, high = sorted((product_id, new))
        rows.append({"product_id": low, "other_id": high})
    if rows:
        await session.execute(insert(related_products).on_conflict_do_nothing(), rows)
    await audit.note(
        session,
        staff,
        "relate",
        "products",
        product_id,
        before={"related": before},
        after={"related": sorted(wanted)},
    )


async def ids_of_slugs(session: AsyncSession, slugs: Sequence[str]) -> list[int]:
    """Return the ids of products by slug, in the order given; raises ProductUnknown for none."""
    rows = await session.execute(select(Product.slug, Product.id).where(Product.slug.in_(slugs)))
    found = {row.slug: row.id for row in rows}
    if missing := [slug for slug in slugs if slug not in found]:
        raise ProductUnknown(missing[0])
    return [found[slug] for slug in slugs]
