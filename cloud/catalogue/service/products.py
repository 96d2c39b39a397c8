"""Products and variants, as other features and their editors need them."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.catalogue import repository
from cloud.catalogue.errors import ProductNotFound, VariantNotFound
from cloud.catalogue.models import Product, Variant
from cloud.catalogue.offers import Offer, offer_of
from cloud.catalogue.service.early import list_early
from cloud.foundation.conversion import Conversion


async def get_variant(session: AsyncSession, variant_id: int) -> Variant:
    """Return a variant with `.product`, on sale or not; raises VariantNotFound."""
    variant = await repository.find_variant(session, variant_id)
    if variant is None:
        raise VariantNotFound(variant_id)
    return variant


async def find_variant_by_sku(session: AsyncSession, sku: str) -> Variant | None:
    """Return the variant of a SKU with `.product`, on sale or not; None when there is none."""
    return await repository.find_variant_by_sku(session, sku)


async def ids_by_sku(session: AsyncSession, skus: Collection[str]) -> dict[str, int]:
    """Return the variant id of each SKU that exists."""
    return await repository.list_ids_by_sku(session, skus)


async def get_product(session: AsyncSession, slug: str) -> Product:
    """Return a product, published or not; raises ProductNotFound."""
    product = await repository.find_product_by_slug(session, slug)
    if product is None:
        raise ProductNotFound(slug)
    return product


async def offers(
    session: AsyncSession,
    variant_ids: Collection[int],
    now: datetime,
    conversion: Conversion | None = None,
    *,
    user_id: int | None = None,
) -> dict[int, Offer]:
    """Return the offer at a moment of each variant that exists, by variant id.

    `conversion` gives the prices in another currency than the shop's own. What is only announced
    is sellable to the account `user_id` if it has early access.
    """
    if not variant_ids:
        return {}
    rows = await repository.list_offered(session, variant_ids)
    early: set[int] = set()
    if user_id is not None and not all(product.is_published(now) for _, product, _ in rows):
        early = {one.id for one in await list_early(session, user_id, now)}
    entries = {}
    if conversion is not None:
        currency = conversion.currency
        entries = await repository.list_entered_prices(session, variant_ids, currency)
    return {
        variant.id: offer_of(
            variant,
            product,
            image,
            now,
            conversion,
            entries.get(variant.id),
            is_early=product.id in early,
        )
        for variant, product, image in rows
    }


async def make_default(session: AsyncSession, variant: Variant) -> None:
    """Make a variant the one its product is shown with, in place of the present one."""
    await session.flush()
    await repository.clear_default(session, variant.product_id)
    await session.refresh(variant)
    variant.is_default = True
    await session.flush()


async def take_out_of_sale(session: AsyncSession, product: Product, now: datetime) -> None:
    """Hide a product for good. Orders and carts keep pointing to it; repeating changes nothing."""
    product.deleted_at = product.deleted_at or now
    await session.flush()
