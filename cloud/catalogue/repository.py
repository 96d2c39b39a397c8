"""Queries of the catalogue's writers and of other features. The shop's hot reads: shop_window."""

from collections.abc import Collection, Sequence

from sqlalchemy import Row, Select, and_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import joinedload

from cloud.catalogue.models import (
    Category,
    Product,
    ProductImage,
    StoredPicture,
    Variant,
    VariantPrice,
)


async def find_variant(session: AsyncSession, variant_id: int) -> Variant | None:
    """Return a variant with its product."""
    return (await session.execute(_variants().where(Variant.id == variant_id))).scalar_one_or_none()


async def find_variant_by_sku(session: AsyncSession, sku: str) -> Variant | None:
    """Return the variant of a SKU with its product."""
    return (await session.execute(_variants().where(Variant.sku == sku))).scalar_one_or_none()


async def list_ids_by_sku(session: AsyncSession, skus: Collection[str]) -> dict[str, int]:
    """Return the variant id of each SKU that exists."""
    rows = await session.execute(select(Variant.sku, Variant.id).where(Variant.sku.in_(skus)))
    return {row.sku: row.id for row in rows}


async def find_product_by_slug(session: AsyncSession, slug: str) -> Product | None:
    """Return a product, published or not."""
    return (await session.execute(select(Product).where(Product.slug == slug))).scalar_one_or_none()


async def list_offered(
    session: AsyncSession, variant_ids: Collection[int]
) -> Sequence[tuple[Variant, Product, ProductImage | None]]:
    """Return variants with their product and its first picture; unknown ids are left out."""
    first_image = and_(ProductImage.product_id == Product.id, ProductImage.position == 0)
    rows = await session.execute(
        select(Variant, Product, ProductImage)
        .join(Product, Product.id == Variant.product_id)
        .outerjoin(ProductImage, first_image)
        .where(Variant.id.in_(variant_ids))
    )
    return [(variant, product, image) for variant, product, image in rows]


async def list_entered_prices(
    session: AsyncSession, variant_ids: Collection[int], currency: str
) -> dict[int, VariantPrice]:
    """Return what staff entered for variants in a currency, by variant id."""
    rows = await session.scalars(
        select(VariantPrice).where(
            VariantPrice.variant_id.in_(variant_ids), VariantPrice.currency == currency
        )
    )
    return {row.variant_id: row for row in rows}


async def clear_default(session: AsyncSession, product_id: int) -> None:
    """Leave a product without a default variant, for as long as it takes to set another.

    The product's row stays locked, so that two who choose at once choose one after the other.
    """
    await session.execute(select(Product.id).where(Product.id == product_id).with_for_update())
    await session.execute(
        update(Variant)
        .where(Variant.product_id == product_id, Variant.is_default)
        .values(is_default=False, version=Variant.version + 1)
    )


async def find_category(session: AsyncSession, category_id: int) -> Category | None:
    """Return a category."""
    return await session.get(Category, category_id)


async def read_picture(
    connection: AsyncConnection, fingerprint: str
) -> Row[str, bytes, bool] | None:
    """Return media_type, body and is_gzipped of a stored picture."""
    found = await connection.execute(
        select(StoredPicture.media_type, StoredPicture.body, StoredPicture.is_gzipped).where(
            StoredPicture.fingerprint == fingerprint
        )
    )
    return found.one_or_none()


def _variants() -> Select[Variant]:
    return select(Variant).options(joinedload(Variant.product))
