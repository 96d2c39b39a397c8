"""Fills the catalogue from a shelf file. Running it again changes nothing that is as it says."""

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import Table, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.catalogue.art.description import describe
from cloud.catalogue.art.picture import draw
from cloud.catalogue.art.stages import HEIGHT, WIDTH
from cloud.catalogue.models import (
    Category,
    Collection,
    Product,
    ProductImage,
    Tag,
    Variant,
    product_categories,
    product_collections,
    product_tags,
)
from cloud.catalogue.service import store_picture
from cloud.catalogue.shelf_file import ScentEntry, ShelfFile, start_of

# Glass, stopper and box; and what a millilitre of oil weighs.
_PACKED_G = {30: 210, 50: 290, 100: 430}
_EMPTY_G = 120


async def seed_catalogue(session: AsyncSession, shelf: ShelfFile) -> None:
    """Bring every entry of a shelf file to what the file says, in the session's transaction.

    Entries the file does not name are left alone, and so is stock. An entry that is already as
    the file says is not written, so its version does not rise.
    """
    categories = await _seed_categories(session, shelf)
    collections = await _seed_collections(session, shelf)
    tags = await _seed_tags(session, shelf)
    for position, scent in enumerate(shelf.scents):
        product = await _seed_product(session, scent, position)
        await _seed_variants(session, product, scent, shelf.currency)
        await _seed_image(session, product, scent)
        for table, column, ids in (
            (product_categories, "category_id", [categories[slug] for slug in scent.categories]),
            (product_collections, "collection_id", [collections[s] for s in scent.collections]),
            (product_tags, "tag_id", [tags[slug] for slug in scent.tags]),
        ):
            await _link(session, product.id, table, column, ids)
    await session.flush()


async def _seed_categories(session: AsyncSession, shelf: ShelfFile) -> dict[str, int]:
    found = {row.slug: row for row in await session.scalars(select(Category))}
    for position, entry in enumerate(shelf.categories):
        parent = found[entry.parent].id if entry.parent else None
        facts = {
            "name": entry.name,
            "description": entry.description,
            "parent_id": parent,
            "position": position,
        }
        found[entry.slug] = _merge(session, found.get(entry.slug), Category, entry.slug, facts)
        await session.flush()
    return {slug: row.id for slug, row in found.items()}


async def _seed_collections(session: AsyncSession, shelf: ShelfFile) -> dict[str, int]:
    found = {row.slug: row for row in await session.scalars(select(Collection))}
    for position, entry in enumerate(shelf.collections):
        facts = {
            "name": entry.name,
            "description": entry.description,
            "is_active": True,
            "is_featured": entry.featured,
            "starts_at": None,
            "ends_at": None,
            "position": position,
        }
        found[entry.slug] = _merge(session, found.get(entry.slug), Collection, entry.slug, facts)
    await session.flush()
    return {slug: row.id for slug, row in found.items()}


async def _seed_tags(session: AsyncSession, shelf: ShelfFile) -> dict[str, int]:
    found = {row.slug: row for row in await session.scalars(select(Tag))}
    for slug in sorted({tag for scent in shelf.scents for tag in scent.tags}):
        found[slug] = _merge(session, found.get(slug), Tag, slug, {"name": slug.replace("-", " ")})
    await session.flush()
    return {slug: row.id for slug, row in found.items()}


async def _seed_product(session: AsyncSession, scent: ScentEntry, position: int) -> Product:
    found = await session.scalar(select(Product).where(Product.slug == scent.slug))
    product = _merge(session, found, Product, scent.slug, _product_facts(scent, position))
    await session.flush()
    return product


def _product_facts(scent: ScentEntry, position: int) -> dict[str, Any]:
    return {
        "name": scent.name,
        "tagline": scent.tagline,
        "description": scent.description,
        "family": scent.family,
        "notes_top": list(scent.notes.top),
        "notes_heart": list(scent.notes.heart),
        "notes_base": list(scent.notes.base),
        "moods": list(scent.moods),
        "rooms": list(scent.rooms),
        "aliases": list(scent.aliases),
        "intensity": scent.intensity,
        "colour_primary": scent.colours.primary,
        "colour_secondary": scent.colours.secondary,
        "colour_accent": scent.colours.accent,
        "pet_note": scent.pets,
        "child_note": scent.children,
        "meta_title": None,
        "meta_description": None,
        "is_featured": scent.featured,
        "is_best_seller": scent.best_seller,
        "is_new": scent.new,
        "position": position,
        "published_at": start_of(scent.published),
        "deleted_at": None,
    }


async def _seed_variants(
    session: AsyncSession, product: Product, scent: ScentEntry, currency: str
) -> None:
    rows = await session.scalars(select(Variant).where(Variant.product_id == product.id))
    found = {row.sku: row for row in rows}
    for row in found.values():
        # Before another one becomes the default: there is never more than one.
        row.is_default = row.is_default and row.sku == scent.sku(scent.default_size_ml)
    await session.flush()
    for size, price in sorted(scent.prices.items()):
        sale = scent.sale.get(size)
        facts = {
            "product_id": product.id,
            "name": f"{size} ml",
            "capacity_ul": size * 1000,
            "weight_g": _PACKED_G.get(size, _EMPTY_G + size * 3),
            "price_minor": price,
            "sale_price_minor": sale,
            "sale_starts_at": start_of(scent.sale_from) if sale and scent.sale_from else None,
            "sale_ends_at": start_of(scent.sale_until) if sale and scent.sale_until else None,
            "currency": currency,
            "is_default": size == scent.default_size_ml,
            "is_active": True,
        }
        sku = scent.sku(size)
        variant = found.get(sku)
        if variant is None:
            session.add(Variant(sku=sku, barcode=None, cost_minor=None, **facts))
        else:
            _assign(variant, facts)
    await session.flush()


async def _seed_image(session: AsyncSession, product: Product, scent: ScentEntry) -> None:
    drawing = draw(scent.subject).encode()
    facts = {
        "url": await store_picture(session, "image/svg+xml", drawing),
        "alt": describe(scent.subject),
        "width": WIDTH,
        "height": HEIGHT,
    }
    found = await session.scalar(
        select(ProductImage).where(
            ProductImage.product_id == product.id, ProductImage.position == 0
        )
    )
    if found is None:
        session.add(ProductImage(product_id=product.id, position=0, **facts))
    else:
        _assign(found, facts)


async def _link(
    session: AsyncSession, product_id: int, table: Table, column: str, ids: Sequence[int]
) -> None:
    other = table.c[column]
    await session.execute(delete(table).where(table.c.product_id == product_id, other.not_in(ids)))
    if ids:
        rows = [{"product_id": product_id, column: one} for one in ids]
        await session.execute(insert(table).on_conflict_do_nothing(), rows)


_Row = TypeVar("_Row", Category, Collection, Product, Tag)


def _merge(
    session: AsyncSession, found: _Row | None, kind: type[_Row], slug: str, facts: dict[str, Any]
) -> _Row:
    if found is None:
        found = kind(slug=slug, **facts)
        session.add(found)
    else:
        _assign(found, facts)
    return found


def _assign(row: object, facts: dict[str, Any]) -> None:
    # Setting an equal value is no change to SQLAlchemy, so nothing is written for it.
    for name, value in facts.items():
        setattr(row, name, value)
