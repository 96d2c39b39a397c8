"""Writing the file: a batch of products at a time, however many there are."""

import csv
import io
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.catalogue.exchange import cells
from cloud.catalogue.exchange.columns import (
    BOTTLE,
    PRODUCT,
    RELATED,
    SHELVES,
    SKU,
    SLUG,
    TEXTS,
    header,
)
from cloud.catalogue.models import (
    Category,
    Collection,
    Product,
    ProductTranslation,
    Tag,
    Variant,
    product_categories,
    product_collections,
    product_tags,
    related_products,
)
from cloud.foundation.database import Database

_BATCH = 100
_SHELF_TABLES: dict[str, tuple[Table, str, Any]] = {
    "categories": (product_categories, "category_id", Category),
    "collections": (product_collections, "collection_id", Collection),
    "tags": (product_tags, "tag_id", Tag),
}


async def export(database: Database, currency: str) -> AsyncIterator[str]:
    """Yield the whole catalogue in pieces of CSV; products out of sale are left out."""
    async with database.unit_of_work() as session:
        found = await session.scalars(select(ProductTranslation.language).distinct())
        columns = header(sorted(found))
    yield _csv([columns])
    after = 0
    while True:
        async with database.unit_of_work() as session:
            wanted = (
                select(Product)
                .where(Product.id > after, Product.deleted_at.is_(None))
                .order_by(Product.id)
                .limit(_BATCH)
            )
            products = (await session.scalars(wanted)).all()
            rows = await rows_of(session, products, currency)
        if products:
            yield _csv([row.get(name, "") for name in columns] for row in rows)
            after = products[-1].id
        if len(products) < _BATCH:
            return


async def rows_of(
    session: AsyncSession, products: Sequence[Product], currency: str
) -> list[dict[str, str]]:
    """Return the file's lines of some products, by column; a product without bottles has one."""
    ids = [product.id for product in products]
    shelves = {name: await _shelves(session, ids, name) for name in SHELVES}
    related = await _related(session, ids)
    texts = await _texts(session, ids)
    bottles = await _bottles(session, ids, currency)
    rows = []
    for product in products:
        row = {SLUG: product.slug, **_cells(product, PRODUCT, currency)}
        for name in SHELVES:
            row[name] = cells.written(cells.WORDS, shelves[name].get(product.id, []), currency)
        row[RELATED] = cells.written(cells.WORDS, related.get(product.id, []), currency)
        row |= texts.get(product.id, {})
        first, *others = bottles.get(product.id, [{}])
        rows += [row | first, *({SLUG: product.slug} | other for other in others)]
    return rows


def _cells(
    row: object, columns: Mapping[str, tuple[str, cells.CellKind]], currency: str
) -> dict[str, str]:
    return {
        column: cells.written(kind, getattr(row, name), currency)
        for column, (name, kind) in columns.items()
    }


async def _shelves(session: AsyncSession, ids: list[int], name: str) -> dict[int, list[str]]:
    table, column, shelf = _SHELF_TABLES[name]
    rows = await session.execute(
        select(table.c.product_id, shelf.slug)
        .join(shelf, shelf.id == table.c[column])
        .where(table.c.product_id.in_(ids))
        .order_by(shelf.slug)
    )
    found: dict[int, list[str]] = {}
    for product_id, slug in rows:
        found.setdefault(product_id, []).append(slug)
    return found


async def _related(session: AsyncSession, ids: list[int]) -> dict[int, list[str]]:
    pair = related_products.c
    found: dict[int, list[str]] = {}
    for own, other in ((pair.product_id, pair.other_id), (pair.other_id, pair.product_id)):
        rows = await session.execute(
            select(own, Product.slug).join(Product, Product.id == other).where(own.in_(ids))
        )
        for product_id, slug in rows:
            found.setdefault(product_id, []).append(slug)
    return {product_id: sorted(slugs) for product_id, slugs in found.items()}


async def _texts(session: AsyncSession, ids: list[int]) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    for row in await session.scalars(
        select(ProductTranslation).where(ProductTranslation.product_id.in_(ids))
    ):
        found.setdefault(row.product_id, {}).update(
            {f"{name}:{row.language}": cells.shield(getattr(row, name) or "") for name in TEXTS}
        )
    return found


async def _bottles(
    session: AsyncSession, ids: list[int], currency: str
) -> dict[int, list[dict[str, str]]]:
    found: dict[int, list[dict[str, str]]] = {}
    for row in await session.scalars(
        select(Variant)
        .where(Variant.product_id.in_(ids))
        .order_by(Variant.product_id, Variant.capacity_ul, Variant.id)
    ):
        bottle = {SKU: row.sku, **_cells(row, BOTTLE, currency)}
        found.setdefault(row.product_id, []).append(bottle)
    return found


def _csv(rows: Any) -> str:  # noqa: ANN401 - any rows of texts
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue()
