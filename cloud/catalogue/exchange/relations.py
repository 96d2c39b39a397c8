"""Which products go with which, as a file says it from either side."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.catalogue.editing.links import read_related
from cloud.catalogue.exchange.columns import RELATED
from cloud.catalogue.exchange.sheet import Entry
from cloud.catalogue.models import Product


def wanted_relations(entries: Sequence[Entry]) -> dict[str, list[str]]:
    """Return the slugs that each product of a file shall go with, sorted.

    Only of products whose line says so. What one of two says holds for the other as well, so that
    the order of the lines means nothing.
    """
    wanted = {
        entry.slug: set(entry.links[RELATED]) - {entry.slug}
        for entry in entries
        if RELATED in entry.links
    }
    for slug, others in [(slug, set(others)) for slug, others in wanted.items()]:
        for other in others:
            if other in wanted:
                wanted[other].add(slug)
    return {slug: sorted(others) for slug, others in wanted.items()}


async def missing_slugs(
    session: AsyncSession, entry: Entry, wanted: Mapping[str, list[str]]
) -> list[str]:
    """Return the products that an entry names and that are neither in the shop nor in the file."""
    named = [slug for slug in entry.links.get(RELATED, ()) if slug not in wanted]
    if not named:
        return []
    found = set(await session.scalars(select(Product.slug).where(Product.slug.in_(named))))
    return [slug for slug in named if slug not in found]


async def related_now(session: AsyncSession, slug: str) -> list[str]:
    """Return the slugs that a product goes with now, sorted; none for no such product."""
    product_id = await session.scalar(select(Product.id).where(Product.slug == slug))
    if product_id is None:
        return []
    ids = await read_related(session, product_id)
    return sorted(await session.scalars(select(Product.slug).where(Product.id.in_(ids))))
